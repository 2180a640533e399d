/** A moderator's WeCom: choose a colleague, see what the community's app sent them, press a card's button. */

import { Refusal } from "./api.js";
import { cardElement, outside } from "./card.js";
import { h, sync } from "./dom.js";
import { icon } from "./icons.js";
import { onLive, poke } from "./live.js";
import { markdown } from "./markdown.js";
import { ago, avatar, emptyBox, loading } from "./parts.js";
import * as sandbox from "./sandbox.js";
import { emit, on } from "./signals.js";

const STORE = "sandbox.colleague";

/** Builds the window in `pane` and keeps it fresh. */
export function startWecom(pane) {
  const desk = {
    userid: localStorage.getItem(STORE),
    staff: [],
    list: h("ul", { class: "wc-list", testid: "wecom-inbox" }),
  };
  const people = h("div", { class: "wc-people", role: "group", "aria-label": "选择同事" });
  const status = h("p", { class: "pane-status", role: "status", testid: "wecom-status" });
  const body = h("div", { class: "wc-thread", tabindex: "0", "aria-label": "应用消息" });
  const pending = h("button", {
    class: "count-pill",
    type: "button",
    hidden: true,
    testid: "pending-count",
    onclick: () => lookAtPending(desk),
  });
  pane.append(
    h(
      "header",
      { class: "pane-head" },
      h("h2", { class: "pane-title" }, "企业微信"),
      h("span", { class: "muted" }, "社区助手"),
      h("span", { role: "status" }, pending),
      status,
    ),
    h("div", { class: "wc" }, people, body),
  );
  desk.press = (message, key, selected) => press(desk, { message, key, selected }, status);
  const refresh = loading(
    body,
    () => fetchDesk(desk),
    (messages, root) => {
      showPeople(people, desk, () => {
        localStorage.setItem(STORE, desk.userid);
        status.textContent = "";
        desk.list.replaceChildren();
        return refresh();
      });
      showMessages(desk, messages, root, body);
      showPending(pending, messages);
    },
  );
  refresh();
  onLive(refresh);
  on("look_at_pending", () => lookAtPending(desk));
  on("pane_shown", () => (body.scrollTop = body.scrollHeight));
}

async function fetchDesk(desk) {
  desk.staff = await sandbox.staff();
  if (!desk.staff.some(({ userid }) => userid === desk.userid)) desk.userid = desk.staff[0]?.userid ?? null;
  return desk.userid ? sandbox.inbox(desk.userid) : [];
}

function showPeople(people, desk, chosen) {
  sync(
    people,
    desk.staff.map((person) => ({ ...person, here: person.userid === desk.userid })),
    ({ userid }) => userid,
    (person) =>
      h(
        "button",
        {
          class: "wc-person",
          type: "button",
          testid: `staff-${person.userid}`,
          "aria-pressed": String(person.here),
          onclick: () => {
            desk.userid = person.userid;
            chosen();
          },
        },
        avatar(person.name, "small"),
        person.name,
      ),
  );
}

function showMessages(desk, messages, root, body) {
  if (!messages.length) {
    desk.list.replaceChildren();
    root.replaceChildren(emptyBox("empty", "暂无消息", "有新的认证申请或待审内容时，卡片会出现在这里"));
    return;
  }
  if (!desk.list.isConnected) root.replaceChildren(desk.list);
  const before = desk.list.lastElementChild?.dataset.key;
  sync(desk.list, messages, keyOf, (message) =>
    h(
      "li",
      { class: "wc-row" },
      h("span", { class: "tile mini tile-blue" }, icon("robot")),
      messageElement(desk, message),
    ),
  );
  if (desk.list.lastElementChild.dataset.key !== before) body.scrollTop = body.scrollHeight;
}

const keyOf = ({ message_id: id, at }) => id ?? at;

function messageElement(desk, message) {
  const { body, kind, at, look } = message;
  if (look) return cardElement(look, at, (key, selected) => desk.press(message, key, selected));
  const content = body[kind] && CONTENTS[kind] ? CONTENTS[kind](body[kind]) : h("p", {}, `［${kind}］`);
  return h("div", { class: "wc-bubble", testid: "wecom-text" }, content, ago(at));
}

function showPending(pill, messages) {
  const count = messages.filter(({ look }) => look?.buttons.length).length;
  pill.hidden = count === 0;
  pill.textContent = `${count} 条待处理`;
  emit("pending", { count });
}

const CONTENTS = {
  markdown: ({ content }) => markdown(content),
  text: ({ content }) => h("p", {}, withLinks(content)),
  textcard: ({ title, description, url, btntxt }) => [
    h("p", { class: "bot-name" }, title),
    h("p", {}, description),
    outside(url, btntxt ?? "查看详情"),
  ],
};

/** The one piece of markup that WeCom knows in a text. */
function withLinks(text) {
  const parts = text.split(/<a href="([^"]+)">([^<]*)<\/a>/);
  return parts.map((part, i) => (i % 3 === 0 ? part : i % 3 === 1 ? outside(part, parts[i + 1]) : null));
}

/** Brings the newest card that waits for a decision into view, ready to be pressed. */
function lookAtPending(desk) {
  const newest = [...desk.list.querySelectorAll('[data-state="open"]')].at(-1);
  newest?.scrollIntoView({ block: "nearest" });
  newest?.querySelector(".wc-btn").focus({ preventScroll: true });
}

async function press(desk, { message, key, selected }, status) {
  status.textContent = "";
  try {
    const { error: undelivered } = await sandbox.press(desk.userid, message.message_id, key, selected);
    if (undelivered) status.textContent = "没有送达社区后端，请稍候再按";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    status.textContent = error.detail;
  }
  poke();
}
