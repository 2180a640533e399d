/** Polls: what is asked while writing, and voting and results while reading. */

import { h } from "../dom.js";
import { momentText, now } from "../time.js";
import { fieldNote, radioControl } from "./controls.js";
import { doing } from "./doing.js";
import { asMember, user } from "./session.js";
import { toast } from "./sheet.js";
import { askToSignIn } from "./sign_in.js";

const OPTIONS_MIN = 2;
const OPTIONS_MAX = 10;
const OPTION_CHARS_MAX = 40;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const OPEN_FOR = { 1: "1 天", 3: "3 天", 7: "一周", 14: "两周" };

// Writing

/** The options, how many one may choose, and for how long. */
export function pollControl(poll) {
  const list = h("div", { class: "poll-options" });
  const add = (text = "") => list.append(optionInput(list.children.length, text));
  const set = (options) => {
    list.replaceChildren();
    for (let place = 0; place < Math.max(OPTIONS_MIN, options.length); place += 1) add(options[place]);
  };
  set(poll?.options ?? []);
  const more = h("button", { class: "link", type: "button", testid: "poll-more" }, "＋ 添加选项");
  more.onclick = () => list.children.length < OPTIONS_MAX && add();
  const mode = radioControl("poll-mode", "每人可选", {
    options: { single: "单选", multi: "多选" },
    value: poll?.choices_max > 1 ? "multi" : "single",
  });
  const days = radioControl("poll-days", "投票期限", { options: OPEN_FOR, value: poll ? daysLeft(poll) : "7" });
  const element = h(
    "fieldset",
    { class: "field poll-fields", data: { field: "poll" } },
    h("legend", {}, "投票选项"),
    list,
    more,
    mode.element,
    days.element,
    fieldNote("poll"),
  );
  const value = () => {
    const options = [...list.querySelectorAll("input")].map((input) => input.value.trim()).filter(Boolean);
    const choicesMax = mode.value() === "multi" ? Math.max(1, options.length) : 1;
    return { options, choices_max: choicesMax, ends_at: endIn(days.value()) };
  };
  return { element, set, value };
}

function optionInput(place, text) {
  return h("input", {
    value: text,
    maxlength: OPTION_CHARS_MAX,
    autocomplete: "off",
    placeholder: `选项 ${place + 1}`,
    "aria-label": `选项 ${place + 1}`,
    testid: `poll-option-${place}`,
  });
}

/** On the full hour, so that the same form sent again after a lost answer says the same. */
const endIn = (days) => new Date(Math.ceil((now().getTime() + days * DAY_MS) / HOUR_MS) * HOUR_MS).toISOString();

function daysLeft({ ends_at: at }) {
  const left = (new Date(at) - now()) / DAY_MS;
  return Object.keys(OPEN_FOR).find((days) => left <= Number(days) + 0.1) ?? "7";
}

/** What is asked cannot be changed once it is published: it is told as it was. */
export const asItIs = ({ options, choices_max: choicesMax, ends_at: endsAt }) => ({
  options: options.map(({ text }) => text),
  choices_max: choicesMax,
  ends_at: endsAt,
});

// Reading

/** A poll: its options to vote, then what others voted. */
export function pollBox(postId, poll, refresh) {
  const box = h("section", { class: "poll", testid: "poll" });
  const vote = () => box.replaceChildren(voteForm(postId, poll, refresh));
  const isOpen = !poll.ended && !poll.voted;
  if (isOpen) vote();
  else box.replaceChildren(results(poll, vote));
  return box;
}

function voteForm(postId, poll, refresh) {
  const isSingle = poll.choices_max === 1;
  const form = h(
    "form",
    { class: "poll-form" },
    h(
      "fieldset",
      { class: "poll-options" },
      h("legend", { class: "sr" }, "投票"),
      poll.options.map(({ text, chosen }, place) =>
        h(
          "label",
          { class: "poll-option" },
          h("input", {
            type: isSingle ? "radio" : "checkbox",
            name: "choice",
            value: String(place),
            checked: chosen,
            testid: `vote-${place}`,
          }),
          h("span", {}, text),
        ),
      ),
    ),
    h(
      "div",
      { class: "row" },
      h("span", { class: "muted grow" }, `${howMany(poll)} · 投票后可看结果 · ${momentText(poll.ends_at)}截止`),
      doing("投票", "vote-submit", () => send(postId, form, refresh), "primary"),
    ),
  );
  form.onsubmit = (event) => event.preventDefault();
  return form;
}

async function send(postId, form, refresh) {
  if (!user()) return askToSignIn();
  const choices = [...form.querySelectorAll(":checked")].map(({ value }) => Number(value));
  if (!choices.length) return toast("请先选择一项");
  await asMember("POST", `/v1/posts/${encodeURIComponent(postId)}/votes`, { body: { choices } });
  toast("已投票");
  return refresh();
}

function results(poll, vote) {
  return h(
    "div",
    { class: "poll-form", testid: "poll-results" },
    h(
      "ul",
      { class: "poll-options" },
      poll.options.map((option) => resultRow(option, poll.voters)),
    ),
    h(
      "div",
      { class: "row" },
      h(
        "span",
        { class: "muted grow" },
        `${poll.voters ?? 0} 人参与 · ${howMany(poll)} · `,
        poll.ended ? "已截止" : `${momentText(poll.ends_at)}截止`,
      ),
      !poll.ended && h("button", { class: "link", type: "button", testid: "vote-again", onclick: vote }, "改投"),
    ),
  );
}

function resultRow({ text, votes, chosen }, voters) {
  const share = voters ? Math.round(((votes ?? 0) / voters) * 100) : 0;
  return h(
    "li",
    { class: chosen ? "poll-result chosen" : "poll-result", testid: "poll-result" },
    h(
      "span",
      { class: "row" },
      h("span", { class: "grow" }, text, chosen && h("span", { class: "poll-mine" }, " ✓ 我的选择")),
      h("span", { class: "muted" }, `${votes ?? 0} 票 · ${share}%`),
    ),
    h("progress", { class: "meter", max: Math.max(1, voters ?? 0), value: votes ?? 0, "aria-label": text }),
  );
}

const howMany = ({ choices_max: max }) => (max === 1 ? "单选" : `最多选 ${max} 项`);
