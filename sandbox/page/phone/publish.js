/** Writing a post: for everybody, or for owners only. Whether one may, the server decides. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { poke } from "../live.js";
import { POSTS } from "../samples.js";
import { emit } from "../signals.js";
import { field, fill, form } from "./form.js";
import * as nav from "./nav.js";
import { asMember } from "./session.js";
import { toast } from "./sheet.js";

const TITLE_CHARS_MAX = 50;
const TEXT_CHARS_MAX = 5000;
const TEASER_CHARS_MAX = 80;

nav.register("publish", {
  tab: "community",
  title: ({ board }) => `发帖 · ${board.name}`,
  mount({ body }, { board, sample }) {
    const element = form({
      testid: "publish",
      submit: "发布",
      before: h(
        "div",
        { class: "form-head" },
        readOnlyHint(board),
        h(
          "button",
          { class: "link", type: "button", testid: "fill-sample", onclick: () => fill(element, POSTS.discussion) },
          "填入示例",
        ),
      ),
      fields: [
        field("title", "标题", { maxlength: TITLE_CHARS_MAX, placeholder: "一句话说清楚" }),
        field("text", "正文", { rows: 5, maxlength: TEXT_CHARS_MAX, placeholder: "分享你的用车经验…" }),
        audienceChoice(),
        field("teaser", "公开简介（选填）", {
          maxlength: TEASER_CHARS_MAX,
          placeholder: "潜客能看到的一句话",
          hint: "不填则只显示全文字数",
        }),
      ],
      send: (values, key) => send(board, values, key),
    });
    body.append(element);
    if (sample) fill(element, POSTS[sample]);
  },
});

function readOnlyHint(board) {
  if (board.may?.post !== false) return h("span", { class: "muted" }, `发布到「${board.name}」`);
  return h("span", { class: "muted" }, icon("lock"), "你在本板块暂时只能浏览");
}

function audienceChoice() {
  const choice = (value, label, text, checked) =>
    h(
      "label",
      { class: "choice" },
      h("input", { type: "radio", name: "audience", value, checked, testid: `audience-${value}` }),
      h("span", {}, h("b", {}, label), h("small", {}, text)),
    );
  return h(
    "fieldset",
    { class: "field", data: { field: "audience" } },
    h("legend", {}, "可见范围"),
    h(
      "div",
      { class: "choices" },
      choice("everyone", "所有人", "大家都能看到全文", true),
      choice("owners", "仅车主", "潜客只看到标题和简介"),
    ),
  );
}

async function send(board, { title, text, audience, teaser }, key) {
  const forOwners = audience === "owners" && { audience: { identity: ["owner"] }, ...(teaser && { teaser }) };
  const body = { kind: "discussion", title, text, ...forOwners };
  const post = await published(board, body, key);
  const held = post.state === "held";
  emit(held ? "post_held" : "post_published", { post, forOwners: Boolean(forOwners) });
  toast(held ? "已提交，等待版主审核" : "发布成功");
  poke();
  return nav.replace("post", { post_id: post.post_id });
}

async function published(board, body, key) {
  try {
    return await asMember("POST", `/v1/boards/${board.board_id}/posts`, { body, key });
  } catch (error) {
    if (error.status === 403) emit("refused", { code: error.code });
    throw error;
  }
}
