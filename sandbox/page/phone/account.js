/** 隐私与账号: what I agreed to, my data to take along, my sessions, and leaving for good. */

import { Refusal } from "../api.js";
import { h, sync } from "../dom.js";
import { icon } from "../icons.js";
import { poke } from "../live.js";
import { chip, loading } from "../parts.js";
import { momentText } from "../time.js";
import { doing } from "./doing.js";
import { askForExport, download, exportState, exportText, fetchExport } from "./exports.js";
import { field, form } from "./form.js";
import * as nav from "./nav.js";
import { refusedView } from "./refused.js";
import { asMember, learnMe, me, refreshMe, signOut, signOutEverywhere } from "./session.js";
import { closeSheet, openSheet, toast } from "./sheet.js";

const GOODBYE = "注销";

nav.register("account", {
  tab: "me",
  title: () => "隐私与账号",
  mount({ body }) {
    const refresh = loading(
      body,
      fetchAccount,
      ([consent, latest], root) =>
        sync(
          root,
          [
            { part: "leaving", state: me().state, erasesAt: me().erases_at },
            { part: "consent", consent },
            { part: "data", latest },
            { part: "sessions", leaving: me().state === "leaving" },
          ],
          ({ part }) => part,
          (item) => PARTS[item.part](item, refresh),
        ),
      { refused: refusedView },
    );
    return refresh;
  },
});

async function fetchAccount() {
  const [consent, latest] = await Promise.all([asMember("GET", "/v1/me/consent"), fetchExport(), refreshMe()]);
  return [consent, latest];
}

const PARTS = {
  leaving: ({ state, erasesAt }, refresh) => (state === "leaving" ? goodbye(erasesAt, refresh) : h("div", {})),
  consent: ({ consent }, refresh) => consentBox(consent, refresh),
  data: ({ latest }, refresh) => dataBox(latest, refresh),
  sessions: ({ leaving }) => sessionsBox(leaving),
};

function box(title, state, ...content) {
  return h(
    "section",
    { class: "box" },
    h("p", { class: "box-head" }, h("b", { class: "grow" }, title), state),
    content,
  );
}

function consentBox({ version, agreed, at, current_version: current }, refresh) {
  const answer = (yes) => async () => {
    await asMember("PUT", "/v1/me/consent", { body: { version: current, agreed: yes } });
    closeSheet();
    toast(yes ? "已同意" : "已撤回同意，您的资料与手机号将被删除");
    await refresh();
  };
  const isCurrent = agreed && version === current;
  return box(
    "隐私政策",
    h("span", { testid: "consent-state" }, isCurrent ? chip("已同意", "green") : chip("未同意", "amber")),
    h("p", { class: "muted" }, isCurrent ? `${version} 版 · 同意于 ${momentText(at)}` : `当前版本：${current}`),
    isCurrent
      ? doing("撤回同意", "consent-withdraw", () => confirmWithdrawal(answer(false)))
      : doing("阅读并同意", "consent-agree", answer(true), "primary"),
  );
}

function confirmWithdrawal(withdraw) {
  openSheet(
    "撤回同意",
    h(
      "div",
      { class: "sheet-body" },
      h("p", {}, "撤回后，您的个人资料和手机号会被删除；再次同意之前，不能填写资料或申请认证。浏览与发帖不受影响。"),
      h(
        "div",
        { class: "row even" },
        h("button", { class: "btn wide", type: "button", onclick: closeSheet }, "再想想"),
        doing("确认撤回", "consent-withdraw-confirm", withdraw, "wide danger"),
      ),
    ),
    { testid: "consent-sheet" },
  );
}

function dataBox(latest, refresh) {
  const ask = async () => {
    await askForExport();
    toast("已开始整理，完成后会通知您");
    poke();
    await refresh();
  };
  const ready = latest?.state === "ready";
  return box(
    "导出我的数据",
    latest && h("span", { testid: "export-state", data: { state: latest.state } }, exportState(latest)),
    h("p", { class: "muted" }, exportText(latest)),
    h(
      "div",
      { class: "row wrap" },
      ready && doing([icon("download"), "下载"], "export-download", () => download(latest), "primary"),
      latest?.state !== "making" && doing(ready ? "重新导出" : "申请导出", "export-ask", ask),
    ),
  );
}

function sessionsBox(leaving) {
  return h(
    "ul",
    { class: "menu spaced" },
    row("back", "退出登录", "sign-out", signOut),
    row("people", "退出所有设备", "sign-out-everywhere", signOutEverywhere),
    !leaving && row("warning", "注销账号", "leave", askToLeave),
  );
}

function row(iconName, label, testid, action) {
  const button = doing([icon(iconName), h("span", { class: "grow" }, label), icon("next")], testid, action);
  button.className = "menu-row";
  return h("li", {}, button);
}

/** Until when one can change one's mind. */
function goodbye(erasesAt, refresh) {
  const stay = async () => {
    await learnMe("POST", "/v1/me/stay");
    toast("欢迎留下，注销已撤销");
    await refresh();
  };
  return h(
    "section",
    { class: "banner amber spaced", role: "status", testid: "leaving" },
    h("p", {}, icon("clock"), `账号将于 ${momentText(erasesAt)} 注销，在此之前都可以反悔。`),
    doing("我要留下", "stay", stay),
  );
}

function askToLeave() {
  const element = form({
    testid: "leave",
    submit: "确认注销",
    tone: "danger",
    before: h(
      "ul",
      { class: "unlock-how" },
      h("li", {}, "7 天内可以反悔；之后手机号、资料、车辆和认证会被删除"),
      h("li", {}, "发过的内容会保留，署名变为「已注销用户」"),
      h("li", {}, "再次登录就是一位新会员"),
    ),
    fields: [field("confirm", `请输入「${GOODBYE}」两个字`, { placeholder: GOODBYE, maxlength: 10 })],
    send: async ({ confirm }) => {
      if (confirm !== GOODBYE) throw new Refusal(422, { detail: `请输入「${GOODBYE}」以确认` });
      await asMember("DELETE", "/v1/me", { body: { confirm } });
      closeSheet();
      toast("已收到注销申请");
      poke();
      await nav.refresh();
    },
  });
  openSheet("注销账号", h("div", { class: "sheet-body" }, element), { testid: "leave-sheet" });
}
