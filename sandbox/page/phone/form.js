/** A form of the phone: labelled fields, one button, refusals shown where they belong. */

import { Refusal } from "../api.js";
import { h, working } from "../dom.js";
import { keyed } from "./keys.js";
import { refusalNote } from "./refused.js";

/** A labelled input (or textarea) with room for what is wrong in it. */
export function field(name, label, { hint, rows, ...props } = {}) {
  const id = `field-${name}`;
  const control = h(rows ? "textarea" : "input", {
    id,
    name,
    rows,
    autocomplete: "off",
    testid: id,
    "aria-describedby": `${id}-note`,
    ...props,
  });
  const note = h("p", { class: "field-note", id: `${id}-note`, data: { hint: hint ?? "" } }, hint ?? "");
  return h("div", { class: "field", data: { field: name } }, h("label", { for: id }, label), control, note);
}

/**
 * A form that calls `send(values, key)`. The key is the same when the same values are sent again after a lost
 * answer, so that this cannot do the thing twice.
 */
export function form({ fields, submit, testid, before = null, send }) {
  const status = h("div", {});
  const button = h("button", { class: "btn primary wide", testid: `${testid}-submit` }, submit);
  const submission = keyed();
  const element = h("form", { class: "form", novalidate: true, testid }, before, fields, status, button);
  element.onsubmit = (event) => {
    event.preventDefault();
    working(button, () => attempt(element, status, (values) => submission(values, (key) => send(values, key))));
  };
  return element;
}

async function attempt(element, status, send) {
  const values = Object.fromEntries([...new FormData(element)].map(([name, value]) => [name, value.trim()]));
  status.replaceChildren();
  markErrors(element, []);
  try {
    await send(values);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    markErrors(element, error.errors);
    status.replaceChildren(refusalNote(error));
    status.firstElementChild.scrollIntoView({ block: "nearest" });
  }
}

function markErrors(element, errors) {
  for (const box of element.querySelectorAll("[data-field]")) {
    const wrong = errors.find((error) => error.field === box.dataset.field);
    const note = box.querySelector(".field-note");
    if (note) note.textContent = wrong?.message ?? note.dataset.hint;
    box.classList.toggle("wrong", Boolean(wrong));
    box.querySelector("input, textarea")?.setAttribute("aria-invalid", String(Boolean(wrong)));
  }
}

/** Puts example values into a form. */
export function fill(element, values) {
  for (const [name, value] of Object.entries(values)) {
    const controls = element.elements[name];
    if (controls) controls.value = value;
  }
}
