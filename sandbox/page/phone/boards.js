/** The boards, each with what this member may do there. */

import { Refusal } from "../api.js";
import { h, sync } from "../dom.js";
import { icon } from "../icons.js";
import { chip, emptyBox, loading } from "../parts.js";
import { on } from "../signals.js";
import * as nav from "./nav.js";
import { refusedView } from "./refused.js";
import { asMember } from "./session.js";

const LOOKS = {
  "new-car-shopping": ["car", "tile-blue"],
  "car-care": ["wrench", "tile-green"],
  "accessory-deals": ["tag", "tile-amber"],
  "new-launches": ["megaphone", "tile-violet"],
  "members-only": ["crown", "tile-rose"],
};

let known = null;
on("member", () => (known = null));
on("signed_out", () => (known = null));

async function fetchBoards() {
  known = (await asMember("GET", "/v1/boards")).items;
  return known;
}

/** The board, with what the present member may do there. Refuses: Refusal, also when there is none. */
export async function boardById(boardId) {
  const board = (known ?? (await fetchBoards())).find(({ board_id: id }) => id === boardId);
  if (!board) throw new Refusal(404, { code: "board_not_found", detail: "没有这个板块" });
  return board;
}

nav.register("boards", {
  tab: "community",
  root: true,
  title: () => "车主社区",
  mount({ body }) {
    const list = h("ul", { class: "board-list" });
    return loading(
      body,
      fetchBoards,
      (boards, root) => {
        if (!list.isConnected) root.replaceChildren(list);
        if (boards.length) sync(list, boards, (board) => board.board_id, boardRow);
        else root.replaceChildren(emptyBox("empty", "还没有板块", "运行 make seed 可以放入演示内容"));
      },
      { refused: refusedView },
    );
  },
});

function boardRow(board) {
  const [iconName, tone] = LOOKS[board.board_id] ?? ["comment", "tile-blue"];
  return h(
    "li",
    {},
    h(
      "button",
      {
        class: "board",
        type: "button",
        testid: `board-${board.board_id}`,
        onclick: () => nav.go("posts", { board }),
      },
      h("span", { class: `tile ${tone}` }, icon(iconName)),
      h(
        "span",
        { class: "grow" },
        h("span", { class: "board-name" }, board.name, hint(board)),
        h("span", { class: "board-text" }, board.description),
      ),
      icon("next"),
    ),
  );
}

/** In two or three words: closed, read only, or open to write. */
function hint({ may, unlock }) {
  if (!may.read) return chip([icon("lock"), "未解锁"], "amber");
  if (may.post) return chip("可发帖", "green");
  return chip(unlock ? [icon("lock"), "仅浏览"] : "仅浏览");
}
