/** The posts of one board in one of four orders; who may not read a post sees its teaser and what unlocks it. */

import { h, sync } from "../dom.js";
import { icon } from "../icons.js";
import { boardById, hint, lookOf } from "./boards.js";
import { postCard } from "./cards.js";
import { followButton } from "./follows.js";
import { pagedList, pagesOf } from "./lists.js";
import * as nav from "./nav.js";
import { segments } from "./segments.js";
import { user } from "./session.js";
import { askToSignIn } from "./sign_in.js";

const SORTS = [
  ["latest", "最新"],
  ["hot", "热门"],
  ["featured", "精华"],
  ["unanswered", "待回答"],
];
const EMPTY = {
  latest: ["pen", "这里还没有帖子", "来发第一帖吧"],
  hot: ["empty", "还没有热门帖子", "大家的赞和评论会让帖子热起来"],
  featured: ["crown", "还没有精华帖", "版主会把好内容选为精华"],
  unanswered: ["check", "没有待回答的提问", "提问都有了采纳的回答"],
};

nav.register("posts", {
  tab: "community",
  title: ({ board }) => board.name,
  mount({ body, bar }, params) {
    const { board } = params;
    const root = h("div", {});
    let refresh = null;
    body.append(
      boardHead(board),
      segments("排序", SORTS, params.sort ?? "latest", (sort) => show(sort)()),
      root,
    );

    function show(sort) {
      params.sort = sort;
      root.replaceChildren();
      const page = pagesOf(`/v1/boards/${board.board_id}/posts`, { sort });
      refresh = pagedList(root, (cursor) => withBar(page(cursor)), {
        keyOf: (post) => post.post_id,
        row: postCard,
        empty: EMPTY[sort],
        testid: "post-list",
        more: sort === "latest" ? "更早的帖子" : "更多帖子",
      });
      return refresh;
    }

    /** Who may read the board is told whether they may write there. */
    async function withBar(asked) {
      const [found, fresh] = await Promise.all([asked, boardById(board.board_id)]);
      sync(bar, [fresh], ({ board_id: id }) => id, writeButton);
      return found;
    }

    show(params.sort ?? "latest");
    return () => refresh();
  },
});

function boardHead(board) {
  const [iconName, tone] = lookOf(board);
  return h(
    "section",
    { class: "board-head" },
    h("span", { class: `tile ${tone}` }, icon(iconName)),
    h("p", { class: "grow board-text" }, board.description, h("span", { class: "chips" }, hint(board))),
    followButton("board", board.board_id),
  );
}

function writeButton(board) {
  const locked = !board.may.post;
  return h(
    "div",
    { class: "write-bar" },
    locked && board.unlock && h("p", { class: "write-hint" }, icon("lock"), board.unlock.reason),
    h(
      "button",
      {
        class: "btn primary wide",
        type: "button",
        testid: "new-post",
        onclick: () => (user() ? nav.go("publish", { board }) : askToSignIn()),
      },
      icon("pen"),
      "发帖",
    ),
  );
}
