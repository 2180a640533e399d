/** The next best question about oneself, answered with a tap or two. */

import { Refusal } from "../api.js";
import { h, working } from "../dom.js";
import { ASK } from "./about_me.js";
import { avatarChooser } from "./avatars.js";
import { form } from "./form.js";
import { asMember, changeMe } from "./session.js";
import { toast } from "./sheet.js";

const COMPLETE = 100;

export const fetchQuestion = () => asMember("GET", "/v1/me/next-question");

/** How much is known, and what is asked next; `refresh` looks again after an answer. */
export function questionCard({ question, completeness }, refresh) {
  return h(
    "section",
    { class: "question", "aria-label": "资料完整度" },
    meter(completeness),
    question ? asked(question, refresh) : h("p", { class: "muted" }, nothingToAsk(completeness)),
  );
}

const nothingToAsk = (completeness) =>
  completeness === COMPLETE ? "资料已完整，谢谢您" : "跳过的问题过几天再问，也可以在个人资料里补充";

function meter(completeness) {
  return h(
    "p",
    { class: "meter-line" },
    h("span", {}, "资料完整度"),
    h("progress", { class: "meter", value: completeness, max: COMPLETE, "aria-label": "资料完整度" }),
    h("b", { testid: "completeness" }, `${completeness}%`),
  );
}

function asked({ field, text, kind }, refresh) {
  const skip = h(
    "button",
    {
      class: "link",
      type: "button",
      testid: "question-skip",
      onclick: () => working(skip, () => passOver(field, refresh)),
    },
    "先跳过",
  );
  const title = h("h3", { class: "question-text", testid: "question-text" }, text);
  if (kind === "picture")
    return h(
      "div",
      { class: "form", testid: "question", data: { asks: field } },
      title,
      avatarChooser(refresh),
      skip,
    );
  const control = ASK[field]({});
  const element = form({
    testid: "question",
    submit: "回答",
    before: title,
    fields: [control.element],
    after: skip,
    read: () => ({ [field]: control.value() }),
    send: async (answer) => {
      if (answer[field] === null) throw new Refusal(422, { code: "nothing_said", detail: "请先选择或填写" });
      await changeMe(answer);
      toast("已记下，谢谢");
      await refresh();
    },
  });
  element.dataset.asks = field;
  return element;
}

async function passOver(field, refresh) {
  try {
    await asMember("POST", "/v1/me/next-question/skip", { body: { field } });
    await refresh();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.detail);
  }
}
