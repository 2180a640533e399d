/** Which view the phone shows: one stack of views per tab, like a mini program. */

import { h } from "../dom.js";
import { emit } from "../signals.js";

const views = new Map();
const stacks = new Map();
let frame = null;
let tab = "community";
let shown = null;

/** A view: {tab, title(params), mount(slots, params) → refresh?}; `slots` = {body, bar}. */
export function register(name, view) {
  views.set(name, view);
  if (view.root) stacks.set(view.tab, [{ name, params: {}, scroll: 0 }]);
}

/** `slots` of the frame: title, back, screen. */
export function useFrame(slots) {
  frame = slots;
  render();
}

export function openTab(name) {
  leave();
  if (name === tab) stacks.get(name).splice(1);
  tab = name;
  for (const entry of stacks.get(tab)) entry.from = null;
  render();
}

/** A view of another tab is left to where one came from, unless one takes to that tab in between. */
export function go(name, params = {}) {
  leave();
  const from = tab === views.get(name).tab ? null : tab;
  tab = views.get(name).tab;
  if (views.get(name).root) stacks.get(tab).splice(1);
  else stacks.get(tab).push({ name, params, scroll: 0, from });
  render();
}

/** Like `go`, but the present view is not to be returned to (a form that has been sent). */
export function replace(name, params = {}) {
  if (stacks.get(tab).length > 1) stacks.get(tab).pop();
  go(name, params);
}

export function back() {
  const { from } = stacks.get(tab).pop();
  tab = from ?? tab;
  render();
}

/** Shows the same view anew: a guest has signed in. */
export function remount() {
  leave();
  render();
}

/** Starts over at the roots: somebody else holds the phone now. */
export function restart() {
  for (const stack of stacks.values()) stack.splice(1);
  render();
}

/** Looks again at what is shown; a view that has nothing to look at keeps still. */
export function refresh() {
  return shown?.refresh?.();
}

function leave() {
  const entry = stacks.get(tab).at(-1);
  if (shown) entry.scroll = shown.body.scrollTop;
}

function render() {
  const stack = stacks.get(tab);
  const entry = stack.at(-1);
  const view = views.get(entry.name);
  const hadFocus = frame.screen.contains(document.activeElement) || document.activeElement === frame.back;
  const body = h("div", { class: `scroll view-${entry.name}` });
  const bar = h("div", { class: "bar" });
  frame.screen.replaceChildren(body, bar);
  frame.title.textContent = view.title(entry.params);
  frame.back.hidden = stack.length === 1;
  shown = { body, refresh: view.mount({ body, bar }, entry.params) };
  shown.refresh?.().then(() => entry.scroll && (body.scrollTop = entry.scroll));
  if (hadFocus) frame.title.focus({ preventScroll: true });
  emit("tab_shown", { tab });
}
