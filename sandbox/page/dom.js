/** Builds elements. Text only ever becomes a text node, so what people write can never become markup. */

const PROPERTIES = new Set(["value", "checked", "hidden"]);

/** An element: h("button", {class: "x", testid: "send", onclick: fn}, "发送", child, …). */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(element, name, value);
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function setProp(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "testid") element.dataset.testid = value;
  else if (name === "data") Object.assign(element.dataset, value);
  else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (PROPERTIES.has(name)) element[name] = value;
  else element.setAttribute(name, value === true ? "" : value);
}

/**
 * Makes the children of `list` show `items`; elements of unchanged items stay where they are, so that focus
 * and reading position survive a refresh. `keyOf` names an item, `build` makes its element.
 * Returns whether anything changed.
 */
export function sync(list, items, keyOf, build) {
  const focused = focusedKey(list);
  const before = [...list.children];
  const known = new Map(before.map((element) => [element.dataset.key, element]));
  const wanted = items.map((item) => upToDate(known.get(keyOf(item)), item, keyOf(item), build));
  for (const element of [...list.children]) if (!wanted.includes(element)) element.remove();
  wanted.forEach((element, i) => {
    if (list.children[i] !== element) list.insertBefore(element, list.children[i] ?? null);
  });
  if (focused && !list.contains(document.activeElement)) restoreFocus(list, focused);
  return wanted.length !== before.length || wanted.some((element, i) => element !== before[i]);
}

function upToDate(old, item, key, build) {
  const look = JSON.stringify(item);
  if (old?.dataset.look === look) return old;
  const fresh = build(item);
  Object.assign(fresh.dataset, { key, look });
  old?.replaceWith(fresh);
  return fresh;
}

function focusedKey(list) {
  const active = document.activeElement;
  if (!active || !list.contains(active)) return null;
  return { item: active.closest("[data-key]")?.dataset.key, testid: active.dataset.testid };
}

function restoreFocus(list, { item, testid }) {
  const element = [...list.children].find((child) => child.dataset.key === item);
  const target =
    element && (element.dataset.testid === testid ? element : element.querySelector(`[data-testid="${testid}"]`));
  target?.focus({ preventScroll: true });
}

/** Runs `action`, with the button shown as working; pressing it again meanwhile does nothing. It keeps the focus. */
export async function working(button, action) {
  if (button.getAttribute("aria-busy") === "true") return undefined;
  button.setAttribute("aria-busy", "true");
  try {
    return await action();
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** Scrolls `view` just so far that the element is seen. Not scrollIntoView: that moves the phone's frame, too. */
export function show(element, view) {
  const [seen, room] = [element, view].map((each) => each.getBoundingClientRect());
  view.scrollTop += Math.min(0, seen.top - room.top) || Math.max(0, seen.bottom - room.bottom);
}

/** A random id that also works where crypto.randomUUID does not exist (plain http on a LAN). */
export function randomId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
