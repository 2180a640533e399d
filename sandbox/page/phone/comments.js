/** What others say to a post: comments, the replies below each, and the answer that the asker accepted. */

import { Refusal } from "../api.js";
import { h, show, sync, working } from "../dom.js";
import { poke } from "../live.js";
import { askFirst } from "./ask_first.js";
import { commentRow } from "./comment_row.js";
import { CommentStore } from "./comment_store.js";
import { composer } from "./composer.js";
import { asMember, ignoreRefusal, me, user } from "./session.js";
import { toast } from "./sheet.js";
import { askToSignIn } from "./sign_in.js";

const SORTS = { time: "最早", likes: "最热" };

/** The comments of one post: {element, fetch(post), show(post, bar)}. `look` looks at everything again. */
export function thread(postId, look) {
  const path = `/v1/posts/${encodeURIComponent(postId)}`;
  const store = new CommentStore(`${path}/comments`);
  const view = frame();
  let post = null;

  const said = async (comment) => {
    if (comment.state !== "published") return;
    await store.add(comment).catch(ignoreRefusal);
    render();
    showComment(comment.comment_id);
    await look();
  };
  const bottom = composer(store.path, { people: () => [post.author, ...store.people], said });
  const acts = actsOn(store, path, { reply: bottom.answer, render: () => render(), look });

  function render() {
    const shown = store.items.map((comment) => seen(comment, post, store));
    shown.sort((one, other) => other.accepted - one.accepted);
    sync(
      view.list,
      shown,
      ({ comment_id: id }) => id,
      (comment) => commentRow(comment, acts),
    );
    view.none.hidden = shown.length > 0;
    view.list.hidden = !shown.length;
    view.more.hidden = !store.hasMore;
    view.count.textContent = post.counts.comments || "";
    const sorts = Object.keys(SORTS).map((sort) => ({ sort, on: sort === store.sort }));
    sync(
      view.sorts,
      sorts,
      ({ sort }) => sort,
      (each) => sortButton(each, store, look),
    );
  }

  /** Who went on to another view meanwhile is not shown it. */
  function showComment(id) {
    const row = view.list.querySelector(`[data-comment-id="${id}"]`);
    const screen = row?.closest(".scroll");
    if (screen) show(row, screen);
  }

  view.more.onclick = () => working(view.more, acts.more);
  return {
    element: view.element,
    fetch: ({ accepted }) => store.fetch(accepted),
    show(fresh, bar) {
      post = fresh;
      if (!bar.hasChildNodes()) bar.append(bottom.element);
      bottom.setClosed(post.closed);
      render();
    },
  };
}

function frame() {
  const count = h("span", { class: "muted" });
  const sorts = h("span", { class: "sorts", role: "group", "aria-label": "评论排序" });
  const none = h("p", { class: "muted center" }, "还没有评论");
  const list = h("ul", { class: "comment-list", testid: "comments" });
  const more = h("button", { class: "btn more", type: "button", testid: "more-comments" }, "更多评论");
  const title = h("div", { class: "comments-title" }, h("h3", { class: "grow" }, "评论 ", count), sorts);
  return { element: h("section", {}, title, none, list, more), count, sorts, none, list, more };
}

function sortButton({ sort, on }, store, look) {
  const button = h(
    "button",
    { class: "sort", type: "button", testid: `sort-${sort}`, "aria-pressed": String(on) },
    SORTS[sort],
  );
  button.onclick = () =>
    working(button, () => {
      store.sortBy(sort);
      return look();
    });
  return button;
}

/** A comment with everything below it, and what whoever looks can do with each. */
function seen(comment, post, store) {
  const mine = me()?.member_id;
  const isAsker = post.kind === "question" && post.author.member_id === mine;
  const mayDelete = ({ author }) => Boolean(author && mine) && [author.member_id, post.author.member_id].includes(mine);
  const whole = store.thread(comment.comment_id);
  const mayReply = !post.closed;
  const replies = (whole ?? comment.replies).map((reply) => ({ ...reply, mayDelete: mayDelete(reply), mayReply }));
  return {
    ...comment,
    replies,
    isWhole: whole !== null,
    accepted: comment.comment_id === post.accepted,
    mayAccept: isAsker && Boolean(comment.author),
    mayDelete: mayDelete(comment),
    mayReply: mayReply && Boolean(comment.author),
    isByAuthor: comment.author?.member_id === post.author.member_id,
  };
}

/** What can be pressed; a guest is asked to sign in where that needs a member. */
function actsOn(store, path, { reply, render, look }) {
  const anybody = async (action) => {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      toast(error.detail);
    }
  };
  const member = (action) => (user() ? anybody(action) : askToSignIn());
  const followed = async () => {
    await look();
    poke();
  };
  return {
    reply,
    more: () => anybody(() => store.addPage().then(render)),
    unfold: ({ comment_id: id, isWhole }) =>
      anybody(async () => {
        if (isWhole) store.close(id);
        else await store.open(id);
        render();
      }),
    like: (comment) =>
      member(async () => {
        await store.like(comment);
        render();
        poke();
      }),
    accept: ({ comment_id: id, accepted }) =>
      member(async () => {
        await asMember(accepted ? "DELETE" : "PUT", `${path}/accepted/${id}`);
        toast(accepted ? "已取消采纳" : "已采纳");
        await followed();
      }),
    remove: (comment) =>
      askFirst({
        title: "删除评论",
        text: "删除后不能恢复。",
        label: "删除",
        testid: "comment-delete-confirm",
        action: async () => {
          await store.remove(comment);
          toast("已删除");
          await followed();
        },
      }),
  };
}
