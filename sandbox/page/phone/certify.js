/** Proving that one owns a car, and how far the proof has come. */

import { h, sync } from "../dom.js";
import { poke } from "../live.js";
import { icon } from "../icons.js";
import { ago, chip, loading } from "../parts.js";
import { sampleCar } from "../samples.js";
import { emit } from "../signals.js";
import { field, fill, form } from "./form.js";
import * as nav from "./nav.js";
import { refusedView } from "./refused.js";
import { asMember } from "./session.js";
import { toast } from "./sheet.js";
import { reminderButton } from "./subscribe.js";

const STATES = {
  submitted: ["审核中", "amber", "已提交，版主正在审核"],
  approved: ["已通过", "green", "你已是认证车主，可以在「养车无忧」发帖了"],
  rejected: ["未通过", "red", "没有通过，请核对后重新提交"],
  needs_more: ["待补充", "amber", "请补充资料后重新提交"],
  revoked: ["已撤销", "red", "认证已被撤销"],
  expired: ["已过期", "", "认证已过期，请重新提交"],
  transferred: ["已转移", "", "车辆已转移给新车主"],
};

const CLOSED_TO_NEW = new Set(["submitted", "approved"]);

export const stateChip = ({ state }) => chip(STATES[state]?.[0] ?? state, STATES[state]?.[1] ?? "");

export const fetchCertifications = async () => (await asMember("GET", "/v1/certifications")).items;

nav.register("certify", {
  tab: "me",
  title: () => "车主认证",
  mount({ body }) {
    const states = h("div", {});
    const apply = h("div", {});
    const refresh = loading(
      body,
      fetchCertifications,
      (items, root) => {
        if (!states.isConnected) root.replaceChildren(states, apply);
        sync(states, items, ({ certification_id: id }) => id, certification);
        const closed = items.some(({ state }) => CLOSED_TO_NEW.has(state));
        if (closed) apply.replaceChildren();
        else if (!apply.hasChildNodes()) apply.append(application(refresh));
      },
      { refused: refusedView },
    );
    return refresh;
  },
});

function certification(item) {
  const [, tone, sentence] = STATES[item.state] ?? ["", "", ""];
  return h(
    "section",
    { class: `cert ${tone}`, role: "status", testid: "certification", data: { state: item.state } },
    h(
      "p",
      { class: "cert-head" },
      icon(item.state === "approved" ? "shield" : "car"),
      h("b", {}, item.model),
      stateChip(item),
    ),
    h("p", { class: "muted" }, `${item.plate_number} · 提交于 `, ago(item.created_at)),
    h("p", {}, sentence),
    item.reason && h("p", { class: "cert-reason", testid: "certification-reason" }, `原因：${item.reason}`),
    item.state === "submitted" && reminderButton("certification_decided"),
  );
}

function application(refresh) {
  const element = form({
    testid: "certify",
    submit: "提交认证",
    before: h(
      "div",
      { class: "form-head" },
      h("span", { class: "muted" }, "信息仅用于核验，加密保存"),
      h(
        "button",
        { class: "link", type: "button", testid: "fill-sample", onclick: () => fill(element, sampleCar()) },
        "填入示例",
      ),
    ),
    fields: [
      field("model", "车型", { maxlength: 40, placeholder: "例如：星途 X7" }),
      field("vin", "车架号 (VIN)", {
        maxlength: 17,
        placeholder: "行驶证上的 17 位号码",
        autocapitalize: "characters",
        hint: "17 位字母和数字，不含 I、O、Q",
      }),
      field("plate_number", "车牌号", { maxlength: 8, placeholder: "例如：沪A12345" }),
    ],
    send: async (values, key) => {
      const body = {
        kind: "owner",
        ...values,
        vin: values.vin.toUpperCase(),
        plate_number: values.plate_number.toUpperCase(),
      };
      await asMember("POST", "/v1/certifications", { body, key });
      emit("certification_submitted");
      toast("已提交，等待审核");
      poke();
      await refresh();
    },
  });
  return element;
}
