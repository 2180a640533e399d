/** 我的: who I am here, what I am asked next, and the ways to everything that is mine. */

import { h, sync } from "../dom.js";
import { icon } from "../icons.js";
import { chip, loading } from "../parts.js";
import "./account.js";
import { ownAvatar } from "./avatars.js";
import { badgeText } from "./cards.js";
import { fetchCertifications, stateChip } from "./certify.js";
import { MINE } from "./mine.js";
import * as nav from "./nav.js";
import { askForPhone } from "./phone_number.js";
import "./profile.js";
import { fetchQuestion, questionCard } from "./question.js";
import { refusedView, signInBox } from "./refused.js";
import { me, refreshMe, user } from "./session.js";
import { askToSignIn } from "./sign_in.js";
import "./vehicles.js";

const IDENTITIES = { prospect: "潜客", deposit_holder: "意向金用户", owner: "车主" };

export const identityChip = (identity) => chip(IDENTITIES[identity] ?? identity, identity === "owner" ? "green" : "");

nav.register("me", {
  tab: "me",
  root: true,
  title: () => "我的",
  mount({ body }) {
    if (!user()) {
      body.append(signInBox("登录后加入社区"));
      return undefined;
    }
    const refresh = loading(
      body,
      fetchMine,
      (fetched, root) => sync(root, partsOf(fetched), ({ part }) => part, show),
      { refused: refusedView },
    );
    const show = (item) => PARTS[item.part](item, refresh);
    return refresh;
  },
});

const fetchMine = () => Promise.all([fetchCertifications(), fetchQuestion(), refreshMe()]);

/** Each part of the view with what it shows, and nothing that differs each time one looks. */
function partsOf([certifications, asked]) {
  const { nickname, identity, tier, badges, avatar_media_id: picture, phone, state } = me();
  return [
    { part: "card", nickname, identity, tier, badges, picture },
    { part: "mine" },
    { part: "question", asked },
    { part: "menu", phone, state, latest: certifications[0] ?? null },
  ];
}

const PARTS = {
  card,
  question: ({ asked }, refresh) => questionCard(asked, refresh),
  mine,
  menu,
};

function card({ nickname, identity, tier, badges }) {
  const others = badges.filter((badge) => badge !== identity).map(badgeText);
  return h(
    "section",
    { class: "me-card" },
    ownAvatar(me()),
    h(
      "div",
      { class: "grow" },
      h("p", { class: "me-name", testid: "my-nickname" }, nickname),
      h(
        "p",
        { class: "chips" },
        identityChip(identity),
        chip(tier),
        others.map((badge) => chip(badge, "green")),
      ),
    ),
  );
}

/** What I wrote, kept and read here. */
function mine() {
  return h(
    "ul",
    { class: "mine" },
    MINE.map(([view, iconName, label]) =>
      h(
        "li",
        {},
        h(
          "button",
          { class: "mine-entry", type: "button", testid: `open-${view}`, onclick: () => nav.go(view) },
          icon(iconName),
          label,
        ),
      ),
    ),
  );
}

function menu({ phone, state, latest }, refresh) {
  const entry = (iconName, label, testid, onclick, extra) =>
    h(
      "li",
      {},
      h(
        "button",
        { class: "menu-row", type: "button", testid, onclick },
        icon(iconName),
        h("span", { class: "grow" }, label),
        extra,
        icon("next"),
      ),
    );
  const number = h("span", { class: "menu-value", testid: "my-phone" }, phone ?? "未绑定");
  const leaving = state === "leaving" && chip("注销中", "amber");
  return h(
    "ul",
    { class: "menu" },
    entry("shield", "车主认证", "open-certify", () => nav.go("certify"), latest ? stateChip(latest) : chip("未认证")),
    entry("car", "我的车辆", "open-vehicles", () => nav.go("vehicles")),
    entry("pen", "个人资料", "open-profile", () => nav.go("profile")),
    entry("phone", "手机号", "open-phone", () => askForPhone(refresh), number),
    entry("bell", "消息与提醒", "open-messages", () => nav.openTab("messages")),
    entry("tools", "通知设置", "open-settings", () => nav.go("settings")),
    entry("lock", "隐私与账号", "open-account", () => nav.go("account"), leaving),
    entry("swap", "切换微信用户", "open-users", askToSignIn),
  );
}
