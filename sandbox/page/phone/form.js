/** A form of the phone: labelled fields, one button, refusals shown where they belong. */

import { Refusal } from "../api.js";
import { h, working } from "../dom.js";
import { textControl } from "./controls.js";
import { keyed } from "./keys.js";
import { refusalNote } from "./refused.js";

/** A labelled input (or textarea) with room for what is wrong in it. */
export const field = (name, label, props) => textControl(name, label, props).element;

/**
 * A form that calls `send(values, key)`. The key is the same when the same values are sent again after a lost
 * answer, so that this cannot do the thing twice. `read(form)` gives the values; unless told, those of its fields.
 */
export function form({ fields, submit, tone = "primary", testid, before = null, after = null, send, read = valuesOf }) {
  const status = h("div", {});
  const button = h("button", { class: `btn ${tone} wide`, testid: `${testid}-submit` }, submit);
  const submission = keyed();
  const element = h("form", { class: "form", novalidate: true, testid }, before, fields, status, button, after);
  element.onsubmit = (event) => {
    event.preventDefault();
    const values = read(element);
    working(button, () => attempt(element, status, () => submission(values, (key) => send(values, key))));
  };
  return element;
}

const valuesOf = (element) =>
  Object.fromEntries([...new FormData(element)].map(([name, value]) => [name, value.trim()]));

async function attempt(element, status, send) {
  status.replaceChildren();
  markErrors(element, []);
  try {
    await send();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    markErrors(element, error.errors);
    status.replaceChildren(refusalNote(error));
    status.firstElementChild.scrollIntoView({ block: "nearest" });
  }
}

function markErrors(element, errors) {
  for (const box of element.querySelectorAll("[data-field]")) {
    const wrong = errors.find((error) => isAbout(error.field, box.dataset.field));
    const note = [...box.children].find((child) => child.matches(".field-note"));
    if (note) note.textContent = wrong?.message ?? note.dataset.hint;
    box.classList.toggle("wrong", Boolean(wrong));
    box.querySelector("input, textarea")?.setAttribute("aria-invalid", String(Boolean(wrong)));
  }
}

/** "household.children" and "intentions[0].model" are about the field that they begin with. */
const isAbout = (path, name) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`);

/** Puts example values into a form. */
export function fill(element, values) {
  for (const [name, value] of Object.entries(values)) {
    const controls = element.elements[name];
    if (controls) controls.value = value;
  }
}
