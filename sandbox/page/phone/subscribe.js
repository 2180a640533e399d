/** Granting one subscribe message, as WeChat asks for it: a sheet with 拒绝 and 允许. */

import { Refusal } from "../api.js";
import { h, working } from "../dom.js";
import { icon } from "../icons.js";
import { poke } from "../live.js";
import * as sandbox from "../sandbox.js";
import { keyed } from "./keys.js";
import { asMember } from "./session.js";
import { closeSheet, openSheet, toast } from "./sheet.js";

export const TEMPLATE_TITLES = {
  certification_decided: "车主认证结果通知",
  post_decided: "内容审核结果通知",
  transfer_asked: "车辆转移确认提醒",
  leaving_asked: "账号注销提醒",
  replied: "评论回复通知",
  mentioned: "提及提醒",
  reacted: "获得点赞通知",
  followed: "新增关注通知",
};

let catalogue = null;

/** The mini program's templates by name: {id, title, fields}. */
export async function templates() {
  catalogue ??= await sandbox.templates();
  return catalogue;
}

export function reminderButton(template, label = "有结果时微信提醒我") {
  return h(
    "button",
    { class: "btn small", type: "button", testid: `subscribe-${template}`, onclick: () => ask(template) },
    icon("bell"),
    label,
  );
}

function ask(template) {
  const status = h("p", { class: "form-error", role: "alert" });
  const submission = keyed();
  const answer = (accepted, label, testid, tone) => {
    const button = h(
      "button",
      {
        class: `btn wide ${tone}`,
        type: "button",
        testid,
        onclick: () => working(button, () => tell({ template, accepted }, submission, status)),
      },
      label,
    );
    return button;
  };
  openSheet(
    "微信订阅消息",
    h(
      "div",
      { class: "sheet-body" },
      h("p", { class: "muted" }, "「车主社区」申请发送一次以下消息"),
      h("p", { class: "subscribe-row" }, icon("check"), TEMPLATE_TITLES[template]),
      status,
      h(
        "div",
        { class: "row even" },
        answer(false, "拒绝", "subscribe-reject", ""),
        answer(true, "允许", "subscribe-accept", "primary"),
      ),
    ),
    { testid: "subscribe-sheet" },
  );
}

async function tell(body, submission, status) {
  try {
    const { remaining } = await submission(body, (key) => asMember("POST", "/v1/subscriptions", { body, key }));
    closeSheet();
    toast(body.accepted ? `已允许，还可接收 ${remaining} 次` : "已拒绝，不会打扰你");
    poke();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    status.textContent = error.detail;
  }
}
