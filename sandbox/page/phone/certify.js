/** My certifications, how far each has come, and applying for one. */

import { h, sync } from "../dom.js";
import { icon } from "../icons.js";
import { ago, chip, loading } from "../parts.js";
import { dateText } from "../time.js";
import { application, supplementForm } from "./apply.js";
import * as nav from "./nav.js";
import { refusedView } from "./refused.js";
import { asMember } from "./session.js";
import { reminderButton } from "./subscribe.js";
import { confirmSamePerson } from "./transfer.js";

const STATES = {
  submitted: ["审核中", "amber", "已提交，版主正在审核"],
  approved: ["已通过", "green", ""],
  rejected: ["未通过", "red", "没有通过，请核对后重新提交"],
  needs_more: ["待补充", "amber", "版主请您补充资料，补充后会继续审核"],
  revoked: ["已撤销", "red", "认证已被撤销"],
  expired: ["已过期", "", "认证已过期，请重新提交"],
  transferred: ["已转移", "", "车辆已转移给新车主"],
};
const KINDS = {
  owner: ["车主认证", "您已是认证车主，可以在「养车无忧」发帖了"],
  purchase_intention: ["购车意向", "已登记，方便时会有顾问与您联系"],
  deposit_holder: ["意向金", "意向金已登记"],
  invitation: ["邀请认证", "已通过销售顾问的邀请认证"],
};

const CLOSED_TO_NEW = new Set(["submitted", "approved", "needs_more"]);

export const stateChip = ({ state }) => chip(STATES[state]?.[0] ?? state, STATES[state]?.[1] ?? "");

export const fetchCertifications = async () => (await asMember("GET", "/v1/certifications")).items;

nav.register("certify", {
  tab: "me",
  title: () => "认证",
  mount({ body }) {
    const states = h("div", {});
    const apply = h("div", {});
    const refresh = loading(
      body,
      fetchCertifications,
      (items, root) => {
        if (!states.isConnected) root.replaceChildren(states, apply);
        sync(states, items, ({ certification_id: id }) => id, (item) => certification(item, refresh));
        // A form stays while it is being filled in.
        const closed = items.some(({ state }) => CLOSED_TO_NEW.has(state));
        if (!apply.hasChildNodes() && closed) apply.append(another);
        else if (!apply.querySelector("form") && !closed) open();
      },
      { refused: refusedView },
    );
    const sent = () => {
      apply.replaceChildren();
      return refresh();
    };
    const open = () => apply.replaceChildren(application(sent));
    const another = h(
      "div",
      { class: "spaced" },
      h(
        "button",
        { class: "btn wide", type: "button", testid: "apply-again", onclick: open },
        "认证另一辆车，或用其他方式认证",
      ),
    );
    return refresh;
  },
});

nav.register("supplement", {
  tab: "me",
  title: () => "补充资料",
  mount({ body }, { item }) {
    body.append(supplementForm(item, () => nav.back()));
  },
});

function certification(item, refresh) {
  const [, tone] = STATES[item.state] ?? ["", ""];
  const [kind] = KINDS[item.kind] ?? [item.kind];
  const about = [item.model && kind, item.plate_number].filter(Boolean).map((text) => `${text} · `);
  return h(
    "section",
    { class: `cert ${tone}`, role: "status", testid: "certification", data: { state: item.state, kind: item.kind } },
    h(
      "p",
      { class: "cert-head" },
      icon(item.state === "approved" ? "shield" : "car"),
      h("b", {}, item.model ?? kind),
      stateChip(item),
    ),
    h("p", { class: "muted" }, about, "提交于 ", ago(item.created_at)),
    h("p", {}, sentence(item)),
    item.reason && h("p", { class: "cert-reason", testid: "certification-reason" }, `原因：${item.reason}`),
    nextStep(item, refresh),
  );
}

function sentence({ state, kind, transfer, reason, expires_at: until }) {
  const isAsked = state === "submitted" && transfer;
  if (isAsked && !transfer.answer)
    return `这辆车已有认证车主，已请对方确认；${dateText(transfer.due_at)}前没有回应，将由版主审核`;
  if (isAsked && transfer.answer === "same_person") return "原车主表示与您是同一人。确认后，两个账号合并为一位会员";
  if (state === "expired" && reason) return "这份认证已结束";
  if (state !== "approved") return STATES[state]?.[2] ?? "";
  const words = KINDS[kind]?.[1] ?? "已通过";
  return until ? `${words}。有效至 ${dateText(until)}` : words;
}

/** What I can do about it now. */
function nextStep(item, refresh) {
  if (item.state === "needs_more") return supplementButton(item);
  if (item.state !== "submitted") return null;
  if (item.transfer?.answer === "same_person") return confirmSamePerson(item.certification_id, refresh);
  return reminderButton("certification_decided");
}

const supplementButton = (item) =>
  h(
    "button",
    { class: "btn primary", type: "button", testid: "supplement-open", onclick: () => nav.go("supplement", { item }) },
    "补充资料",
  );
