/** Signing in as one of the sandbox's WeChat users, or as a new one. */

import { Refusal } from "../api.js";
import { h, working } from "../dom.js";
import { icon } from "../icons.js";
import { avatar, loading } from "../parts.js";
import * as sandbox from "../sandbox.js";
import { signIn, signUp, user } from "./session.js";
import { closeSheet, openSheet, toast } from "./sheet.js";

const NICKNAME_CHARS_MAX = 20;

export function askToSignIn() {
  const status = h("p", { class: "form-error", role: "alert", testid: "sign-in-error" });
  const list = h("div", {});
  const refresh = loading(list, sandbox.users, (users, body) =>
    body.replaceChildren(userList(users.toReversed(), status)),
  );
  const notice = h("p", { class: "muted" }, "首次登录即加入社区，并同意《隐私政策》");
  openSheet("选择微信用户", h("div", { class: "sheet-body" }, list, newUserForm(status), status, notice), {
    testid: "sign-in",
  });
  refresh();
}

function userList(users, status) {
  const rows = users.map((someone) => {
    const here = someone.openid === user()?.openid;
    const button = h(
      "button",
      {
        class: "user-row",
        type: "button",
        testid: "wechat-user",
        data: { openid: someone.openid },
        "aria-current": here ? "true" : null,
        onclick: () => attempt(button, () => signIn(someone), status),
      },
      avatar(someone.nickname || "微信用户"),
      h("span", { class: "grow" }, someone.nickname || "微信用户"),
      here && icon("check"),
    );
    return h("li", {}, button);
  });
  return h("ul", { class: "user-list" }, rows);
}

function newUserForm(status) {
  const name = h("input", {
    id: "new-user-name",
    testid: "new-user-name",
    maxlength: NICKNAME_CHARS_MAX,
    autocomplete: "off",
    placeholder: "例如：小林",
    required: true,
  });
  const send = h("button", { class: "btn primary", testid: "new-user-submit" }, "新建并登录");
  return h(
    "form",
    {
      class: "inline-form",
      onsubmit: (event) => {
        event.preventDefault();
        attempt(send, () => signUp(name.value.trim()), status);
      },
    },
    h("label", { for: "new-user-name" }, "或者新来一位微信用户"),
    h("div", { class: "row" }, name, send),
  );
}

async function attempt(button, action, status) {
  status.textContent = "";
  try {
    await working(button, action);
    closeSheet();
    toast("已登录");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    status.textContent = error.detail;
  }
}
