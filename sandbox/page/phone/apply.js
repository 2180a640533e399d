/** The ways to a certification: a car of one's own, an advisor's invitation, a car one intends to buy. */

import { h } from "../dom.js";
import { poke } from "../live.js";
import { sampleCar } from "../samples.js";
import { emit } from "../signals.js";
import { WHEN } from "./choices.js";
import { pairControl, radioControl, textControl } from "./controls.js";
import { field, fill, form } from "./form.js";
import { licenceField } from "./licence.js";
import { asMember } from "./session.js";
import { toast } from "./sheet.js";

const FEN_OF_WAN = 1_000_000;
const CODE_CHARS_MAX = 40;
const WAYS = [
  ["owner", "我有车", ownerForm],
  ["invitation", "邀请码", invitationForm],
  ["intention", "想买车", intentionForm],
];

/** All ways, one shown at a time; `sent(certification)` when one was handed in. */
export function application(sent) {
  const root = h("div", {});
  const buttons = WAYS.map(([name, label, build]) =>
    h(
      "button",
      { type: "button", class: "segment", testid: `way-${name}`, onclick: () => show(name, build) },
      label,
    ),
  );
  function show(name, build) {
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(WAYS[i][0] === name)));
    root.replaceChildren(build(sent));
  }
  show("owner", ownerForm);
  return h("div", {}, h("div", { class: "segments", role: "group", "aria-label": "认证方式" }, buttons), root);
}

function ownerForm(sent) {
  return carForm({
    testid: "certify",
    submit: "提交认证",
    head: "信息仅用于核验，加密保存",
    send: (values, key) => handIn({ kind: "owner", ...values }, key, sent),
  });
}

/** What a moderator asked for in addition; what stays empty stays as it was. */
export function supplementForm({ certification_id: id }, sent) {
  return carForm({
    testid: "supplement",
    submit: "补充并重新提交",
    head: "填写要补充或更正的内容，其余可留空",
    send: async (body, key) => told(await asMember("PUT", `/v1/certifications/${id}`, { body, key }), sent),
  });
}

function carForm({ testid, submit, head, send }) {
  const fillIn = (values) => fill(element, values);
  const element = form({
    testid,
    submit,
    before: h(
      "div",
      { class: "form-head" },
      h("span", { class: "muted" }, head),
      h(
        "button",
        { class: "link", type: "button", testid: "fill-sample", onclick: () => fillIn(sampleCar()) },
        "填入示例",
      ),
    ),
    fields: [
      licenceField(fillIn),
      field("model", "车型", { maxlength: 40, placeholder: "例如：星途 X7" }),
      field("vin", "车架号 (VIN)", {
        maxlength: 17,
        placeholder: "行驶证上的 17 位号码",
        autocapitalize: "characters",
        hint: "17 位字母和数字，不含 I、O、Q",
      }),
      field("plate_number", "车牌号", { maxlength: 8, placeholder: "例如：沪A12345" }),
    ],
    send: (values, key) => send(onlyTold(values), key),
  });
  return element;
}

const onlyTold = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value));

function invitationForm(sent) {
  return form({
    testid: "invitation",
    submit: "提交邀请码",
    before: h("p", { class: "muted" }, "销售顾问给您的邀请码，只能使用一次"),
    fields: [
      field("invitation_code", "邀请码", {
        maxlength: CODE_CHARS_MAX,
        autocapitalize: "characters",
        placeholder: "10 位字母和数字",
        hint: "沙箱里由 make invite ADVISOR=wangwu 生成",
      }),
    ],
    send: (values, key) => handIn({ kind: "invitation", ...onlyTold(values) }, key, sent),
  });
}

function intentionForm(sent) {
  const model = textControl("model", "意向车型", { maxlength: 40, placeholder: "例如：星途 X7" });
  const when = radioControl("when", "打算何时购买", { options: WHEN });
  const budget = pairControl("budget_fen_max", "预算（万元）", [
    { key: "min", text: "最低（选填）", min: 0, step: "any" },
    { key: "max", text: "最高", min: 0, step: "any" },
  ]);
  return form({
    testid: "intention",
    submit: "登记购车意向",
    fields: [model.element, when.element, budget.element],
    read: () => {
      const [min, max] = budget.numbers().map((wan) => (wan === null ? null : Math.round(wan * FEN_OF_WAN)));
      return { model: model.value(), when: when.value(), budget_fen_min: min, budget_fen_max: max };
    },
    send: (values, key) => handIn({ kind: "purchase_intention", ...values }, key, sent),
  });
}

async function handIn(body, key, sent) {
  const certification = await asMember("POST", "/v1/certifications", { body, key });
  emit("certification_submitted");
  await told(certification, sent);
}

async function told(certification, sent) {
  toast(certification.state === "approved" ? "已通过认证" : "已提交，等待审核");
  poke();
  await sent(certification);
}
