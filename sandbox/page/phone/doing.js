/** A button that does something at once. */

import { Refusal } from "../api.js";
import { h, working } from "../dom.js";
import { toast } from "./sheet.js";

/** What is refused is said in the phone's middle. */
export function doing(label, testid, action, tone = "") {
  const button = h("button", { class: `btn ${tone}`, type: "button", testid }, label);
  button.onclick = () =>
    working(button, async () => {
      try {
        await action();
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        toast(error.detail);
      }
    });
  return button;
}
