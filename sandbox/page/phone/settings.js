/** 通知设置: of what a member wants to hear here and in WeChat, and when WeChat keeps quiet. */

import { h } from "../dom.js";
import { loading } from "../parts.js";
import { form } from "./form.js";
import * as nav from "./nav.js";
import { refusedView } from "./refused.js";
import { asMember } from "./session.js";
import { toast } from "./sheet.js";

const PATH = "/v1/me/notification-settings";
const KINDS = {
  reply: ["评论与回复", "有人评论您的帖子、回复您的评论"],
  mention: ["提到我的", "有人在帖子或评论里提到您"],
  reaction: ["赞与收藏", "合并为一条，例如「张三等 12 人赞了…」"],
  follow: ["新增关注", "有车友关注了您"],
  certification: ["车主认证", "认证结果、车辆转移"],
  moderation: ["内容审核", "帖子、评论的审核结果"],
  privacy: ["隐私与账号", "数据导出、账号注销"],
  system: ["系统通知", "社区公告与规则变化"],
};
// Of these a member may want to hear nothing; of the others they have to know.
const CHOSEN = new Set(["reply", "mention", "reaction", "follow"]);
const USUAL_QUIET = { starts: "22:00", ends: "08:00" };

nav.register("settings", {
  tab: "me",
  title: () => "通知设置",
  mount({ body }) {
    const refresh = loading(
      body,
      () => asMember("GET", PATH),
      (settings, root) => root.replaceChildren(settingsForm(settings)),
      { refused: refusedView },
    );
    // What was changed and not kept yet is not to be lost by looking again.
    let first = null;
    return () => (first ??= refresh());
  },
});

function settingsForm({ kinds, quiet_hours: quiet }) {
  const hours = quiet ?? USUAL_QUIET;
  return form({
    testid: "settings",
    submit: "保存",
    fields: [
      h(
        "label",
        { class: "wish quiet", data: { field: "quiet_hours" } },
        h(
          "span",
          { class: "grow" },
          h("b", {}, `免打扰 ${hours.starts}–${hours.ends}`),
          h("small", {}, "其他车友的互动，微信提醒推迟到时段结束；审核、认证等结果照常提醒"),
        ),
        check("quiet", quiet !== null, "免打扰"),
      ),
      h(
        "section",
        { class: "wishes" },
        h(
          "p",
          { class: "wish wish-head" },
          h("span", { class: "grow" }),
          h("span", {}, "通知中心"),
          h("span", {}, "微信"),
        ),
        Object.keys(KINDS).map((kind) => wish(kind, kinds[kind])),
      ),
    ],
    read: (element) => ({
      kinds: Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, wishOf(element, kind)])),
      quiet_hours: element.elements.quiet.checked ? hours : null,
    }),
    send: async (body) => {
      await asMember("PUT", PATH, { body });
      toast("已保存");
    },
  });
}

function wish(kind, { centre, wechat }) {
  const [name, text] = KINDS[kind];
  return h(
    "div",
    { class: "wish" },
    h("span", { class: "grow" }, h("b", {}, name), h("small", {}, text)),
    CHOSEN.has(kind)
      ? check(`${kind}-centre`, centre, `${name}：通知中心`)
      : h("span", { class: "muted always" }, "始终"),
    check(`${kind}-wechat`, wechat, `${name}：微信`),
  );
}

const wishOf = ({ elements }, kind) => ({
  centre: elements[`${kind}-centre`]?.checked ?? true,
  wechat: elements[`${kind}-wechat`].checked,
});

const check = (name, checked, label) =>
  h(
    "span",
    { class: "check" },
    h("input", { type: "checkbox", role: "switch", name, checked, "aria-label": label, testid: name }),
  );
