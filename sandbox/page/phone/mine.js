/** What is mine: posts, comments, favourites, what I read, drafts, what I follow and who follows me. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { ago, avatar, chip } from "../parts.js";
import { boardById, boardsAtHand, lookOf } from "./boards.js";
import { postCard, stateChip } from "./cards.js";
import { doing } from "./doing.js";
import { setFollow } from "./follows.js";
import { pagedList, pagesOf } from "./lists.js";
import * as nav from "./nav.js";
import { asMember } from "./session.js";
import { toast } from "./sheet.js";

/** The ways to them, for 我的: [view, icon, label]. */
export const MINE = [
  ["my-posts", "pen", "我的帖子"],
  ["my-comments", "comment", "我的评论"],
  ["favourites", "star", "我的收藏"],
  ["history", "clock", "浏览足迹"],
  ["drafts", "empty", "草稿箱"],
  ["follows", "people", "我的关注"],
  ["followers", "people", "关注我的"],
];

const pageOf = {
  "my-posts": pagesOf("/v1/me/posts"),
  "my-comments": pagesOf("/v1/me/comments"),
  favourites: pagesOf("/v1/me/favourites"),
  history: pagesOf("/v1/me/history"),
  drafts: pagesOf("/v1/me/drafts"),
  follows: pagesOf("/v1/me/follows"),
  followers: pagesOf("/v1/me/followers"),
};

const posts = { keyOf: (post) => post.post_id, row: () => postCard };

mine("my-posts", { ...posts, empty: ["pen", "还没有发过帖子", "去板块里发第一帖吧"] });
mine("my-comments", {
  keyOf: ({ comment }) => comment.comment_id,
  row: () => commentRow,
  empty: ["comment", "还没有评论过", "看到喜欢的帖子，说两句吧"],
});
mine("favourites", { ...posts, empty: ["star", "还没有收藏", "在帖子下方点「收藏」，随时回来看"] });
mine("history", { ...posts, empty: ["clock", "最近没有看过帖子", "这里保留 90 天内看过的帖子"], above: clearing });
mine("drafts", {
  keyOf: (draft) => draft.draft_id,
  row: (again) => (draft) => draftRow(draft, again),
  empty: ["pen", "没有草稿", "写到一半的帖子会存在这里"],
});
mine("follows", {
  keyOf: ({ kind, id }) => `${kind} ${id}`,
  row: (again) => (follow) => followRow(follow, again),
  empty: ["people", "还没有关注", "关注板块、话题和车友，推荐会更合您意"],
});

mine("followers", {
  keyOf: ({ member_id: id }) => id,
  row: () => followerRow,
  empty: ["people", "还没有人关注您", "发帖、回复车友，会有人来的"],
});

/** `row(again)` makes the function for an item; `again()` shows the list anew from its top. */
function mine(view, { page = pageOf[view], keyOf, row, empty, above }) {
  const [, , label] = MINE.find(([name]) => name === view);
  nav.register(view, {
    tab: "me",
    title: () => label,
    mount({ body }) {
      const root = h("div", {});
      let refresh = null;

      function show() {
        root.replaceChildren();
        refresh = pagedList(root, page, { keyOf, row: row(again), empty, testid: view });
        return refresh();
      }
      const again = () => show();

      if (above) body.append(above(again));
      body.append(root);
      const first = show();
      return () => first.then(() => refresh());
    },
  });
}

function clearing(again) {
  const clear = async () => {
    await asMember("DELETE", "/v1/me/history");
    await again();
    toast("足迹已清空");
  };
  return h(
    "p",
    { class: "list-note" },
    h("span", { class: "grow muted" }, "只有您自己看得到"),
    doing("清空", "history-clear", clear, "small"),
  );
}

function commentRow({ post_id: postId, state, comment }) {
  const to = comment.reply_to?.nickname;
  return h(
    "li",
    {},
    h(
      "button",
      {
        class: "post-card",
        type: "button",
        testid: "my-comment",
        onclick: () => nav.go("post", { post_id: postId }),
      },
      h(
        "span",
        { class: "author" },
        icon("comment"),
        to ? `回复 ${to}` : "评论了帖子",
        ago(comment.created_at),
        stateChip(state),
      ),
      h("span", { class: "comment-text" }, comment.text),
      h("span", { class: "muted" }, `${comment.likes} 赞 · ${comment.reply_count} 回复 · 查看原帖`),
    ),
  );
}

function draftRow(draft, again) {
  const { draft_id: id, body, changed_at: at } = draft;
  const drop = async () => {
    await asMember("DELETE", `/v1/me/drafts/${id}`);
    await again();
  };
  return h(
    "li",
    { class: "post-card draft", testid: "draft" },
    h("b", { class: "post-title" }, body.title || "（还没有标题）"),
    body.text && h("span", { class: "post-teaser" }, body.text),
    h(
      "span",
      { class: "row" },
      h("span", { class: "grow" }, ago(at)),
      doing("删除", "draft-delete", drop, "small"),
      doing("继续写", "draft-open", () => goOn(draft), "small primary"),
    ),
  );
}

/** On its board; of a draft without one, or whose board is gone, on the first where one may write. */
async function goOn(draft) {
  const boards = await boardsAtHand();
  const board =
    boards.find(({ board_id: id }) => id === draft.body.board_id) ?? boards.find(({ may }) => may.post) ?? boards[0];
  nav.go("publish", { board, draft });
}

const OPENS = {
  topic: ({ id }) => nav.go("topic", { topic: id }),
  board: async ({ id }) => nav.go("posts", { board: await boardById(id) }),
  member: ({ id, name }) => nav.go("member", { id, nickname: name }),
};
const KINDS = { topic: "话题", board: "板块", member: "车友" };

function followRow(follow, again) {
  const drop = async () => {
    await setFollow(follow.kind, follow.id, false);
    await again();
  };
  return h(
    "li",
    { class: "follow-row", testid: "followed" },
    h(
      "button",
      { class: "follow-name", type: "button", onclick: () => OPENS[follow.kind](follow) },
      faceOf(follow),
      h("b", { class: "grow" }, follow.kind === "topic" ? `#${follow.name}` : follow.name),
      chip(KINDS[follow.kind]),
    ),
    doing("取消关注", "unfollow", drop, "small"),
  );
}

function followerRow({ member_id: id, nickname }) {
  return h(
    "li",
    { class: "follow-row", testid: "follower" },
    h(
      "button",
      { class: "follow-name", type: "button", onclick: () => nav.go("member", { id, nickname }) },
      avatar(nickname),
      h("b", { class: "grow" }, nickname),
    ),
  );
}

function faceOf({ kind, id, name }) {
  if (kind === "member") return avatar(name);
  const [iconName, tone] = kind === "board" ? lookOf({ board_id: id }) : ["tag", "tile-green"];
  return h("span", { class: `tile mini ${tone}` }, icon(iconName));
}
