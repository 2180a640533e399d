/** What happened on this page, told to whoever listens (the tour, badges): `emit("signed_in", {…})`. */

const target = new EventTarget();

export function emit(name, detail = {}) {
  target.dispatchEvent(new CustomEvent(name, { detail }));
}

export function on(name, listener) {
  target.addEventListener(name, (event) => listener(event.detail));
}
