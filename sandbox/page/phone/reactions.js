/** What one thinks of a post: like, useful, keep, share. */

import { h, working } from "../dom.js";
import { Refusal } from "../api.js";
import { icon } from "../icons.js";
import { poke } from "../live.js";
import { doing } from "./doing.js";
import { asMember, user } from "./session.js";
import { closeSheet, openSheet, toast } from "./sheet.js";
import { askToSignIn } from "./sign_in.js";

const KINDS = [
  { name: "like", field: "liked", count: "likes", icon: "heart", words: ["赞", "已赞"], path: "reactions/like" },
  { name: "useful", field: "useful", count: "useful", icon: "bulb", words: ["有用", "有用"], path: "reactions/useful" },
  { name: "favourite", field: "favourite", count: "favourites", icon: "star", words: ["收藏", "已收藏"], path: "favourite" },
];

const pathOf = (postId, path) => `/v1/posts/${encodeURIComponent(postId)}/${path}`;

export function actions(post, refresh) {
  const { views, shares } = post.counts;
  return h(
    "div",
    { class: "article-actions" },
    h("p", { class: "muted" }, `${views} 次浏览`, shares > 0 && ` · ${shares} 人转发`),
    h(
      "div",
      { class: "reactions" },
      KINDS.map((kind) => reaction(post, kind, refresh)),
      h(
        "button",
        { class: "like", type: "button", testid: "share", onclick: () => (user() ? askToShare(post) : askToSignIn()) },
        icon("share"),
        h("span", {}, "转发"),
      ),
    ),
  );
}

function reaction(post, kind, refresh) {
  const on = post[kind.field];
  // The count follows a moment later; one's own is there at once.
  const count = Math.max(post.counts[kind.count], on ? 1 : 0);
  const button = h(
    "button",
    {
      class: on ? `like on ${kind.name}` : "like",
      type: "button",
      testid: kind.name,
      "aria-pressed": String(on),
      onclick: () => working(button, () => toggle(post, kind, refresh)),
    },
    icon(kind.icon),
    h("span", {}, kind.words[on ? 1 : 0]),
    h("b", { testid: `${kind.name}-count` }, count || ""),
  );
  return button;
}

async function toggle(post, kind, refresh) {
  if (!user()) return askToSignIn();
  try {
    await asMember(post[kind.field] ? "DELETE" : "PUT", pathOf(post.id, kind.path));
    await refresh();
    return poke();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return toast(error.detail);
  }
}

/** As WeChat asks before a mini program's page is sent to a friend. */
function askToShare({ id, title }) {
  const send = async () => {
    await asMember("PUT", pathOf(id, "reactions/share"));
    closeSheet();
    toast("已转发");
    poke();
  };
  openSheet(
    "转发给朋友",
    h(
      "div",
      { class: "sheet-body" },
      h(
        "div",
        { class: "program-card shared" },
        h("span", { class: "program-from" }, icon("car"), "车主社区"),
        h("span", { class: "program-title" }, title),
        h("span", { class: "program-picture" }, icon("comment")),
        h("span", { class: "program-kind" }, icon("app"), "小程序"),
      ),
      doing("发送", "share-send", send, "wide primary"),
    ),
    { testid: "share-sheet" },
  );
}
