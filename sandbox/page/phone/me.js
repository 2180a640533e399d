/** 我的: who I am here, my certification, my grants. */

import { h, sync } from "../dom.js";
import { icon } from "../icons.js";
import { avatar, chip, loading } from "../parts.js";
import { field, fill, form } from "./form.js";
import * as nav from "./nav.js";
import { badgeText } from "./posts.js";
import { fetchCertifications, stateChip } from "./certify.js";
import { refusedView, signInBox } from "./refused.js";
import { me, refreshMe, rename, signOut, user } from "./session.js";
import { toast } from "./sheet.js";
import { askToSignIn } from "./sign_in.js";

const IDENTITIES = { prospect: "潜客", deposit_holder: "意向金用户", owner: "车主" };
const NICKNAME_CHARS_MAX = 20;

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
    return loading(
      body,
      fetchMine,
      ([member, certifications], root) =>
        sync(root, [{ member, latest: certifications[0] ?? null }], () => "me", overview),
      { refused: refusedView },
    );
  },
});

async function fetchMine() {
  const [certifications] = await Promise.all([fetchCertifications(), refreshMe()]);
  return [me(), certifications];
}

const overview = ({ member, latest }) => h("div", {}, card(member), menu(latest));

function card(member) {
  const badges = member.badges.filter((badge) => badge !== member.identity).map(badgeText);
  return h(
    "section",
    { class: "me-card" },
    avatar(member.nickname, "large"),
    h(
      "div",
      { class: "grow" },
      h("p", { class: "me-name", testid: "my-nickname" }, member.nickname),
      h(
        "p",
        { class: "chips" },
        identityChip(member.identity),
        chip(member.tier),
        badges.map((badge) => chip(badge, "green")),
      ),
    ),
  );
}

function menu(latest) {
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
  return h(
    "ul",
    { class: "menu" },
    entry("shield", "车主认证", "open-certify", () => nav.go("certify"), latest ? stateChip(latest) : chip("未认证")),
    entry("pen", "修改昵称", "open-rename", () => nav.go("rename")),
    entry("bell", "消息与提醒", "open-messages", () => nav.openTab("messages")),
    entry("swap", "切换微信用户", "open-users", askToSignIn),
    entry("back", "退出登录", "sign-out", signOut),
  );
}

nav.register("rename", {
  tab: "me",
  title: () => "修改昵称",
  mount({ body }) {
    const element = form({
      testid: "rename",
      submit: "保存",
      fields: [field("nickname", "昵称", { maxlength: NICKNAME_CHARS_MAX })],
      send: async ({ nickname }) => {
        await rename(nickname);
        toast("已保存");
        nav.back();
      },
    });
    body.append(element);
    fill(element, { nickname: me()?.nickname ?? "" });
  },
});
