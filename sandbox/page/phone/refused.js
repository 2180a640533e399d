/** How the phone shows a refusal: the server's own sentence, and what unlocks it. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { emptyBox, problemBox } from "../parts.js";
import * as nav from "./nav.js";
import { user } from "./session.js";
import { askToSignIn } from "./sign_in.js";

const WAYS = [
  { kinds: /privacy/, view: "account", label: "去看隐私政策" },
  { kinds: /certif|owner/, view: "certify", label: "去认证车主" },
];

/** What unlocks something: {reason, how: [{kind, text}]}; a reason that was `said` is not repeated. */
export function unlockPanel(unlock, { said } = {}) {
  return h(
    "div",
    { class: "unlock", testid: "unlock" },
    unlock.reason !== said && h("p", { class: "unlock-reason" }, icon("lock"), unlock.reason),
    unlock.how?.length
      ? h(
          "ul",
          { class: "unlock-how" },
          unlock.how.map(({ text }) => h("li", { testid: "unlock-how" }, text)),
        )
      : null,
    wayIn(unlock),
  );
}

function wayIn(unlock) {
  if (!user())
    return h("button", { class: "btn primary", type: "button", testid: "go-sign-in", onclick: askToSignIn }, "登录");
  const way = WAYS.find(({ kinds }) => unlock.how?.some(({ kind }) => kinds.test(kind)));
  if (!way) return null;
  return h(
    "button",
    { class: "btn primary", type: "button", testid: `go-${way.view}`, onclick: () => nav.go(way.view) },
    way.label,
  );
}

/** A refused form, above its button: the sentence, what unlocks it, and what is wrong in each field. */
export function refusalNote(refusal) {
  return h(
    "div",
    { class: "refusal", role: "alert", testid: "refusal" },
    h("p", { class: "refusal-detail", testid: "refusal-detail" }, icon("warning"), refusal.detail),
    refusal.unlock && unlockPanel(refusal.unlock, { said: refusal.detail }),
  );
}

/** A refused view: sign in, unlock, or try again. */
export function refusedView(refusal, retry) {
  if (refusal.status === 401) return signInBox();
  if (refusal.unlock) {
    return h(
      "div",
      { class: "refused-view", role: "alert", testid: "refusal" },
      h("p", { class: "empty-title", testid: "refusal-detail" }, refusal.detail),
      unlockPanel(refusal.unlock, { said: refusal.detail }),
    );
  }
  return problemBox(refusal, retry);
}

export function signInBox(text = "登录后即可查看") {
  return emptyBox(
    "person",
    text,
    "用沙箱里的一位微信用户登录",
    h("button", { class: "btn primary", type: "button", testid: "go-sign-in", onclick: askToSignIn }, "微信一键登录"),
  );
}
