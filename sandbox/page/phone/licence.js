/** The photo of a vehicle licence: taken, uploaded, read; what stands on it fills the form. */

import { Refusal } from "../api.js";
import { h, working } from "../dom.js";
import { icon } from "../icons.js";
import { sampleLicence } from "../samples.js";
import * as sandbox from "../sandbox.js";
import { fieldNote } from "./controls.js";
import { asMember } from "./session.js";
import { pictureChooser, upload } from "./upload.js";

/** A field of a form whose other fields it fills through `filled(values)`. */
export function licenceField(filled) {
  const held = h("input", { type: "hidden", name: "licence_media_id", value: "" });
  const photo = h("div", { class: "licence-photo" });
  const note = fieldNote("licence_media_id", "选填：拍照后自动识别，审核也更快");
  note.setAttribute("role", "status");
  const element = h(
    "div",
    { class: "field", data: { field: "licence_media_id" }, role: "group", "aria-labelledby": "licence-label" },
    h("p", { class: "field-label", id: "licence-label" }, "行驶证照片"),
    photo,
    chooser((picture) => take(picture, { held, photo, note, filled })),
    held,
    note,
  );
  return element;
}

function chooser(take) {
  const draw = h(
    "button",
    {
      class: "btn",
      type: "button",
      testid: "licence-sample",
      onclick: () => working(draw, () => take(() => sandbox.photograph(sampleLicence()))),
    },
    icon("picture"),
    "拍示例行驶证",
  );
  const choose = pictureChooser({
    testid: "licence-file",
    label: "从相册选择",
    accept: "image/jpeg,image/png",
    chosen: (file) => working(draw, () => take(async () => file)),
  });
  return h("div", { class: "row wrap" }, draw, choose);
}

async function take(getPicture, { held, photo, note, filled }) {
  const say = (text) => (note.textContent = text);
  held.value = "";
  try {
    const picture = await getPicture();
    photo.replaceChildren(
      h("img", { src: URL.createObjectURL(picture), alt: "行驶证照片", testid: "licence-photo" }),
    );
    say("正在上传…");
    held.value = await upload("licence", picture);
    say("正在识别…");
    filled(known(await asMember("POST", "/v1/licence-readings", { body: { licence_media_id: held.value } })));
    say("已识别并填好，请核对");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const words = error.errors[0]?.message ?? error.detail;
    say(held.value ? `${words}。照片会一并提交，请手动填写下面的内容` : words);
  }
}

const known = (reading) => Object.fromEntries(Object.entries(reading).filter(([, value]) => value));
