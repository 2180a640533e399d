/** The moderators' WeCom group: what the bot says there. */

import { h, sync } from "./dom.js";
import { icon } from "./icons.js";
import { onLive } from "./live.js";
import { markdown } from "./markdown.js";
import { emptyBox, loading } from "./parts.js";
import * as sandbox from "./sandbox.js";
import { emit, on } from "./signals.js";
import { clockText } from "./time.js";

/** Builds the window in `pane` and keeps it fresh. */
export function startGroup(pane) {
  const list = h("ul", { class: "group-list", testid: "group-messages", "aria-live": "polite" });
  const body = h("div", { class: "group-thread", tabindex: "0", "aria-label": "群消息" });
  pane.append(
    h(
      "header",
      { class: "pane-head" },
      h("h2", { class: "pane-title" }, "社区运营群"),
      h("span", { class: "muted" }, "张三、李四、王五、社区机器人"),
    ),
    body,
  );
  const refresh = loading(body, sandbox.bot, (messages, root) => {
    if (!messages.length)
      return root.replaceChildren(emptyBox("robot", "群里还很安静", "待审提醒和处理结果由机器人发到这里"));
    if (!list.isConnected) root.replaceChildren(list);
    const before = list.lastElementChild?.dataset.key;
    sync(list, messages, ({ message_id: id }) => id, messageRow);
    if (list.lastElementChild.dataset.key === before) return undefined;
    body.scrollTop = body.scrollHeight;
    if (before) emit("group_news");
    return undefined;
  });
  refresh();
  onLive(refresh);
  on("pane_shown", () => (body.scrollTop = body.scrollHeight));
}

function messageRow({ body, kind, at }) {
  const content = body[kind]?.content;
  return h(
    "li",
    { class: "wc-row", testid: "group-message" },
    h("span", { class: "tile mini tile-violet" }, icon("robot")),
    h(
      "div",
      { class: "wc-bubble" },
      h("p", { class: "bot-name" }, "社区机器人", h("time", {}, clockText(at))),
      kind.startsWith("markdown") ? markdown(content) : h("p", {}, content ?? `［${kind}］`),
    ),
  );
}
