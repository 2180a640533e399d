/** Builds elements. Text only ever becomes a text node, so what people write can never become markup. */

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "inert", "open"]);

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
 * Makes the children of `list` show `items`: keeps the elements of unchanged items, so that focus and
 * reading position survive a refresh. `keyOf` names an item, `build` makes its element.
 */
export function sync(list, items, keyOf, build) {
  const known = new Map([...list.children].map((element) => [element.dataset.key, element]));
  const wanted = items.map((item) => {
    const key = keyOf(item);
    const look = JSON.stringify(item);
    const old = known.get(key);
    if (old && old.dataset.look === look) return old;
    const fresh = build(item);
    Object.assign(fresh.dataset, { key, look });
    return fresh;
  });
  const same = wanted.length === list.children.length && wanted.every((el, i) => el === list.children[i]);
  if (same) return false;
  const focused = focusedKey(list);
  list.replaceChildren(...wanted);
  if (focused) restoreFocus(list, focused);
  return true;
}

function focusedKey(list) {
  const active = document.activeElement;
  if (!active || !list.contains(active)) return null;
  return { item: active.closest("[data-key]")?.dataset.key, testid: active.dataset.testid };
}

function restoreFocus(list, { item, testid }) {
  const element = [...list.children].find((child) => child.dataset.key === item);
  const target = element && (element.dataset.testid === testid ? element : element.querySelector(`[data-testid="${testid}"]`));
  target?.focus({ preventScroll: true });
}

/** Runs `action` once, with the button shown as working and not to be pressed again meanwhile. */
export async function working(button, action) {
  if (button.getAttribute("aria-busy") === "true") return undefined;
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  try {
    return await action();
  } finally {
    button.removeAttribute("aria-busy");
    button.disabled = false;
  }
}

/** A random id that also works where crypto.randomUUID does not exist (plain http on a LAN). */
export function randomId() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
