/** A few words side by side, one of them chosen. */

import { h } from "../dom.js";

/** `choices` = [[name, label], …]; `choose(name)` is called for each press, not for the one chosen at first. */
export function segments(label, choices, chosen, choose) {
  const buttons = choices.map(([name, text]) =>
    h(
      "button",
      {
        type: "button",
        class: "segment",
        testid: `segment-${name}`,
        "aria-pressed": String(name === chosen),
        onclick: () => {
          mark(name);
          choose(name);
        },
      },
      text,
    ),
  );
  const mark = (name) =>
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(choices[i][0] === name)));
  return h("div", { class: "segments", role: "group", "aria-label": label }, buttons);
}
