/** 我的车辆: the cars that I hold, who drives them too, and codes for that. */

import { Refusal } from "../api.js";
import { h, sync } from "../dom.js";
import { icon } from "../icons.js";
import { poke } from "../live.js";
import { avatar, chip, emptyBox, loading } from "../parts.js";
import { momentText } from "../time.js";
import { doing } from "./doing.js";
import { field, form } from "./form.js";
import * as nav from "./nav.js";
import { refusedView } from "./refused.js";
import { asMember, me } from "./session.js";
import { openSheet, toast } from "./sheet.js";
import { reminderButton } from "./subscribe.js";

const CODE_CHARS_MAX = 40;
const ROLES = { owner: ["车主", "green"], co_driver: ["共同驾驶人", ""] };

nav.register("vehicles", {
  tab: "me",
  title: () => "我的车辆",
  mount({ body }) {
    const list = h("div", {});
    const none = emptyBox("car", "还没有车辆", "通过车主认证，或使用车主给您的共同驾驶码，车辆就会出现在这里");
    const refresh = loading(
      body,
      async () => (await asMember("GET", "/v1/vehicles")).items,
      (vehicles, root) => {
        if (!list.isConnected) root.replaceChildren(none, list, joinForm(() => refresh()));
        none.hidden = vehicles.length > 0;
        sync(
          list,
          vehicles,
          ({ vehicle_id: id }) => id,
          (vehicle) => vehicleBox(vehicle, () => refresh()),
        );
      },
      { refused: refusedView },
    );
    return refresh;
  },
});

function vehicleBox(vehicle, refresh) {
  const { role, model, plate_number: plate } = vehicle;
  return h(
    "section",
    { class: "box", testid: "vehicle", data: { role } },
    h("p", { class: "box-head" }, icon("car"), h("b", { class: "grow" }, model), chip(...(ROLES[role] ?? [role]))),
    plate && h("p", { class: "muted" }, plate),
    role === "owner" ? drivers(vehicle, refresh) : leaveButton(vehicle, refresh),
  );
}

function drivers({ vehicle_id: id, co_drivers: people }, refresh) {
  const add = doing("添加共同驾驶人", "seat-offer", () => offer(id), "small");
  return [
    people.length > 0 &&
      h(
        "ul",
        { class: "seats", "aria-label": "共同驾驶人" },
        people.map((person) => seat(id, person, refresh)),
      ),
    h("p", { class: "muted" }, "家人朋友也开这辆车？最多添加 3 位，他们可以进入车主板块。"),
    h("div", { class: "row wrap" }, add, reminderButton("transfer_asked", "有人申请这辆车时提醒我")),
  ];
}

function seat(vehicleId, { member_id: driverId, nickname }, refresh) {
  return h(
    "li",
    { class: "seat", testid: "co-driver" },
    avatar(nickname, "small"),
    h("span", { class: "grow" }, nickname),
    doing("移除", "seat-free", () => free(vehicleId, driverId, refresh), "small"),
  );
}

const leaveButton = ({ vehicle_id: id }, refresh) =>
  doing("不再驾驶这辆车", "seat-leave", () => free(id, me().member_id, refresh));

async function free(vehicleId, driverId, refresh) {
  await asMember("DELETE", `/v1/vehicles/${vehicleId}/co-drivers/${driverId}`);
  toast("已移除");
  poke();
  await refresh();
}

async function offer(vehicleId) {
  const { code, expires_at: until } = await asMember("POST", `/v1/vehicles/${vehicleId}/co-drivers`);
  openSheet(
    "共同驾驶码",
    h(
      "div",
      { class: "sheet-body" },
      h("p", { class: "code", testid: "seat-code" }, code),
      h("p", { class: "muted" }, `只能使用一次，${momentText(until)} 前有效。对方在「我的车辆」里输入即可。`),
    ),
    { testid: "seat-sheet" },
  );
}

/** Somebody's car that I drive too. */
function joinForm(done) {
  const element = form({
    testid: "join",
    submit: "加入",
    fields: [
      field("code", "我有共同驾驶码", {
        maxlength: CODE_CHARS_MAX,
        autocapitalize: "characters",
        placeholder: "车主发给您的 10 位字母和数字",
      }),
    ],
    send: async ({ code }) => {
      if (!code) throw new Refusal(422, { detail: "请输入车主发给您的共同驾驶码" });
      await asMember("PUT", `/v1/co-drivers/${encodeURIComponent(code)}`);
      element.reset();
      toast("已加入，可以进入车主板块了");
      poke();
      await done();
    },
  });
  return element;
}
