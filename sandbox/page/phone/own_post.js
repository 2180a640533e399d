/** What the author of a post can do with it: change it, see what it was before, delete it, take that back. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { poke } from "../live.js";
import { momentText } from "../time.js";
import { askFirst } from "./ask_first.js";
import { audienceText } from "./blocks.js";
import { boardById } from "./boards.js";
import { doing } from "./doing.js";
import { pagedList, pagesOf } from "./lists.js";
import * as nav from "./nav.js";
import { asMember } from "./session.js";
import { toast } from "./sheet.js";

const pathOf = (postId) => `/v1/posts/${encodeURIComponent(postId)}`;

export function tools({ id, boardId, state, editedAt }, refresh) {
  const edit = async () => {
    const [board, post] = await Promise.all([boardById(boardId), asMember("GET", pathOf(id))]);
    nav.go("publish", { board, post });
  };
  const remove = () =>
    askFirst({
      title: "删除帖子",
      text: "删除后其他人不再看到这篇帖子；30 天内您可以恢复它。",
      label: "删除",
      testid: "post-delete-confirm",
      action: async () => {
        await asMember("DELETE", pathOf(id));
        toast("已删除");
        poke();
        await refresh();
      },
    });
  return h(
    "div",
    { class: "own-tools", testid: "own-tools" },
    state !== "held" && doing("修改", "post-edit", edit, "small"),
    editedAt && doing("修改记录", "post-edits", () => nav.go("edits", { post_id: id }), "small"),
    doing("删除", "post-delete", remove, "small"),
  );
}

export const restoreButton = (postId, refresh) =>
  doing("恢复", "post-restore", async () => {
    await asMember("POST", `${pathOf(postId)}/restore`);
    toast("已恢复");
    poke();
    await refresh();
  });

nav.register("edits", {
  tab: "community",
  title: () => "修改记录",
  mount: ({ body }, { post_id: postId }) =>
    pagedList(body, pagesOf(`${pathOf(postId)}/edits`), {
      keyOf: ({ until }) => until,
      row: versionRow,
      empty: ["clock", "还没有修改过", "每次修改之前的内容会留在这里"],
      testid: "edits",
    }),
});

/** What the post said until then, as it was written. */
function versionRow({ until, title, text, audience, part, pictures = [] }) {
  const isForSome = Object.keys(audience).length > 0;
  return h(
    "li",
    { class: "version", testid: "version" },
    h("p", { class: "muted" }, icon("clock"), `${momentText(until)} 之前`),
    h("p", { class: "post-title" }, title),
    h("p", { class: "article-text" }, text),
    part && h("p", { class: "exclusive-head" }, icon("lock"), `${audienceText(part.audience)}专享：${part.text}`),
    (isForSome || pictures.length > 0) &&
      h(
        "p",
        { class: "muted" },
        [isForSome && `仅${audienceText(audience)}可见`, pictures.length > 0 && `${pictures.length} 张图片`]
          .filter(Boolean)
          .join(" · "),
      ),
  );
}
