/** Drafts: what I have not finished yet is kept by the community, and taken up again here or on another device. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { ago } from "../parts.js";
import { doing } from "./doing.js";
import { keyed } from "./keys.js";
import * as nav from "./nav.js";
import { asMember, ignoreRefusal, user } from "./session.js";
import { closeSheet, openSheet, toast } from "./sheet.js";

const DRAFTS = "/v1/me/drafts";
const at = (draftId) => `${DRAFTS}/${encodeURIComponent(draftId)}`;

/** Not needed any more; the community forgets drafts by itself after a while, too. */
export const dropDraft = (draftId) => asMember("DELETE", at(draftId)).catch(ignoreRefusal);

/**
 * Keeps a form as a draft: its button, and `draftId()` once there is one. `read()` is what the form says now,
 * `saved(draft)` gets what is kept.
 */
export function keeper(board, draft, { read, saved }) {
  let known = draft ?? null;
  const submission = keyed();
  const save = async () => {
    const said = { board_id: board.board_id, ...read() };
    try {
      known = known
        ? await asMember("PUT", at(known.draft_id), { body: { version: known.version, body: said } })
        : await submission(said, (key) => asMember("POST", DRAFTS, { body: said, key }));
      saved(known);
      toast("已存为草稿");
    } catch (error) {
      if (error.code !== "draft_changed" || !error.current) throw error;
      askWhich(error.current);
    }
  };
  const askWhich = (theirs) => {
    const choice = (label, testid, tone, act) => doing(label, testid, act, `wide ${tone}`);
    openSheet(
      "草稿有两个版本",
      h(
        "div",
        { class: "sheet-body" },
        h("p", {}, "这篇草稿在其他设备上改过：", h("b", {}, theirs.body.title || "（未填标题）"), "，", ago(theirs.changed_at)),
        h(
          "div",
          { class: "row even" },
          choice("用那边的", "draft-theirs", "", () => {
            closeSheet();
            nav.replace("publish", { board, draft: theirs });
          }),
          choice("用这边的", "draft-mine", "primary", async () => {
            known = theirs;
            closeSheet();
            await save();
          }),
        ),
      ),
    );
  };
  return { button: doing("存草稿", "draft-save", save, "wide"), draftId: () => known?.draft_id };
}

/** Says which post I began on this board and have not finished; nothing where there is none. */
export function unfinished(board) {
  const slot = h("div", {});
  if (user()) offer(slot, board).catch(ignoreRefusal);
  return slot;
}

async function offer(slot, board) {
  const { items } = await asMember("GET", DRAFTS);
  const draft = items.find(({ body }) => body.board_id === board.board_id);
  if (!draft) return;
  const resume = () => nav.replace("publish", { board, draft });
  slot.append(
    h(
      "p",
      { class: "unfinished", testid: "unfinished" },
      icon("pen"),
      h("span", { class: "grow" }, `未完成的草稿：${draft.body.title || "（未填标题）"}`),
      h(
        "button",
        { class: "link", type: "button", testid: "draft-resume", onclick: resume },
        "继续写",
      ),
      doing(
        "删除",
        "draft-drop",
        async () => {
          await asMember("DELETE", at(draft.draft_id));
          slot.replaceChildren();
        },
        "small",
      ),
    ),
  );
}
