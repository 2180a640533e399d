/** A WeCom template card: as it was sent, or as it looks after somebody pressed a button. */

import { h, working } from "./dom.js";
import { icon } from "./icons.js";
import { ago } from "./parts.js";

const STYLES = { 1: "wc-primary", 2: "wc-danger", 3: "wc-plain", 4: "wc-plain" };

/**
 * `look` = {card, buttons, replaced_text}; `press(key, selected)` says that a button was pressed, and what was
 * chosen then: the ids of the options by question.
 */
export function cardElement(look, at, press) {
  const { card, buttons, replaced_text: replaced } = look;
  const state = replaced ? "decided" : buttons.length ? "open" : "notice";
  const question = buttons.length > 0 && selection(card);
  return h(
    "article",
    { class: "card", testid: "wecom-card", data: { state } },
    source(card, at),
    mainTitle(card),
    quote(card),
    card.sub_title_text && h("p", { class: "card-sub" }, card.sub_title_text),
    rows(card),
    question && question.element,
    footer(buttons, replaced, (key) => press(key, question ? question.selected() : {})),
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
    list.map(({ keyname, value, url }) =>
      h("div", {}, h("dt", {}, keyname), h("dd", {}, url ? outside(url, value ?? url) : (value ?? ""))),
    ),
  );
}

/** A link that leaves WeCom for the browser. */
export const outside = (href, text) => h("a", { class: "md-link", href, target: "_blank", rel: "noreferrer" }, text);

/** The list of a card from which one option is chosen. */
function selection({ button_selection: asked, task_id: task }) {
  if (!asked) return null;
  const id = `choice-${task}-${asked.question_key}`;
  const list = h(
    "select",
    { id, testid: `card-choice-${asked.question_key}` },
    asked.option_list.map((option) =>
      h("option", { value: option.id, selected: option.id === asked.selected_id }, option.text),
    ),
  );
  const element = h("div", { class: "card-choice" }, h("label", { for: id }, asked.title ?? "请选择"), list);
  return { element, selected: () => ({ [asked.question_key]: [list.value] }) };
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
