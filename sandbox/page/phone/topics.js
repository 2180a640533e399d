/** Posts with a topic, and posts about a car model, of all boards. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { postCard } from "./cards.js";
import { followButton } from "./follows.js";
import { pagedList, pagesOf } from "./lists.js";
import * as nav from "./nav.js";

nav.register("topic", {
  tab: "community",
  title: ({ topic }) => `#${topic}`,
  mount: ({ body }, { topic }) => {
    body.append(head("tag", `话题 #${topic}`, followButton("topic", topic)));
    return posts(body, `/v1/topics/${encodeURIComponent(topic)}/posts`, "还没有带这个话题的帖子");
  },
});

nav.register("model", {
  tab: "community",
  title: ({ model }) => model,
  mount: ({ body }, { model }) => {
    body.append(head("car", `车型 ${model}`));
    return posts(body, `/v1/models/${encodeURIComponent(model)}/posts`, "还没有这个车型的帖子");
  },
});

function head(iconName, name, ...actions) {
  return h(
    "section",
    { class: "board-head" },
    h("span", { class: "tile tile-green" }, icon(iconName)),
    h("b", { class: "grow" }, name),
    ...actions,
  );
}

function posts(body, path, none) {
  const keyOf = (post) => post.post_id;
  return pagedList(body, pagesOf(path), { keyOf, row: postCard, empty: ["empty", none], testid: "post-list" });
}
