/** Uploading a picture or video as wx.uploadFile does: leave from the community, then straight into the bucket. */

import { postForm } from "../api.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { asMember } from "./session.js";

const LOST = "没有上传成功，请重试";

/** Gives the id by which other calls know the picture. Refuses: Refusal. */
export async function upload(purpose, picture) {
  const wanted = { purpose, content_type: picture.type, bytes: picture.size };
  const { media_id: mediaId, upload: ticket } = await asMember("POST", "/v1/media", { body: wanted });
  const form = new FormData();
  for (const [name, value] of Object.entries(ticket.fields)) form.append(name, value);
  form.append("file", picture);
  await postForm(ticket.url, form, LOST);
  return mediaId;
}

/** A button that lets one choose files of one's own; `chosen(file)` gets each. */
export function pictureChooser({ testid, label, accept, chosen, multiple = false, small = false }) {
  const input = h("input", {
    class: "sr",
    type: "file",
    accept,
    multiple,
    testid,
    onchange: () => {
      const files = [...input.files];
      input.value = "";
      files.forEach((file) => chosen(file));
    },
  });
  return h("label", { class: small ? "btn small" : "btn" }, icon("picture"), label, input);
}
