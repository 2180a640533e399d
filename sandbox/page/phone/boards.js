/** The boards, each with what this member may do there. */

import { Refusal } from "../api.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { chip } from "../parts.js";
import { on } from "../signals.js";
import * as nav from "./nav.js";
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

/** All boards, as the present member sees them now. */
export async function fetchBoards() {
  known = (await asMember("GET", "/v1/boards")).items;
  return known;
}

/** The same, from a moment ago where that is at hand. */
export const boardsAtHand = async () => known ?? fetchBoards();

/** The board, with what the present member may do there. Refuses: Refusal, also when there is none. */
export async function boardById(boardId) {
  const board = (await boardsAtHand()).find(({ board_id: id }) => id === boardId);
  if (!board) throw new Refusal(404, { code: "board_not_found", detail: "没有这个板块" });
  return board;
}

/** A board among the others, which opens it. */
export function boardTile(board) {
  const [iconName, tone] = lookOf(board);
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
      h("span", { class: "board-name" }, board.name),
      hint(board),
    ),
  );
}

export const lookOf = (board) => LOOKS[board.board_id] ?? ["comment", "tile-blue"];

/** In two or three words: closed, read only, or open to write. */
export function hint({ archived, may, unlock }) {
  if (archived) return chip("已归档");
  if (!may.read) return chip([icon("lock"), "未解锁"], "amber");
  if (may.post) return chip("可发帖", "green");
  return chip(unlock ? [icon("lock"), "仅浏览"] : "仅浏览");
}
