/** Writing a post, going on with a draft, changing what one published. Whether one may, the server decides. */

import { Refusal } from "../api.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { poke } from "../live.js";
import { POSTS } from "../samples.js";
import { emit } from "../signals.js";
import { fill, form } from "./form.js";
import * as nav from "./nav.js";
import { asMember } from "./session.js";
import { toast } from "./sheet.js";
import { dropDraft, keeper, unfinished } from "./unfinished.js";
import { writing } from "./writing.js";

nav.register("publish", {
  tab: "community",
  title: ({ board, post }) => (post ? "修改帖子" : `发帖 · ${board.name}`),
  /** On `board`; `sample` names one of the examples, `draft` is one of mine, `post` is changed. */
  mount({ body }, params) {
    const { board, sample, draft, post } = params;
    const written = writing(post ?? draft?.body ?? {}, { isPublished: Boolean(post) });
    // Who comes back to this view finds what they kept.
    const kept = keeper(board, draft, { read: written.asDraft, saved: (saved) => (params.draft = saved) });
    const example = (name) => {
      fill(element, POSTS[name]);
      if (POSTS[name].options) written.poll.set(POSTS[name].options);
    };
    const usual = () => (written.kind() in POSTS ? written.kind() : "discussion");
    const element = form({
      testid: "publish",
      submit: post ? "保存修改" : "发布",
      before: post ? null : head(board, () => example(sample ?? usual())),
      fields: written.elements,
      after: post ? null : kept.button,
      read: () => written.value(),
      send: (body, key) => {
        if (written.isUploading()) throw new Refusal(422, { detail: "图片还在上传，请稍候再发布" });
        return post ? change(post, body) : publish(board, body, key, kept.draftId());
      },
    });
    body.append(...[!post && !draft && !sample && unfinished(board), element].filter(Boolean));
    if (sample) example(sample);
  },
});

function head(board, sample) {
  return h(
    "div",
    { class: "form-head" },
    readOnlyHint(board),
    h("button", { class: "link", type: "button", testid: "fill-sample", onclick: sample }, "填入示例"),
  );
}

function readOnlyHint(board) {
  if (board.may?.post !== false) return h("span", { class: "muted" }, `发布到「${board.name}」`);
  return h("span", { class: "muted" }, icon("lock"), "您在本板块暂时只能浏览");
}

async function publish(board, body, key, draftId) {
  const post = await published(board, body, key);
  if (draftId) await dropDraft(draftId);
  const held = post.state === "held";
  emit(held ? "post_held" : "post_published", { post, forOwners: body.audience.identity?.[0] === "owner" });
  toast({ held: "已提交，等待版主审核", scheduled: "已定时，到时自动发布" }[post.state] ?? "发布成功");
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

/** What the form does not show stays as it is. */
async function change(post, body) {
  const { mentions, coupon_id, activity_id } = post;
  const changed = { ...body, mentions, coupon_id, activity_id };
  const { state } = await asMember("PUT", `/v1/posts/${encodeURIComponent(post.post_id)}`, { body: changed });
  toast(state === "held" ? "已提交，等待版主审核" : "已保存修改");
  poke();
  nav.back();
}
