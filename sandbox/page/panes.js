/** On a narrow screen one window is shown at a time: 手机, 企业微信 or 群. */

import { h } from "./dom.js";
import { emit, on } from "./signals.js";

const PANES = [
  ["phone", "手机"],
  ["wecom", "企业微信"],
  ["group", "群"],
];

let stage = null;
let buttons = [];

export function startPanes(root, stageElement) {
  stage = stageElement;
  buttons = PANES.map(([name, label]) =>
    h(
      "button",
      {
        class: "pane-switch",
        type: "button",
        testid: `show-${name}`,
        data: { pane: name },
        onclick: () => showPane(name),
      },
      label,
      h("span", { class: "badge", hidden: true }),
    ),
  );
  root.append(...buttons);
  on("unread", ({ count }) => showBadge(0, count));
  on("pending", ({ count }) => showBadge(1, count));
  on("group_news", () => stage.dataset.pane !== "group" && showBadge(2, 1, "新"));
  showPane("phone");
}

export function showPane(name) {
  stage.dataset.pane = name;
  buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.pane === name)));
  if (name === "group") showBadge(2, 0);
  emit("pane_shown", { name });
}

function showBadge(index, count, text = String(count)) {
  const badge = buttons[index].querySelector(".badge");
  badge.hidden = count === 0;
  badge.textContent = text;
}
