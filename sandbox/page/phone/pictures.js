/** Pictures and the video of a post: chosen and uploaded while writing, shown small and large when reading. */

import { Refusal } from "../api.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { samplePicture } from "../samples.js";
import { fieldNote } from "./controls.js";
import { openSheet } from "./sheet.js";
import { pictureChooser, upload } from "./upload.js";

const PICTURES_MAX = 9;
const ACCEPT = "image/jpeg,image/png,image/webp";
const STATES = { waiting: "审核中", refused: "未通过审核" };

/** How what was uploaded here looks: the community shows it only after its check. */
const seen = new Map();

// Reading

/** The pictures of a post; those that have not passed their check say so to their author. */
export function gallery(pictures) {
  const shown = pictures.filter(({ state }) => state === "passed");
  return h(
    "div",
    { class: pictures.length === 1 ? "gallery one" : "gallery", testid: "pictures" },
    pictures.map((picture) => thumbnail(picture, shown, pictures.length === 1)),
  );
}

function thumbnail(picture, shown, alone) {
  const { state, small, medium } = picture;
  if (state !== "passed") return uncheckedTile(state, "picture");
  const place = shown.indexOf(picture);
  return h(
    "button",
    {
      class: "picture",
      type: "button",
      "aria-label": `查看第 ${place + 1} 张图片`,
      testid: "picture",
      onclick: () => showLarge(shown, place),
    },
    h("img", { src: alone ? medium : small, alt: "", testid: "thumbnail" }),
  );
}

const uncheckedTile = (state, iconName) =>
  h("span", { class: "picture unchecked", testid: "picture-unchecked" }, icon(iconName), STATES[state]);

function showLarge(pictures, place) {
  const image = h("img", { class: "large-picture", alt: "", testid: "large-picture" });
  const counted = h("span", { class: "muted", role: "status" });
  const turn = (by) => {
    place = (place + by + pictures.length) % pictures.length;
    image.src = pictures[place].large;
    counted.textContent = `${place + 1} / ${pictures.length}`;
  };
  const button = (label, by) => h("button", { class: "btn", type: "button", onclick: () => turn(by) }, label);
  turn(0);
  openSheet(
    "图片",
    h(
      "div",
      { class: "sheet-body" },
      image,
      pictures.length > 1 && h("div", { class: "row turning" }, button("上一张", -1), counted, button("下一张", 1)),
    ),
    { testid: "viewer" },
  );
}

export function videoBox({ state, url }) {
  if (state !== "passed") return h("div", { class: "gallery one" }, uncheckedTile(state, "play"));
  return h("video", { class: "video", src: url, controls: true, preload: "metadata", testid: "video" });
}

// Writing

/** Up to nine pictures, or one video; `pictures` and `video`: what a post or a draft has already. */
export function picturesControl({ pictures = [], video = null } = {}) {
  const items = pictures.map(({ media_id: id, small }) => ({ id, url: small ?? seen.get(id), purpose: "post" }));
  if (video) items.push({ id: video, purpose: "video" });
  const tiles = h("div", { class: "gallery", testid: "chosen-pictures" });
  const note = fieldNote("pictures", `最多 ${PICTURES_MAX} 张图片，或一段 MP4 视频；通过审核后大家才能看到`);
  note.setAttribute("role", "status");
  const of = (purpose) => items.filter((item) => item.purpose === purpose);
  const add = (purpose) => (file) => {
    const isFull = of("video").length || of("post").length >= (purpose === "video" ? 1 : PICTURES_MAX);
    if (isFull) return (note.textContent = `最多 ${PICTURES_MAX} 张图片，或一段视频`);
    return take({ purpose, url: URL.createObjectURL(file), file });
  };

  async function take(item) {
    note.textContent = note.dataset.hint;
    items.push(item);
    render();
    try {
      item.id = await upload(item.purpose, item.file);
      seen.set(item.id, item.url);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      items.splice(items.indexOf(item), 1);
      note.textContent = error.errors[0]?.message ?? error.detail;
    }
    render();
  }

  function render() {
    tiles.replaceChildren(
      ...items.map((item) =>
        chosenTile(item, () => {
          items.splice(items.indexOf(item), 1);
          render();
        }),
      ),
    );
  }

  render();
  const element = h(
    "div",
    { class: "field", data: { field: "pictures" }, role: "group", "aria-labelledby": "pictures-label" },
    h("p", { class: "field-label", id: "pictures-label" }, "图片（选填）"),
    tiles,
    choosers(add),
    note,
  );
  return {
    element,
    isUploading: () => items.some(({ id }) => !id),
    value: () => ({ pictures: of("post").map(({ id }) => id), video: of("video")[0]?.id ?? null }),
  };
}

function choosers(add) {
  const sample = h("button", { class: "btn small", type: "button", testid: "picture-sample" }, icon("car"), "示例图片");
  sample.onclick = async () => add("post")(await samplePicture());
  const choose = (testid, label, accept, purpose) =>
    pictureChooser({ testid, label, accept, small: true, multiple: purpose === "post", chosen: add(purpose) });
  return h(
    "div",
    { class: "row wrap" },
    sample,
    choose("picture-files", "从相册选择", ACCEPT, "post"),
    choose("video-file", "视频", "video/mp4", "video"),
  );
}

function chosenTile({ id, url, purpose }, remove) {
  const isPicture = purpose === "post" && url;
  return h(
    "span",
    { class: id ? "picture" : "picture uploading", testid: "chosen-picture", data: { ready: String(Boolean(id)) } },
    isPicture ? h("img", { src: url, alt: "" }) : h("span", { class: "picture unchecked" }, icon("picture"), "已上传"),
    !id && h("span", { class: "picture-state", role: "status" }, "上传中…"),
    id && h("button", { class: "picture-remove", type: "button", "aria-label": "移除", onclick: remove }, "×"),
  );
}
