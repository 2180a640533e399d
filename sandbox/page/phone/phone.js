/** The member's phone: its frame, the four tabs, and what appears over them. */

import { h, sync } from "../dom.js";
import { icon } from "../icons.js";
import { onLive, poke } from "../live.js";
import { avatar } from "../parts.js";
import { emit, on } from "../signals.js";
import { clockText, now } from "../time.js";
import "./home.js";
import "./posts.js";
import "./search.js";
import "./topics.js";
import "./settings.js";
import "./post.js";
import "./publish.js";
import "./certify.js";
import { identityChip } from "./me.js";
import { serviceCard } from "./messages.js";
import * as nav from "./nav.js";
import { refreshNotices } from "./notices.js";
import "./service.js";
import { ignoreRefusal, me, resume, user } from "./session.js";
import * as sheet from "./sheet.js";
import { askToSignIn } from "./sign_in.js";
import { templates } from "./subscribe.js";

const TABS = [
  ["community", "社区", "home"],
  ["messages", "消息", "bell"],
  ["service", "客服", "headset"],
  ["me", "我的", "person"],
];
const BANNER_MS = 8000;
const CLOCK_MS = 5000;

/** Builds the phone in `pane` and keeps it fresh. */
export async function startPhone(pane) {
  const slots = build(pane);
  sheet.useFrame(slots);
  nav.useFrame(slots);
  showHolder(slots.holder);
  listen(slots);
  onLive(() => nav.refresh());
  onLive(refreshNotices);
  tellTime(slots.time);
  await resume().catch(ignoreRefusal);
}

function build(pane) {
  const title = h("h2", { class: "nav-title", tabindex: "-1", testid: "phone-title" });
  const back = h(
    "button",
    { class: "nav-back", type: "button", "aria-label": "返回", testid: "phone-back", onclick: nav.back },
    icon("back"),
  );
  const time = h("span", {});
  const screen = h("div", { class: "screen", testid: "screen" });
  const tabs = TABS.map(([name, label, iconName]) => tabButton(name, label, iconName));
  const content = h(
    "div",
    { class: "phone-content" },
    h(
      "div",
      { class: "status-bar", "aria-hidden": "true" },
      time,
      h("span", { class: "status-right" }, "5G", h("i", { class: "battery" })),
    ),
    h(
      "div",
      { class: "nav-bar" },
      back,
      title,
      h("span", { class: "capsule", "aria-hidden": "true" }, h("i", {}), h("b", {})),
    ),
    screen,
    h("nav", { class: "tab-bar", "aria-label": "小程序" }, tabs),
  );
  const sheetRoot = h("div", { class: "sheet-root" });
  const banner = h("div", { class: "push", role: "status", testid: "service-push" });
  const toast = h("p", { class: "toast", role: "status", testid: "toast" });
  const holder = h("div", {});
  pane.append(
    h("header", { class: "pane-head" }, h("h2", { class: "pane-title" }, "会员的手机"), holder),
    h("div", { class: "phone" }, content, banner, sheetRoot, toast),
  );
  return { title, back, time, screen, tabs, content, sheetRoot, banner, toast, holder };
}

function tabButton(name, label, iconName) {
  return h(
    "button",
    { class: "tab", type: "button", testid: `tab-${name}`, data: { tab: name }, onclick: () => nav.openTab(name) },
    h("span", { class: "tab-icon" }, icon(iconName), h("span", { class: "badge", hidden: true })),
    label,
  );
}

function listen(slots) {
  on("tab_shown", ({ tab }) =>
    slots.tabs.forEach((button) => {
      if (button.dataset.tab === tab) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    }),
  );
  on("unread", ({ count }) => showUnread(slots.tabs[1], count));
  on("member", () => showHolder(slots.holder));
  on("signed_in", ({ wasGuest }) => startOver(wasGuest ? nav.remount : nav.restart));
  on("signed_out", () => startOver(nav.restart));
  on("signed_out", () => showHolder(slots.holder));
  on("turned_away", ({ detail }) =>
    sheet.openSheet("账号已关闭", h("p", { class: "sheet-body" }, detail), { testid: "turned-away" }),
  );
  on("service_notice", ({ message }) => pushNotice(slots.banner, message));
}

function startOver(show) {
  show();
  emit("handed_over");
  poke();
}

function showUnread(tab, count) {
  const badge = tab.querySelector(".badge");
  badge.hidden = count === 0;
  badge.replaceChildren(count > 99 ? "99+" : String(count), h("span", { class: "sr" }, "条未读"));
}

/** Above the phone: who holds it, and how to hand it to somebody else. */
function showHolder(holder) {
  sync(holder, [{ nickname: user()?.nickname ?? null, identity: me()?.identity ?? null }], () => "holder", holderLine);
}

function holderLine({ nickname, identity }) {
  const change = h(
    "button",
    { class: "btn small", type: "button", testid: "switch-user", onclick: askToSignIn },
    nickname ? [icon("swap"), "切换用户"] : "登录",
  );
  if (!nickname) return h("div", { class: "holder" }, h("span", { class: "muted" }, "未登录"), change);
  return h(
    "div",
    { class: "holder" },
    avatar(nickname, "small"),
    h("b", { class: "holder-name", testid: "holder-name" }, nickname),
    identity && h("span", { testid: "holder-identity" }, identityChip(identity)),
    change,
  );
}

let hidingBanner = null;

async function pushNotice(banner, message) {
  const card = serviceCard(message, await templates());
  const dismiss = () => banner.replaceChildren();
  const close = h(
    "button",
    { class: "push-close", type: "button", "aria-label": "收起通知", testid: "service-push-close" },
    "×",
  );
  banner.onclick = dismiss;
  banner.replaceChildren(card, close);
  clearTimeout(hidingBanner);
  hidingBanner = setTimeout(dismiss, BANNER_MS);
}

function tellTime(slot) {
  const tell = () => (slot.textContent = clockText(now()));
  tell();
  setInterval(tell, CLOCK_MS);
}
