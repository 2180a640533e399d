/** The sandbox's own controls: moving time ahead, and scripting what content safety answers. */

import { Refusal } from "./api.js";
import { h, working } from "./dom.js";
import { icon } from "./icons.js";
import { poke } from "./live.js";
import { DOUBTFUL_WORD } from "./samples.js";
import * as sandbox from "./sandbox.js";
import { aheadText, clockText, dayText, now, setAhead } from "./time.js";

const LEAPS = [
  ["+5 分钟", 5 * 60, "5m"],
  ["+1 小时", 3600, "1h"],
  ["+2 天", 2 * 86_400, "2d"],
];
const SUGGESTIONS = [
  ["review", "存疑 · 待审"],
  ["risky", "违规 · 拒绝"],
  ["pass", "通过"],
];
const CLOCK_MS = 5000;
const SAID_MS = 5000;
const WORD_CHARS_MAX = 30;

/** Builds the toolbar in `root`. */
export async function startToolbar(root) {
  const status = h("span", { class: "tool-status", role: "status", testid: "tool-status" });
  const clock = h("b", { class: "tool-clock", testid: "sandbox-time" });
  const tools = h("div", { class: "tools", id: "tools" }, clockTools(clock, status), verdictTools(status), status);
  const toggle = h(
    "button",
    {
      class: "btn small tools-toggle",
      type: "button",
      "aria-expanded": "false",
      "aria-controls": "tools",
      testid: "tools-toggle",
    },
    icon("tools"),
    "沙箱工具",
  );
  toggle.onclick = () => toggle.setAttribute("aria-expanded", String(tools.classList.toggle("open")));
  root.append(toggle, tools);
  setInterval(() => showTime(clock), CLOCK_MS);
  showTime(clock);
  await attempt(status, async () => learnTime(await sandbox.aheadS(), clock));
}

function clockTools(clock, status) {
  const leaps = LEAPS.map(([label, seconds, name]) => {
    const button = h(
      "button",
      {
        class: "btn small",
        type: "button",
        testid: `leap-${name}`,
        onclick: () => working(button, () => attempt(status, () => leap(seconds, label, clock, status))),
      },
      label,
    );
    return button;
  });
  return h(
    "div",
    { class: "tool", role: "group", "aria-label": "时间快进" },
    h("span", { class: "tool-name" }, icon("clock"), "时间快进"),
    clock,
    leaps,
  );
}

async function leap(seconds, label, clock, status) {
  learnTime(await sandbox.moveAhead(seconds), clock);
  say(status, `时间已快进 ${label.slice(1)}`);
  poke();
}

function learnTime(ahead, clock) {
  setAhead(ahead);
  showTime(clock);
}

function showTime(clock) {
  const moment = now();
  clock.textContent = [dayText(moment), clockText(moment), aheadText()].filter(Boolean).join(" ");
}

function verdictTools(status) {
  const word = h("input", {
    id: "verdict-word",
    testid: "verdict-word",
    value: DOUBTFUL_WORD,
    maxlength: WORD_CHARS_MAX,
    autocomplete: "off",
    required: true,
  });
  const suggest = h(
    "select",
    { id: "verdict-suggest", testid: "verdict-suggest", "aria-label": "内容安全的结论" },
    SUGGESTIONS.map(([value, label]) => h("option", { value }, label)),
  );
  const set = h("button", { class: "btn small", testid: "verdict-set" }, "设定");
  return h(
    "form",
    {
      class: "tool",
      onsubmit: (event) => {
        event.preventDefault();
        working(set, () => attempt(status, () => script(word.value.trim(), suggest.value, status)));
      },
    },
    h("label", { class: "tool-name", for: "verdict-word" }, icon("shield"), "内容安全剧本"),
    word,
    h("span", { "aria-hidden": "true" }, "→"),
    suggest,
    set,
  );
}

async function script(word, suggest, status) {
  await sandbox.setVerdict(word, suggest);
  say(status, `含“${word}”的内容将判为「${SUGGESTIONS.find(([value]) => value === suggest)[1]}」`);
}

let hiding = null;

function say(status, text) {
  clearTimeout(hiding);
  status.textContent = text;
  hiding = setTimeout(() => (status.textContent = ""), SAID_MS);
}

async function attempt(status, action) {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say(status, error.detail);
  }
}
