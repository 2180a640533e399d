/** One post: its text or its teaser, likes and comments. */

import { Refusal } from "../api.js";
import { h, sync, working } from "../dom.js";
import { icon } from "../icons.js";
import { poke } from "../live.js";
import { ago, avatar, loading } from "../parts.js";
import { emit } from "../signals.js";
import { keyed } from "./keys.js";
import * as nav from "./nav.js";
import { authorLine } from "./posts.js";
import { refusedView, unlockPanel } from "./refused.js";
import { asMember, user } from "./session.js";
import { toast } from "./sheet.js";
import { askToSignIn } from "./sign_in.js";
import { reminderButton } from "./subscribe.js";

const COMMENT_CHARS_MAX = 500;

const pathOf = (postId) => `/v1/posts/${encodeURIComponent(postId)}`;

export const fetchPost = (postId) => asMember("GET", pathOf(postId));

nav.register("post", {
  tab: "community",
  title: () => "帖子",
  mount({ body, bar }, { post_id: postId }) {
    const reader = user()?.openid;
    const article = h("article", { class: "article", testid: "post" });
    const list = h("ul", { class: "comment-list", testid: "comments" });
    const title = h("h3", { class: "section-title" }, "评论");
    const none = h("p", { class: "muted center" }, "还没有评论");
    bar.append(composer(postId, () => refresh()));
    const refresh = loading(
      body,
      () => fetchBoth(postId),
      ([post, comments], root) => {
        if (!article.isConnected) root.replaceChildren(article, title, none, list);
        sync(
          article,
          [post],
          (item) => item.post_id,
          (item) => content(item, refresh),
        );
        sync(list, comments, (comment) => comment.comment_id, commentRow);
        title.hidden = bar.hidden = !isReadable(post);
        none.hidden = title.hidden || comments.length > 0;
        // Somebody else may hold the phone by now: then this view is about to go, and nobody reads it.
        if (post.locked && article.isConnected && reader && reader === user()?.openid) emit("teaser_seen");
      },
      { refused: refusedView },
    );
    return refresh;
  },
});

async function fetchBoth(postId) {
  const post = await fetchPost(postId);
  if (!isReadable(post)) return [post, []];
  const { items } = await asMember("GET", `${pathOf(postId)}/comments?limit=50`);
  return [post, items];
}

const isReadable = ({ locked, state }) => !locked && state === "published";

function content(post, refresh) {
  return h(
    "div",
    { class: "article-body", testid: "post-body", data: { state: post.state } },
    post.state === "held" && heldBanner(),
    h("h3", { class: "article-title", testid: "post-heading" }, post.title),
    authorLine({ ...post, state: null }),
    post.locked ? teaser(post) : h("p", { class: "article-text", testid: "post-text-shown" }, post.text),
    isReadable(post) && actions(post, refresh),
  );
}

function heldBanner() {
  return h(
    "div",
    { class: "banner amber", role: "status", testid: "held-banner" },
    h("p", {}, icon("clock"), "内容正在等待版主审核，通过后大家才能看到。"),
    reminderButton("post_decided"),
  );
}

function teaser(post) {
  return h(
    "div",
    {},
    h("p", { class: "article-text faded", testid: "post-teaser" }, post.teaser),
    unlockPanel(post.unlock),
  );
}

function actions(post, refresh) {
  const { views } = post.counts;
  // The count follows a like a moment later; one's own is there at once.
  const likes = Math.max(post.counts.likes, post.liked ? 1 : 0);
  const like = h(
    "button",
    {
      class: post.liked ? "like on" : "like",
      type: "button",
      testid: "like",
      "aria-pressed": String(post.liked),
      onclick: () => working(like, () => toggleLike(post, refresh)),
    },
    icon("heart"),
    h("span", {}, post.liked ? "已赞" : "赞"),
    h("b", { testid: "like-count" }, String(likes)),
  );
  return h("div", { class: "article-actions" }, like, h("span", { class: "muted" }, `${views} 次浏览`));
}

async function toggleLike(post, refresh) {
  if (!user()) return askToSignIn();
  try {
    await asMember(post.liked ? "DELETE" : "PUT", `${pathOf(post.post_id)}/reactions/like`);
    await refresh();
    return poke();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return toast(error.detail);
  }
}

function commentRow(comment) {
  return h(
    "li",
    { class: "comment", testid: "comment" },
    avatar(comment.author.nickname, "small"),
    h(
      "div",
      { class: "grow" },
      h("p", { class: "comment-head" }, h("b", {}, comment.author.nickname), ago(comment.created_at)),
      h("p", { class: "comment-text" }, comment.text),
    ),
  );
}

function composer(postId, refresh) {
  const input = h("input", {
    id: "comment-text",
    testid: "comment-text",
    maxlength: COMMENT_CHARS_MAX,
    autocomplete: "off",
    placeholder: "友善地说点什么…",
    required: true,
  });
  const send = h("button", { class: "btn primary", testid: "comment-submit" }, "发送");
  const submission = keyed();
  return h(
    "form",
    {
      class: "composer",
      onsubmit: (event) => {
        event.preventDefault();
        working(send, () => comment(postId, input, submission, refresh));
      },
    },
    h("label", { class: "sr", for: "comment-text" }, "写评论"),
    input,
    send,
  );
}

async function comment(postId, input, submission, refresh) {
  if (!user()) return askToSignIn();
  try {
    const body = { text: input.value.trim() };
    const path = `${pathOf(postId)}/comments`;
    const { state } = await submission(body, (key) => asMember("POST", path, { body, key }));
    input.value = "";
    toast(state === "held" ? "评论已提交，等待版主审核" : "评论已发送");
    await refresh();
    return poke();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return toast(error.errors[0]?.message ?? error.detail);
  }
}
