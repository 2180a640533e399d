/** Before something that is not easily taken back: a sheet that asks. */

import { h } from "../dom.js";
import { doing } from "./doing.js";
import { closeSheet, openSheet } from "./sheet.js";

/** Opens the sheet; its button does it and closes the sheet. */
export function askFirst({ title, text, label, testid, action }) {
  const act = async () => {
    await action();
    closeSheet();
  };
  openSheet(
    title,
    h(
      "div",
      { class: "sheet-body" },
      h("p", {}, text),
      h(
        "div",
        { class: "row even" },
        h("button", { class: "btn wide", type: "button", onclick: closeSheet }, "再想想"),
        doing(label, testid, act, "wide danger"),
      ),
    ),
  );
}
