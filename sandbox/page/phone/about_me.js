/** What a member can tell of themselves, each with the control that asks for it. */

import { h } from "../dom.js";
import { agoText } from "../time.js";
import { ACCESSORIES, CITIES, INTERESTS, WHEN } from "./choices.js";
import { chipsControl, fieldNote, pairControl, radioControl, textControl } from "./controls.js";

const VEHICLES_MAX = 5;
const INTENTIONS_MAX = 3;
const BOUGHT_YEAR_MIN = 1950;
const FEN_OF_WAN = 1_000_000;

/** Makes the control of a field, with what is known: {name, element, value()}. */
export const ASK = {
  nickname: ({ value, hint }) => textControl("nickname", "昵称", { value, hint, maxlength: 20 }),
  bio: ({ value, hint }) =>
    textControl("bio", "简介", { value, hint, rows: 3, maxlength: 200, placeholder: "一两句话介绍自己" }),
  city: ({ value, hint }) =>
    textControl("city", "常用车城市", { value, hint, maxlength: 20, placeholder: "例如：上海", suggestions: CITIES }),
  birthday: ({ value, hint }) => textControl("birthday", "生日", { value, hint, type: "date" }),
  household,
  interests: ({ value, hint }) => chipsControl("interests", "感兴趣的话题", { options: INTERESTS, value, hint }),
  vehicles: ({ value, hint }) =>
    carsControl("vehicles", "现在开的车", { value, hint, max: VEHICLES_MAX, more: "再加一辆", row: vehicleRow }),
  intentions: ({ value, hint }) =>
    carsControl("intentions", "购车意向", { value, hint, max: INTENTIONS_MAX, more: "再加一款", row: intentionRow }),
  accessories: ({ value, hint }) => chipsControl("accessories", "想添置的用品", { options: ACCESSORIES, value, hint }),
};

function household({ value, hint }) {
  const pair = pairControl(
    "household",
    "家庭成员",
    [
      { key: "size", text: "共几口人", value: value?.size, min: 1, max: 12 },
      { key: "children", text: "其中孩子", value: value?.children, min: 0, max: 10 },
    ],
    { hint },
  );
  const told = () => {
    const [size, children] = pair.numbers();
    if (size === null && children === null) return null;
    return { size: size ?? 0, children: children ?? 0 };
  };
  return { ...pair, value: told };
}

/** Up to a few cars, each as `row(number, car)` asks for it; emptied rows are not told. */
function carsControl(name, label, { value, hint, max, more: moreText, row: rowOf }) {
  const rows = [];
  const list = h("div", { class: "car-list" });
  const more = h(
    "button",
    {
      class: "link",
      type: "button",
      testid: `${name}-more`,
      onclick: () => add({}).element.querySelector("input").focus(),
    },
    moreText,
  );

  function add(car) {
    const row = rowOf(rows.length, car);
    rows.push(row);
    list.append(row.element);
    more.hidden = rows.length >= max;
    return row;
  }

  (value?.length ? value : [{}]).forEach(add);
  const element = h(
    "fieldset",
    { class: "field", data: { field: name }, "aria-describedby": `field-${name}-note` },
    h("legend", {}, label),
    list,
    more,
    fieldNote(name, hint),
  );
  const told = () => {
    const all = rows.map((row) => row.value()).filter(Boolean);
    return all.length ? all : null;
  };
  return { name, element, value: told };
}

/** A car that somebody says they drive; those that are certified are at 我的车辆. */
function vehicleRow(number, { model, bought_year: year }) {
  const name = `vehicle-${number}`;
  const car = textControl(`${name}-model`, "车型", { value: model, maxlength: 40, placeholder: "品牌和车型都可以" });
  const bought = textControl(`${name}-year`, "购买年份（选填）", {
    value: year,
    type: "number",
    inputmode: "numeric",
    min: BOUGHT_YEAR_MIN,
    placeholder: "例如：2021",
  });
  const told = () => {
    if (!car.value() && !bought.value()) return null;
    return { model: car.value() ?? "", ...(bought.value() && { bought_year: Number(bought.value()) }) };
  };
  return { element: h("div", { class: "car-row" }, car.element, bought.element), value: told };
}

function intentionRow(number, { model, when, budget_fen_min: low, budget_fen_max: high }) {
  const name = `intention-${number}`;
  const car = textControl(`${name}-model`, "车型", { value: model, maxlength: 40, placeholder: "例如：星途 X7" });
  const soon = radioControl(`${name}-when`, "打算何时购买", { options: WHEN, value: when });
  const budget = pairControl(`${name}-budget`, "预算（万元，选填）", [
    { key: "min", text: "最低", value: inWan(low), min: 0, step: "any" },
    { key: "max", text: "最高", value: inWan(high), min: 0, step: "any" },
  ]);
  const told = () => {
    const [min, max] = budget.numbers().map(inFen);
    if (!car.value() && !soon.value() && min === null && max === null) return null;
    return {
      model: car.value() ?? "",
      when: soon.value(),
      ...(min !== null && { budget_fen_min: min }),
      ...(max !== null && { budget_fen_max: max }),
    };
  };
  return { element: h("div", { class: "car-row" }, car.element, soon.element, budget.element), value: told };
}

const inWan = (fen) => (fen === undefined || fen === null ? undefined : fen / FEN_OF_WAN);
const inFen = (wan) => (wan === null ? null : Math.round(wan * FEN_OF_WAN));

/** When something was told, and whether it should be looked at again. */
export function toldText(told) {
  if (!told) return "";
  const from = told.source === "archive" ? "来自车主档案" : "您填写于";
  return `${from} ${agoText(told.at)}${told.aged ? "，时间较久，请再确认" : ""}`;
}
