/** 消息: the community's notifications, WeChat's service notices, and the grants for more of them. */

import { h, sync } from "../dom.js";
import { icon } from "../icons.js";
import { ago, emptyBox, loading } from "../parts.js";
import { emit } from "../signals.js";
import * as sandbox from "../sandbox.js";
import { opener } from "./links.js";
import * as nav from "./nav.js";
import { fetchNotices, markRead } from "./notices.js";
import { refusedView, signInBox } from "./refused.js";
import { segments } from "./segments.js";
import { ignoreRefusal, user } from "./session.js";
import { TEMPLATE_TITLES, reminderButton, templates } from "./subscribe.js";

const SEGMENTS = [
  ["community", "社区通知"],
  ["service", "服务通知"],
];

const LOOKS = {
  reply: ["comment", "tile-blue"],
  mention: ["person", "tile-violet"],
  reaction: ["heart", "tile-rose"],
  follow: ["people", "tile-violet"],
  certification: ["shield", "tile-green"],
  moderation: ["check", "tile-green"],
  privacy: ["lock", "tile-amber"],
  system: ["megaphone", "tile-amber"],
};

nav.register("messages", {
  tab: "messages",
  root: true,
  title: () => "消息",
  mount({ body }) {
    if (!user()) {
      body.append(signInBox("登录后接收通知"));
      return undefined;
    }
    let refresh = null;
    const root = h("div", {});
    body.append(segments("消息种类", SEGMENTS, "community", choose), settingsEntry(), root);

    function choose(name) {
      root.replaceChildren();
      refresh = name === "community" ? communityList(root) : serviceList(root);
      return refresh();
    }

    const first = choose("community");
    return () => (refresh ? refresh() : first);
  },
});

function settingsEntry() {
  return h(
    "button",
    {
      class: "link settings-entry",
      type: "button",
      testid: "notification-settings",
      onclick: () => nav.go("settings"),
    },
    icon("tools"),
    "通知设置",
  );
}

function communityList(root) {
  const fresh = new Set();
  const list = h("ul", { class: "notice-list", testid: "notifications" });
  return loading(
    root,
    fetchNotices,
    ({ items, unread }, body) => {
      if (!items.length) return body.replaceChildren(emptyBox("bell", "还没有通知", "认证与审核的结果会出现在这里"));
      if (!list.isConnected) body.replaceChildren(list);
      items.filter(({ read }) => !read).forEach(({ notification_id: id }) => fresh.add(id));
      sync(
        list,
        items.map((item) => ({ ...item, read: !fresh.has(item.notification_id) })),
        (item) => item.notification_id,
        noticeRow,
      );
      emit("notices_read");
      if (unread) markRead(items[0]).catch(ignoreRefusal);
      return undefined;
    },
    { refused: refusedView },
  );
}

function noticeRow(item) {
  const open = opener(item.link);
  const [iconName, tone] = LOOKS[item.kind] ?? LOOKS.system;
  const content = [
    h("span", { class: `tile mini ${tone}` }, icon(iconName)),
    h(
      "span",
      { class: "notice-head" },
      !item.read && h("span", { class: "dot" }, h("span", { class: "sr" }, "未读")),
      h("b", { class: "grow" }, item.title),
      ago(item.created_at),
    ),
    h("span", { class: "notice-text" }, item.text),
  ];
  const props = { class: item.read ? "notice" : "notice unread", testid: "notification" };
  return h(
    "li",
    {},
    open ? h("button", { ...props, type: "button", onclick: open }, content) : h("div", props, content),
  );
}

function serviceList(root) {
  const list = h("ul", { class: "service-list", testid: "service-notices" });
  const none = emptyBox("bell", "还没有服务通知", "允许一次提醒，下一次有结果时微信会通知你");
  const permits = h("div", {});
  const { openid } = user();
  const fetchAll = () => Promise.all([sandbox.serviceNotices(openid), templates(), sandbox.acceptedTimes(openid)]);
  return loading(
    root,
    fetchAll,
    ([messages, catalogue, accepted], body) => {
      if (!list.isConnected) body.replaceChildren(none, list, permits);
      none.hidden = messages.length > 0;
      sync(permits, [accepted], () => "grants", grants);
      sync(
        list,
        messages,
        (message) => message.message_id,
        (message) => h("li", {}, serviceCard(message, catalogue)),
      );
    },
    { refused: refusedView },
  );
}

function grants(accepted) {
  return h(
    "section",
    { class: "grants", "aria-label": "订阅消息" },
    Object.entries(TEMPLATE_TITLES).map(([name, title]) =>
      h(
        "p",
        { class: "grant" },
        h(
          "span",
          { class: "grow" },
          title,
          h("small", { testid: `accepted-${name}` }, `还可接收 ${accepted[name] ?? 0} 次`),
        ),
        reminderButton(name, "允许一次"),
      ),
    ),
  );
}

/** A subscribe message as WeChat shows it: who sends, the template's title, label and value in rows. */
export function serviceCard({ body, at }, catalogue) {
  const template = Object.values(catalogue).find(({ id }) => id === body.template_id);
  const open = opener(body.page);
  const rows = Object.entries(body.data ?? {}).map(([name, { value }]) =>
    h("div", {}, h("dt", {}, template?.fields[name] ?? name), h("dd", {}, value)),
  );
  return h(
    "section",
    { class: "service-card", testid: "service-notice" },
    h(
      "p",
      { class: "service-from" },
      h("span", { class: "tile mini tile-green" }, icon("car")),
      h("span", { class: "grow" }, "车主社区"),
      ago(at),
    ),
    h("p", { class: "service-title" }, template?.title ?? "服务通知"),
    h("dl", { class: "rows" }, rows),
    open && h("button", { class: "service-open", type: "button", onclick: open }, "进入小程序查看", icon("next")),
  );
}
