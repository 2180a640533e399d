/** A picture of oneself: one's own, or an example that is drawn here. */

import { Refusal } from "../api.js";
import { h, working } from "../dom.js";
import { icon } from "../icons.js";
import { avatar } from "../parts.js";
import { changeMe, me } from "./session.js";
import { toast } from "./sheet.js";
import { pictureChooser, upload } from "./upload.js";

const SIDE = 240;
const SKIES = [
  ["#8fd3c8", "#2f6f8f"],
  ["#f6c978", "#99504a"],
  ["#b9c8f2", "#5b3fb8"],
  ["#b7e0a4", "#067a46"],
];

/** How a member is shown to themselves: their picture, or the first letter of their name. */
export function ownAvatar(member) {
  if (!member.avatar_url) return avatar(member.nickname, "large");
  return h("img", { class: "avatar large", src: member.avatar_url, alt: "我的头像", testid: "my-avatar" });
}

/** Two ways to a picture; `done()` when the community has it. */
export function avatarChooser(done) {
  const status = h("p", { class: "form-error", role: "alert" });
  const draw = h("button", { class: "btn", type: "button", testid: "avatar-sample" }, icon("car"), "用示例头像");
  const take = (picture) => working(draw, () => attempt(status, picture, done));
  draw.onclick = async () => take(await drawn());
  return h(
    "div",
    { class: "field", data: { field: "avatar_media_id" } },
    h(
      "div",
      { class: "row wrap" },
      draw,
      pictureChooser({
        testid: "avatar-file",
        label: "从相册选择",
        accept: "image/jpeg,image/png,image/webp",
        chosen: take,
      }),
    ),
    status,
  );
}

async function attempt(status, picture, done) {
  status.textContent = "";
  try {
    await changeMe({ avatar_media_id: await upload("avatar", picture) });
    toast("头像已更新");
    await done();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    status.textContent = error.errors[0]?.message ?? error.detail;
  }
}

/** A road under a sky, in the colours of whoever holds the phone. */
function drawn() {
  const canvas = h("canvas", { width: SIDE, height: SIDE });
  const pen = canvas.getContext("2d");
  const [sky, ground] = SKIES[me().nickname.codePointAt(0) % SKIES.length];
  pen.fillStyle = sky;
  pen.fillRect(0, 0, SIDE, SIDE);
  pen.fillStyle = "#fff8e6";
  pen.beginPath();
  pen.arc(SIDE * 0.7, SIDE * 0.32, SIDE * 0.12, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = ground;
  pen.fillRect(0, SIDE * 0.58, SIDE, SIDE);
  pen.fillStyle = "#ffffffcc";
  pen.beginPath();
  pen.moveTo(SIDE * 0.47, SIDE * 0.58);
  pen.lineTo(SIDE * 0.53, SIDE * 0.58);
  pen.lineTo(SIDE * 0.72, SIDE);
  pen.lineTo(SIDE * 0.28, SIDE);
  pen.fill();
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
