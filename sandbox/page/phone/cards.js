/** A post in a list: who wrote it, what it is about, its cover, and what marks it. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { ago, avatar, chip } from "../parts.js";
import * as nav from "./nav.js";

const KINDS = { question: "提问", poll: "投票", article: "文章", announcement: "公告" };
const STATES = {
  held: ["待审核", "amber"],
  scheduled: ["定时发布", "amber"],
  removed: ["已下架", "red"],
  deleted: ["已删除", "red"],
};
const BADGES = {
  owner: "车主",
  "deposit-holder": "意向金",
  invited: "受邀",
  "co-driver": "共同驾驶人",
  official: "官方",
  staff: "工作人员",
};

/**
 * The card of a post, which opens it. `title` and `teaser` may be given with their words marked; `why` says why
 * it is here, `testid` and `onopen` are for who lists it.
 */
export function postCard(post, { title = post.title, teaser = post.teaser, why, testid = "post-card", onopen } = {}) {
  return h(
    "li",
    {},
    h(
      "button",
      {
        class: "post-card",
        type: "button",
        testid,
        data: { postId: post.post_id },
        onclick: () => {
          onopen?.();
          nav.go("post", { post_id: post.post_id });
        },
      },
      authorLine(post),
      h(
        "span",
        { class: "post-main" },
        h("span", { class: "grow" }, heading(post, title), h("span", { class: "post-teaser" }, teaser)),
        post.cover && cover(post.cover),
      ),
      post.locked &&
        h("span", { class: "lock-strip", testid: "post-locked" }, icon("lock"), post.unlock?.reason ?? "解锁后可见"),
      h("span", { class: "post-foot" }, counts(post), why),
    ),
  );
}

function heading(post, title) {
  const marks = marksOf(post).map(([text, tone]) => chip(text, tone));
  return h("span", { class: "post-title" }, marks, h("span", {}, title));
}

function marksOf({ pinned, featured, kind, answered, has_part: hasPart }) {
  return [
    pinned && ["置顶", "red"],
    featured && ["精华", "amber"],
    KINDS[kind] && [KINDS[kind], "blue"],
    answered && ["已解决", "green"],
    hasPart && [[icon("lock"), "含专享内容"]],
  ].filter(Boolean);
}

/** The first picture; one that cannot be loaded any more leaves no hole. */
function cover(address) {
  const picture = h("img", { class: "cover", src: address, alt: "", loading: "lazy", testid: "cover" });
  picture.onerror = () => picture.remove();
  return picture;
}

/** Who wrote it and when, with the badges that say why to trust them. */
export function authorLine({ author, created_at: at, state }) {
  return h(
    "span",
    { class: "author" },
    avatar(author.nickname, "small"),
    h("span", { class: "author-name" }, author.nickname),
    (author.badges ?? []).map((badge) => chip(badgeText(badge), "green")),
    ago(at),
    stateChip(state),
  );
}

/** What others do not see, or not yet; nothing where everybody does. */
export function stateChip(state) {
  const look = STATES[state];
  return look && chip([icon("clock"), look[0]], look[1]);
}

export function badgeText(badge) {
  const name = typeof badge === "string" ? badge : (badge.name ?? badge.kind);
  return BADGES[name] ?? name;
}

function counts({ counts: { views, likes, comments }, liked }) {
  const count = (iconName, value, label) =>
    h("span", { class: `count ${iconName}-count` }, icon(iconName), h("span", { class: "sr" }, label), String(value));
  return h(
    "span",
    { class: liked ? "counts liked" : "counts" },
    count("eye", views, "浏览 "),
    count("heart", likes, "赞 "),
    count("comment", comments, "评论 "),
  );
}
