/** One post: what of it one may read, what one can do with it, and what others say to it. */

import { h, sync } from "../dom.js";
import { icon } from "../icons.js";
import { ago, avatar, chip, loading } from "../parts.js";
import { emit } from "../signals.js";
import { momentText } from "../time.js";
import "./author.js";
import { audienceText, drawn } from "./blocks.js";
import { badgeText } from "./cards.js";
import { thread } from "./comments.js";
import { followButton } from "./follows.js";
import * as nav from "./nav.js";
import { gallery, videoBox } from "./pictures.js";
import { pollBox } from "./poll.js";
import { actions } from "./reactions.js";
import { refusedView, unlockPanel } from "./refused.js";
import { asMember, me, user } from "./session.js";
import { reminderButton } from "./subscribe.js";
import { restoreButton, tools } from "./own_post.js";

const CHECK_MS = 4000;
const KINDS = { question: "提问", poll: "投票", article: "文章", announcement: "公告" };

export const fetchPost = (postId) => asMember("GET", `/v1/posts/${encodeURIComponent(postId)}`);

nav.register("post", {
  tab: "community",
  title: () => "帖子",
  mount({ body, bar }, { post_id: postId }) {
    const reader = user()?.openid;
    const content = h("div", { class: "article-body", testid: "post-body" });
    const article = h("article", { class: "article", testid: "post" }, content);
    const comments = thread(postId, () => refresh());
    let waiting = null;
    // A check may take longer than the page looks for what follows from a press.
    const again = () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => article.isConnected && refresh(), CHECK_MS);
    };
    const refresh = loading(
      body,
      () => fetchAll(postId, comments),
      (post, root) => {
        if (!article.isConnected) root.replaceChildren(article, comments.element);
        content.dataset.state = post.state;
        sync(
          content,
          partsOf(post),
          ({ part }) => part,
          (item) => PARTS[item.part](item, refresh),
        );
        if (isBeingChecked(post)) again();
        const isOpen = isReadable(post);
        comments.element.hidden = bar.hidden = !isOpen;
        if (isOpen) comments.show(post, bar);
        // Somebody else may hold the phone by now: then this view is about to go, and nobody reads it.
        if (post.locked && article.isConnected && reader && reader === user()?.openid) emit("teaser_seen");
      },
      { refused: refusedView },
    );
    return refresh;
  },
});

async function fetchAll(postId, comments) {
  const post = await fetchPost(postId);
  if (isReadable(post)) await comments.fetch(post);
  return post;
}

const isReadable = ({ locked, state }) => !locked && state === "published";

const isBeingChecked = ({ pictures, video }) => [...pictures, video].some((file) => file?.state === "waiting");

/** Each part of the view with what it shows, and nothing that differs each time one looks. */
function partsOf(post) {
  const { post_id: id, counts, liked, useful, favourite, locked, state } = post;
  const isMine = post.author.member_id === me()?.member_id;
  const { kind, title, author, created_at: at, edited_at: editedAt, featured, accepted } = post;
  return [
    state !== "published" && { part: "state", id, state, publishAt: post.publish_at },
    { part: "head", kind, title, featured, isAnswered: Boolean(accepted) },
    { part: "byline", author, at, editedAt, isMine },
    locked
      ? { part: "teaser", teaser: post.teaser, unlock: post.unlock }
      : { part: "text", blocks: post.blocks, audience: post.audience },
    post.pictures.length > 0 && { part: "pictures", pictures: post.pictures },
    post.video && { part: "video", video: post.video },
    post.part && { ...post.part, part: "exclusive" },
    post.poll && { part: "poll", id, poll: post.poll },
    (post.model || post.topics.length > 0) && { part: "about", model: post.model, topics: post.topics },
    isReadable(post) && { part: "actions", id, title, counts, liked, useful, favourite },
    isMine && state !== "deleted" && { part: "tools", id, boardId: post.board_id, state, editedAt },
  ].filter(Boolean);
}

const PARTS = {
  state: stateBanner,
  head,
  byline,
  teaser: ({ teaser, unlock }) =>
    h("div", {}, h("p", { class: "article-text faded", testid: "post-teaser" }, teaser), unlockPanel(unlock)),
  text: ({ blocks, audience }) =>
    h(
      "div",
      {},
      Object.keys(audience).length > 0 && onlyFor(audience),
      h("div", { class: "article-text blocks", testid: "post-text-shown" }, drawn(blocks)),
    ),
  exclusive,
  pictures: ({ pictures }) => gallery(pictures),
  video: ({ video }) => videoBox(video),
  poll: ({ id, poll }, refresh) => pollBox(id, poll, refresh),
  about,
  actions,
  tools,
};

function stateBanner({ id, state, publishAt }, refresh) {
  if (state === "held")
    return banner("held-banner", "clock", "内容正在等待版主审核，通过后大家才能看到。", reminderButton("post_decided"));
  if (state === "scheduled") return banner("scheduled-banner", "clock", `将于 ${momentText(publishAt)} 自动发布。`);
  return banner("deleted-banner", "trash", "帖子已删除，只有您能看到；30 天内可以恢复。", restoreButton(id, refresh));
}

const banner = (testid, iconName, text, action) =>
  h("div", { class: "banner amber", role: "status", testid }, h("p", {}, icon(iconName), text), action);

function head({ kind, title, featured, isAnswered }) {
  const marks = [
    featured && chip("精华", "amber"),
    KINDS[kind] && chip(KINDS[kind], "blue"),
    isAnswered && chip("已解决", "green"),
  ].filter(Boolean);
  return h(
    "div",
    { class: "article-head" },
    h("h3", { class: "article-title", testid: "post-heading" }, title),
    marks.length > 0 && h("p", { class: "chips" }, marks),
  );
}

/** Who wrote it and when; their name leads to them. */
function byline({ author, at, editedAt, isMine }) {
  const { member_id: id, nickname, badges } = author;
  return h(
    "div",
    { class: "byline" },
    h(
      "button",
      { class: "byline-who", type: "button", testid: "post-author", onclick: () => nav.go("member", { id, nickname }) },
      avatar(nickname, "small"),
      h("span", { class: "author-name" }, nickname),
      badges.map((badge) => chip(badgeText(badge), "green")),
    ),
    h("span", { class: "byline-when" }, ago(at), editedAt && h("span", { class: "muted", testid: "edited" }, "已编辑")),
    !isMine && followButton("member", id),
  );
}

/** A part for some: its text, or how much there is and what opens it. */
function exclusive({ audience, locked, unlock, chars, blocks }) {
  const howMuch = () => [icon("lock"), `${audienceText(audience)}专享内容 · 共 ${chars} 字`];
  return h(
    "section",
    { class: "exclusive", testid: "post-part", data: { locked: String(locked) } },
    locked ? h("p", { class: "exclusive-head" }, howMuch()) : onlyFor(audience),
    locked
      ? unlockPanel(unlock, { said: unlock.reason })
      : h("div", { class: "article-text blocks", testid: "post-part-text" }, drawn(blocks)),
  );
}

const onlyFor = (audience) =>
  h("p", { class: "exclusive-head", testid: "only-for" }, icon("crown"), `仅${audienceText(audience)}可见`);

function about({ model, topics }) {
  return h(
    "p",
    { class: "chips", testid: "post-about" },
    model && opens([icon("car"), model], "", () => nav.go("model", { model })),
    topics.map((topic) => opens(`# ${topic}`, "green", () => nav.go("topic", { topic }))),
  );
}

const opens = (words, tone, onclick) =>
  h("button", { class: `chip ${tone}`, type: "button", testid: "about", onclick }, words);
