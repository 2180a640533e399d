/** Small pieces that every window uses: avatars, chips, empty, loading and refused states. */

import { Refusal } from "./api.js";
import { h, working } from "./dom.js";
import { icon } from "./icons.js";
import { agoText } from "./time.js";

const AVATAR_HUES = 6;

/** A round initial in a colour that stays the same for the same name. */
export function avatar(name, size = "") {
  const hue = [...name].reduce((sum, letter) => (sum * 7 + letter.codePointAt(0)) % 9973, 1) % AVATAR_HUES;
  return h("span", { class: `avatar hue-${hue} ${size}`, "aria-hidden": "true" }, [...name][0] ?? "·");
}

export function chip(text, tone = "") {
  return h("span", { class: `chip ${tone}` }, text);
}

/** How long ago something was; it stays true while it is shown. */
export function ago(at) {
  return h("time", { class: "muted ago", datetime: at, data: { at } }, agoText(at));
}

export function emptyBox(iconName, title, text, ...actions) {
  return h(
    "div",
    { class: "empty" },
    h("span", { class: "empty-icon" }, icon(iconName)),
    h("p", { class: "empty-title" }, title),
    text && h("p", { class: "empty-text" }, text),
    ...actions,
  );
}

export function skeleton(rows = 3) {
  const lines = () => [h("i", {}), h("i", {}), h("i", {})];
  return h(
    "div",
    { class: "skeleton", role: "status", "aria-label": "正在载入" },
    Array.from({ length: rows }, () => h("div", { class: "skeleton-row" }, lines())),
  );
}

/** What went wrong, in a sentence, with a way to try again. */
export function problemBox(refusal, retry) {
  const again = h(
    "button",
    { class: "btn", testid: "retry", type: "button", onclick: () => working(again, retry) },
    "重试",
  );
  return h(
    "div",
    { class: "empty", role: "alert", testid: "problem" },
    h("span", { class: "empty-icon warn" }, icon("warning")),
    h("p", { class: "empty-title" }, refusal.detail),
    again,
  );
}

/**
 * Shows in `root` what `fetch` brings, through `render(data, body)`: loading, then content, or a sentence
 * with a retry. Returns `refresh`, which keeps old content when looking again fails for a moment.
 */
export function loading(root, fetch, render, { refused = problemBox } = {}) {
  const notice = h("div", {}, skeleton());
  const body = h("div", { hidden: true });
  root.append(notice, body);
  let told = null;
  let running = null;
  let again = false;

  async function look() {
    try {
      const data = await fetch();
      // Who left this view meanwhile, or signed out, is not shown it any more.
      if (root.isConnected) show(data);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (body.hidden || !error.passing) refuse(error);
    }
  }

  function show(data) {
    told = null;
    notice.replaceChildren();
    body.hidden = false;
    render(data, body);
  }

  function refuse(error) {
    if (told === error.detail) return;
    told = error.detail;
    body.hidden = true;
    notice.replaceChildren(refused(error, refresh));
  }

  async function refresh() {
    if (running) {
      again = true;
      return running;
    }
    running = look().finally(() => (running = null));
    await running;
    if (!again) return undefined;
    again = false;
    return refresh();
  }

  return refresh;
}
