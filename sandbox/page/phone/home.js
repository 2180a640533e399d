/** 社区: searching, what operators put here, the boards, and the member's own feed. */

import { h, sync } from "../dom.js";
import { icon } from "../icons.js";
import { emptyBox, loading } from "../parts.js";
import { boardTile, fetchBoards } from "./boards.js";
import { feedSection } from "./feed.js";
import * as nav from "./nav.js";
import { refusedView } from "./refused.js";
import { showSlots } from "./slots.js";

nav.register("home", {
  tab: "community",
  root: true,
  title: () => "车主社区",
  mount({ body }) {
    const banner = h("div", {});
    const boards = h("section", { "aria-label": "板块" });
    const strip = h("div", {});
    const feed = h("section", { class: "feed", "aria-label": "推荐" });
    body.append(searchEntry(), banner, boards, strip, feed);
    showSlots(banner, strip);
    const refreshBoards = boardList(boards);
    const refreshFeed = feedSection(feed, body);
    return () => Promise.all([refreshBoards(), refreshFeed()]);
  },
});

function searchEntry() {
  return h(
    "button",
    { class: "search-entry", type: "button", testid: "open-search", onclick: () => nav.go("search") },
    icon("search"),
    "搜索帖子、话题、车型",
  );
}

function boardList(root) {
  const list = h("ul", { class: "board-list" });
  return loading(
    root,
    fetchBoards,
    (boards, body) => {
      if (!list.isConnected) body.replaceChildren(list);
      if (boards.length) sync(list, boards, (board) => board.board_id, boardTile);
      else body.replaceChildren(emptyBox("empty", "还没有板块", "运行 make seed 可以放入演示内容"));
    },
    { refused: refusedView },
  );
}
