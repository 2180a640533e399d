/** Another member: who they are here, what they wrote, following them, and not wanting to see them. */

import { h, sync } from "../dom.js";
import { avatar, chip, loading } from "../parts.js";
import { askFirst } from "./ask_first.js";
import { badgeText, postCard } from "./cards.js";
import { doing } from "./doing.js";
import { followButton } from "./follows.js";
import { pagedList, pagesOf } from "./lists.js";
import * as nav from "./nav.js";
import { refusedView } from "./refused.js";
import { asMember, me, user } from "./session.js";
import { toast } from "./sheet.js";
import { askToSignIn } from "./sign_in.js";

nav.register("member", {
  tab: "community",
  title: ({ nickname }) => nickname,
  mount({ body }, { id }) {
    const path = `/v1/members/${encodeURIComponent(id)}`;
    const head = h("div", {});
    const posts = h("div", {});
    body.append(head, posts);
    const lookAtPosts = pagedList(posts, pagesOf(`${path}/posts`), {
      keyOf: (post) => post.post_id,
      row: (post) => postCard(post),
      empty: ["pen", "还没有可看的帖子", ""],
      testid: "member-posts",
    });
    const lookAtMember = loading(
      head,
      () => asMember("GET", path),
      (member, root) =>
        sync(
          root,
          [member],
          ({ member_id: key }) => key,
          (shown) => card(shown, refresh),
        ),
      { refused: refusedView },
    );
    const refresh = () => Promise.all([lookAtMember(), lookAtPosts()]);
    return refresh;
  },
});

function card(member, refresh) {
  const { member_id: id, nickname, badges, tier, followers, blocked } = member;
  const isMe = id === me()?.member_id;
  return h(
    "section",
    { class: "me-card member-card", testid: "member-card" },
    avatar(nickname, "large"),
    h(
      "div",
      { class: "grow" },
      h("p", { class: "me-name", testid: "member-name" }, nickname),
      h(
        "p",
        { class: "chips" },
        chip(tier),
        badges.map((badge) => chip(badgeText(badge), "green")),
      ),
      h("p", { class: "muted" }, `${followers} 人关注`),
    ),
    !isMe &&
      h(
        "div",
        { class: "member-tools" },
        !blocked && followButton("member", id),
        blockButton(id, nickname, blocked, refresh),
      ),
  );
}

function blockButton(id, nickname, blocked, refresh) {
  const set = async (method, said) => {
    await asMember(method, `/v1/me/blocks/${encodeURIComponent(id)}`);
    toast(said);
    await refresh();
  };
  if (blocked) return doing("取消屏蔽", "member-unblock", () => set("DELETE", "已取消屏蔽"), "small");
  const ask = () =>
    askFirst({
      title: `屏蔽 ${nickname}`,
      text: "您不会再看到对方的帖子和评论，也不会收到对方的消息。",
      label: "屏蔽",
      testid: "member-block-confirm",
      action: () => set("PUT", "已屏蔽"),
    });
  return doing("屏蔽", "member-block", () => (user() ? ask() : askToSignIn()), "small");
}
