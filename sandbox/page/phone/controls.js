/** The controls of a form: each has its element, and `value()`: what the API is told, null for nothing. */

import { h } from "../dom.js";

/** Room for what is wrong in a field, or a hint. */
export function fieldNote(name, hint = "") {
  return h("p", { class: "field-note", id: `field-${name}-note`, data: { hint } }, hint);
}

/** A labelled input (or textarea). */
export function textControl(name, label, { hint, rows, value, suggestions, ...props } = {}) {
  const id = `field-${name}`;
  const input = h(rows ? "textarea" : "input", {
    id,
    name,
    rows,
    autocomplete: "off",
    testid: id,
    "aria-describedby": `${id}-note`,
    value: value ?? "",
    ...props,
  });
  const element = h(
    "div",
    { class: "field", data: { field: name } },
    h("label", { for: id }, label),
    input,
    suggestions && tapToFill(input, label, suggestions),
    fieldNote(name, hint),
  );
  return { name, element, value: () => input.value.trim() || null };
}

function tapToFill(input, label, words) {
  const fill = (word) => {
    input.value = word;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  return h(
    "div",
    { class: "picks", role: "group", "aria-label": `${label}：常用` },
    words.map((word) =>
      h("button", { class: "pick", type: "button", testid: `fill-${word}`, onclick: () => fill(word) }, word),
    ),
  );
}

/** Any number of words to choose from; words of one's own, told elsewhere, stay. */
export function chipsControl(name, label, { options, value, hint }) {
  const own = (value ?? []).filter((word) => !(word in options)).map((word) => [word, word]);
  const boxes = [...Object.entries(options), ...own].map(([id, text]) =>
    pick("checkbox", name, { id, text, checked: value?.includes(id) }),
  );
  const element = choiceOf(name, label, boxes, hint);
  const chosen = () => [...element.querySelectorAll(":checked")].map((box) => box.value);
  return { name, element, value: () => (chosen().length ? chosen() : null) };
}

/** One of a few words. */
export function radioControl(name, label, { options, value, hint, group = name }) {
  const boxes = Object.entries(options).map(([id, text]) =>
    pick("radio", group, { id, text, checked: value === id }),
  );
  const element = choiceOf(name, label, boxes, hint);
  return { name, element, value: () => element.querySelector(":checked")?.value ?? null };
}

function choiceOf(name, label, boxes, hint) {
  return h(
    "fieldset",
    { class: "field", data: { field: name }, "aria-describedby": `field-${name}-note` },
    h("legend", {}, label),
    h("div", { class: "picks" }, boxes),
    fieldNote(name, hint),
  );
}

function pick(type, name, { id, text, checked }) {
  return h(
    "label",
    { class: "pick" },
    h("input", { class: "sr", type, name, value: id, checked: Boolean(checked), testid: `${name}-${id}` }),
    text,
  );
}

/** Two numbers side by side; both empty is nothing. */
export function pairControl(name, label, parts, { hint } = {}) {
  const inputs = parts.map(({ key, text, value, ...props }) =>
    h("input", {
      id: `field-${name}-${key}`,
      testid: `field-${name}-${key}`,
      type: "number",
      inputmode: "numeric",
      autocomplete: "off",
      placeholder: text,
      "aria-label": `${label}：${text}`,
      value: value ?? "",
      ...props,
    }),
  );
  const element = h(
    "fieldset",
    { class: "field", data: { field: name }, "aria-describedby": `field-${name}-note` },
    h("legend", {}, label),
    h("div", { class: "row even" }, inputs),
    fieldNote(name, hint),
  );
  const numbers = () => inputs.map(({ value }) => (value.trim() === "" ? null : Number(value)));
  return { name, element, numbers };
}
