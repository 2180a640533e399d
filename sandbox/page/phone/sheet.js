/** The sheet that slides up inside the phone, and the short message in its middle. */

import { h } from "../dom.js";

const TOAST_MS = 2000;

let phone = null;
let open = null;
let hiding = null;

/** `slots` of the frame: sheetRoot (over the screen), content (what it covers), toast. */
export function useFrame(slots) {
  phone = slots;
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeSheet());
}

/** Opens a sheet; Esc, the backdrop and 关闭 close it and call `onclose`. */
export function openSheet(title, content, { testid, onclose } = {}) {
  closeSheet();
  const heading = h("h3", { id: "sheet-title", tabindex: "-1" }, title);
  const close = h("button", { class: "sheet-close", type: "button", "aria-label": "关闭", onclick: closeSheet }, "×");
  const sheet = h(
    "div",
    { class: "sheet", role: "dialog", "aria-labelledby": "sheet-title", testid },
    h("div", { class: "sheet-head" }, heading, close),
    content,
  );
  const backdrop = h("div", { class: "backdrop", onclick: closeSheet });
  open = { onclose, before: document.activeElement };
  phone.content.inert = true;
  phone.sheetRoot.replaceChildren(backdrop, sheet);
  heading.focus({ preventScroll: true });
}

export function closeSheet() {
  if (!open) return;
  const { onclose, before } = open;
  open = null;
  phone.content.inert = false;
  phone.sheetRoot.replaceChildren();
  before?.focus?.({ preventScroll: true });
  onclose?.();
}

/** Says a short result: seen in the phone, read out by a screen reader. */
export function toast(text) {
  clearTimeout(hiding);
  phone.toast.textContent = text;
  phone.toast.classList.add("on");
  hiding = setTimeout(() => phone.toast.classList.remove("on"), TOAST_MS);
}
