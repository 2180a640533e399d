/** The button for the phone number, as WeChat shows it: a sheet that asks for leave, then a code. */

import { Refusal } from "../api.js";
import { h, working } from "../dom.js";
import { icon } from "../icons.js";
import { poke } from "../live.js";
import { samplePhone } from "../samples.js";
import * as sandbox from "../sandbox.js";
import { asMember, refreshMe, user } from "./session.js";
import { closeSheet, openSheet, toast } from "./sheet.js";

const DIGITS_MAX = 11;

/** Asks for the number; `done()` when it is bound. */
export function askForPhone(done) {
  const status = h("p", { class: "form-error", role: "alert", testid: "phone-error" });
  const number = h("input", {
    id: "wechat-phone",
    testid: "wechat-phone",
    type: "tel",
    inputmode: "numeric",
    autocomplete: "off",
    maxlength: DIGITS_MAX,
    value: samplePhone(),
    required: true,
  });
  const allow = h("button", { class: "btn wide primary", testid: "phone-allow" }, "允许");
  const refuse = h("button", { class: "btn wide", type: "button", onclick: closeSheet }, "拒绝");
  const content = h(
    "form",
    {
      class: "sheet-body",
      onsubmit: (event) => {
        event.preventDefault();
        working(allow, () => bind(number.value.trim(), status, done));
      },
    },
    h("p", { class: "muted" }, "「车主社区」申请获取并验证你的手机号"),
    h("label", { class: "sheet-label", for: "wechat-phone" }, "这位微信用户的手机号（沙箱里可以改）"),
    h("div", { class: "subscribe-row" }, icon("phone"), number),
    status,
    h("div", { class: "row even" }, refuse, allow),
  );
  openSheet("手机号快捷验证", content, { testid: "phone-sheet" });
}

/** A code is good once, so each try gets one; to bind the same number again changes nothing. */
async function bind(number, status, done) {
  status.textContent = "";
  try {
    const code = await sandbox.phoneCode(user().openid, number);
    const { phone } = await asMember("POST", "/v1/me/phone", { body: { code } });
    closeSheet();
    toast(`已绑定 ${phone}`);
    poke();
    await refreshMe();
    await done();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    status.textContent = error.code === "sandbox" ? "请填写 11 位手机号" : error.detail;
  }
}
