/** One comment and what is said below it. */

import { h, working } from "../dom.js";
import { icon } from "../icons.js";
import { ago, avatar, chip } from "../parts.js";
import { badgeText } from "./cards.js";
import * as nav from "./nav.js";

/** `comment` says what may be done with it; `acts` = {reply, like, accept, remove, unfold}. */
export function commentRow(comment, acts) {
  const { comment_id: id, author, accepted } = comment;
  return h(
    "li",
    { class: accepted ? "comment accepted" : "comment", testid: "comment", data: { commentId: id, accepted: String(accepted) } },
    avatar(author?.nickname ?? "·", "small"),
    h(
      "div",
      { class: "grow" },
      accepted && h("p", { class: "accepted-mark", testid: "accepted" }, icon("check"), "已采纳的回答"),
      h(
        "p",
        { class: "comment-head" },
        author ? nameButton(comment) : h("span", { class: "muted" }, "已删除"),
        ago(comment.created_at),
      ),
      h("p", { class: author ? "comment-text" : "comment-text muted" }, withMentions(comment)),
      author && foot(comment, acts, "comment"),
      comment.replies.length > 0 &&
        h(
          "ul",
          { class: "replies" },
          comment.replies.map((reply) => replyRow(reply, comment.isWhole, acts)),
        ),
      unfolding(comment, acts),
    ),
  );
}

function nameButton({ author: { member_id: id, nickname, badges }, isByAuthor }) {
  return h(
    "button",
    { class: "comment-who", type: "button", onclick: () => nav.go("member", { id, nickname }) },
    h("span", { class: "author-name" }, nickname),
    isByAuthor && chip("楼主", "blue"),
    badges.map((badge) => chip(badgeText(badge), "green")),
  );
}

/** A reply; only with the whole thread its likes are known. */
function replyRow(reply, isWhole, acts) {
  const { comment_id: id, author, reply_to: to } = reply;
  return h(
    "li",
    { class: "reply", testid: "reply", data: { commentId: id } },
    h(
      "p",
      { class: "comment-text" },
      h("span", { class: "reply-who" }, author?.nickname ?? "已删除"),
      to && [" 回复 ", h("span", { class: "mention", testid: "reply-to" }, `@${to.nickname}`)],
      "：",
      withMentions(reply),
    ),
    author && foot(reply, acts, "reply", isWhole),
  );
}

function foot(comment, acts, name, withLikes = true) {
  const { liked, likes, mayReply, mayAccept, mayDelete, accepted } = comment;
  return h(
    "p",
    { class: "comment-foot" },
    name === "reply" && ago(comment.created_at),
    mayReply && act("回复", `${name}-answer`, () => acts.reply(comment)),
    mayAccept && act(accepted ? "取消采纳" : "采纳", "accept", () => acts.accept(comment)),
    mayDelete && act("删除", `${name}-delete`, () => acts.remove(comment)),
    withLikes && likeButton({ liked, likes }, `${name}-like`, () => acts.like(comment)),
  );
}

function act(words, testid, onclick) {
  const button = h("button", { class: "comment-act", type: "button", testid }, words);
  button.onclick = () => working(button, onclick);
  return button;
}

function likeButton({ liked, likes }, testid, onclick) {
  const button = act([icon("heart"), h("span", { class: "sr" }, "赞"), likes > 0 && String(likes)], testid, onclick);
  button.classList.add("comment-like");
  button.setAttribute("aria-pressed", String(liked));
  return button;
}

function unfolding(comment, acts) {
  const { reply_count: count, isWhole, replies } = comment;
  if (isWhole && replies.length > 0) return act("收起", "replies-fold", () => acts.unfold(comment));
  return !isWhole && count > 0 && act(`查看全部 ${count} 条回复`, "replies-unfold", () => acts.unfold(comment));
}

/** The text, with the names of those whom it mentions marked. */
function withMentions({ text, mentions = [] }) {
  return mentions.reduce((parts, { nickname }) => parts.flatMap((part) => marked(part, `@${nickname}`)), [text]);
}

function marked(part, name) {
  if (typeof part !== "string" || !part.includes(name)) return part;
  const [before, ...after] = part.split(name);
  return [before, ...after.flatMap((rest) => [h("span", { class: "mention", testid: "mention" }, name), rest])];
}
