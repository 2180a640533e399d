/** The posts of one board, newest first; who may not read a post sees its teaser and what unlocks it. */

import { Refusal } from "../api.js";
import { h, sync, working } from "../dom.js";
import { icon } from "../icons.js";
import { ago, avatar, chip, emptyBox, loading } from "../parts.js";
import { boardById } from "./boards.js";
import * as nav from "./nav.js";
import { refusedView } from "./refused.js";
import { asMember, user } from "./session.js";
import { toast } from "./sheet.js";
import { askToSignIn } from "./sign_in.js";

const PAGE_POSTS = 10;

nav.register("posts", {
  tab: "community",
  title: ({ board }) => board.name,
  mount({ body, bar }, { board }) {
    const list = h("ul", { class: "post-list", testid: "post-list" });
    const older = h("button", { class: "btn more", type: "button", testid: "older" }, "更早的帖子");
    const pages = { first: null, rest: [], next: null };
    older.onclick = () => working(older, () => addPage(board, pages, render));
    function render(root = list.parentElement) {
      const posts = unique([...pages.first.items, ...pages.rest]);
      if (!posts.length) return root.replaceChildren(emptyBox("pen", "这里还没有帖子", "来发第一帖吧"));
      if (!list.isConnected) root.replaceChildren(list, older);
      older.hidden = !pages.next;
      sync(list, posts, (post) => post.post_id, postCard);
      return undefined;
    }

    return loading(
      body,
      () => Promise.all([page(board), boardById(board.board_id)]),
      ([first, fresh], root) => {
        pages.first = first;
        sync(bar, [fresh], ({ board_id: id }) => id, writeButton);
        if (!pages.rest.length) pages.next = first.next_cursor;
        render(root);
      },
      { refused: refusedView },
    );
  },
});

function page(board, cursor) {
  const query = new URLSearchParams({ sort: "latest", limit: PAGE_POSTS, ...(cursor && { cursor }) });
  return asMember("GET", `/v1/boards/${board.board_id}/posts?${query}`);
}

async function addPage(board, pages, render) {
  try {
    const more = await page(board, pages.next);
    pages.rest.push(...more.items);
    pages.next = more.next_cursor;
    render();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    toast(error.detail);
  }
}

const unique = (posts) => [...new Map(posts.map((post) => [post.post_id, post])).values()];

function writeButton(board) {
  const locked = !board.may.post;
  return h(
    "div",
    { class: "write-bar" },
    locked && board.unlock && h("p", { class: "write-hint" }, icon("lock"), `发帖：${board.unlock.reason}`),
    h(
      "button",
      {
        class: "btn primary wide",
        type: "button",
        testid: "new-post",
        onclick: () => (user() ? nav.go("publish", { board }) : askToSignIn()),
      },
      icon("pen"),
      "发帖",
    ),
  );
}

function postCard(post) {
  return h(
    "li",
    {},
    h(
      "button",
      {
        class: "post-card",
        type: "button",
        testid: "post-card",
        data: { postId: post.post_id },
        onclick: () => nav.go("post", { post_id: post.post_id }),
      },
      authorLine(post),
      h("span", { class: "post-title" }, post.title),
      h("span", { class: "post-teaser" }, post.teaser),
      post.locked &&
        h("span", { class: "lock-strip", testid: "post-locked" }, icon("lock"), post.unlock?.reason ?? "解锁后可见"),
      counts(post),
    ),
  );
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
    state === "held" && chip([icon("clock"), "待审核"], "amber"),
  );
}

const BADGES = { owner: "车主", "deposit-holder": "意向金", invited: "受邀", "co-driver": "共同驾驶人" };

export function badgeText(badge) {
  const name = typeof badge === "string" ? badge : (badge.name ?? badge.kind);
  return BADGES[name] ?? name;
}

export function counts({ counts: { views, likes, comments }, liked }) {
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
