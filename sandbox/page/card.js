/** A WeCom template card: as it was sent, or as it looks after somebody pressed a button. */

import { h, working } from "./dom.js";
import { icon } from "./icons.js";
import { ago } from "./parts.js";

const STYLES = { 1: "wc-primary", 2: "wc-danger", 3: "wc-plain", 4: "wc-plain" };

/** `look` = {card, buttons, replaced_text}; `press(key)` says that a button was pressed. */
export function cardElement(look, at, press) {
  const { card, buttons, replaced_text: replaced } = look;
  const state = replaced ? "decided" : buttons.length ? "open" : "notice";
  return h(
    "article",
    { class: "card", testid: "wecom-card", data: { state } },
    source(card, at),
    mainTitle(card),
    quote(card),
    card.sub_title_text && h("p", { class: "card-sub" }, card.sub_title_text),
    rows(card),
    footer(buttons, replaced, press),
  );
}

function source({ source: from }, at) {
  return h(
    "p",
    { class: "card-source" },
    icon("shield"),
    h("span", { class: "grow" }, from?.desc ?? "社区助手"),
    ago(at),
  );
}

function mainTitle({ main_title: main }) {
  if (!main) return null;
  return h(
    "header",
    {},
    main.title && h("h3", { class: "card-title" }, main.title),
    main.desc && h("p", { class: "card-desc" }, main.desc),
  );
}

function quote({ quote_area: area }) {
  if (!area) return null;
  return h(
    "blockquote",
    { class: "card-quote" },
    area.title && h("b", {}, area.title),
    area.quote_text && h("p", {}, area.quote_text),
  );
}

function rows({ horizontal_content_list: list }) {
  if (!list?.length) return null;
  return h(
    "dl",
    { class: "rows" },
    list.map(({ keyname, value }) => h("div", {}, h("dt", {}, keyname), h("dd", {}, value ?? ""))),
  );
}

function footer(buttons, replaced, press) {
  if (replaced) return h("p", { class: "card-decided", testid: "card-decided" }, icon("check"), replaced);
  if (!buttons.length) return null;
  return h(
    "div",
    { class: "card-buttons" },
    buttons.map(({ text, style, key }) => {
      const button = h(
        "button",
        {
          class: `wc-btn ${STYLES[style] ?? "wc-primary"}`,
          type: "button",
          testid: `card-button-${text}`,
          onclick: () => working(button, () => press(key)),
        },
        text,
      );
      return button;
    }),
  );
}
