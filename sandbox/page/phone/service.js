/** 客服: the mini program's customer-service chat, with the questions people ask most one tap away. */

import { Refusal } from "../api.js";
import { h, sync, working } from "../dom.js";
import { icon } from "../icons.js";
import { poke } from "../live.js";
import { loading } from "../parts.js";
import * as sandbox from "../sandbox.js";
import { clockText } from "../time.js";
import { opener } from "./links.js";
import * as nav from "./nav.js";
import { refusedView, signInBox } from "./refused.js";
import { user } from "./session.js";
import { toast } from "./sheet.js";

const QUESTIONS = ["帮助", "我的积分", "新车选购", "养车无忧"];
const TEXT_CHARS_MAX = 500;

nav.register("service", {
  tab: "service",
  root: true,
  title: () => "在线客服",
  mount({ body, bar }) {
    const who = user();
    if (!who) {
      body.append(signInBox("登录后联系客服"));
      return undefined;
    }
    const list = h("ul", { class: "chat", testid: "service-chat", "aria-live": "polite" });
    bar.append(quickReplies(who), composer(who));
    sandbox.enterChat(who.openid).catch(unheard);
    return loading(
      body,
      () => sandbox.chat(who.openid),
      (messages, root) => {
        if (!list.isConnected) root.replaceChildren(greeting(), list);
        if (sync(list, messages, keyOf, bubbleRow)) body.scrollTop = body.scrollHeight;
      },
      { refused: refusedView },
    );
  },
});

function greeting() {
  return h("p", { class: "chat-note" }, "您好，这里是车主社区客服。点下面的词，或直接提问。");
}

function quickReplies(who) {
  return h(
    "div",
    { class: "quick", role: "group", "aria-label": "常用问题" },
    QUESTIONS.map((question) => {
      const button = h(
        "button",
        {
          class: "quick-reply",
          type: "button",
          testid: `quick-${question}`,
          onclick: () => working(button, () => say(who, question)),
        },
        question,
      );
      return button;
    }),
  );
}

function composer(who) {
  const input = h("input", {
    id: "service-text",
    testid: "service-text",
    maxlength: TEXT_CHARS_MAX,
    autocomplete: "off",
    placeholder: "输入消息…",
    required: true,
  });
  const send = h("button", { class: "btn primary", testid: "service-send" }, "发送");
  return h(
    "form",
    {
      class: "composer",
      onsubmit: async (event) => {
        event.preventDefault();
        if (await working(send, () => say(who, input.value.trim()))) input.value = "";
      },
    },
    h("label", { class: "sr", for: "service-text" }, "发给客服的消息"),
    input,
    send,
  );
}

async function say(who, text) {
  try {
    const said = sandbox.sayText(who.openid, text);
    poke();
    if ((await said).error) toast("消息没有送达，请稍候再试");
    poke();
    return true;
  } catch (error) {
    unheard(error);
    return false;
  }
}

function unheard(error) {
  if (!(error instanceof Refusal)) throw error;
  toast(error.detail);
}

const keyOf = ({ message_id: id, at }) => id ?? at;

function bubbleRow(message) {
  const mine = message.from === "member";
  return h(
    "li",
    { class: mine ? "said mine" : "said", testid: mine ? "said-by-me" : "said-by-service" },
    mine ? null : h("span", { class: "tile mini tile-green" }, icon("headset")),
    h("div", { class: "said-body" }, look(message), h("time", { class: "said-at" }, clockText(message.at))),
  );
}

function look({ kind, body }) {
  if (kind === "miniprogrampage") return programCard(body.miniprogrampage);
  if (kind === "link") return linkCard(body.link);
  if (kind === "image") return h("p", { class: "bubble" }, "［图片］");
  return h("p", { class: "bubble" }, body.Content ?? body.text?.content ?? `［${kind}］`);
}

function programCard({ title, pagepath }) {
  const open = opener(pagepath);
  return h(
    open ? "button" : "div",
    { class: "program-card", type: open ? "button" : null, testid: "program-card", onclick: open },
    h("span", { class: "program-from" }, icon("car"), "车主社区"),
    h("span", { class: "program-title" }, title),
    h("span", { class: "program-picture" }, icon("comment")),
    h("span", { class: "program-kind" }, icon("app"), "小程序"),
  );
}

function linkCard({ title, description, url }) {
  const open = opener(url);
  return h(
    open ? "button" : "div",
    { class: "link-card", type: open ? "button" : null, testid: "link-card", onclick: open },
    h("span", { class: "link-title" }, title),
    h(
      "span",
      { class: "link-body" },
      h("span", { class: "grow" }, description),
      h("span", { class: "tile mini tile-blue" }, icon("link")),
    ),
  );
}
