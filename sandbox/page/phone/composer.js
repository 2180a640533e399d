/** The line below a post: to comment, or to answer somebody. Whom one names with @ and who is there, is told. */

import { Refusal } from "../api.js";
import { h, working } from "../dom.js";
import { poke } from "../live.js";
import { keyed } from "./keys.js";
import { asMember, user } from "./session.js";
import { toast } from "./sheet.js";
import { askToSignIn } from "./sign_in.js";

const COMMENT_CHARS_MAX = 500;
const MENTIONS_MAX = 10;
const PLACEHOLDER = "友善地说点什么…";

/** `people()` can be mentioned; `said(comment)` gets what was sent. Gives {element, answer(comment), setClosed}. */
export function composer(path, { people, said }) {
  const input = h("input", {
    id: "comment-text",
    testid: "comment-text",
    maxlength: COMMENT_CHARS_MAX,
    autocomplete: "off",
    placeholder: PLACEHOLDER,
    required: true,
  });
  const send = h("button", { class: "btn primary", testid: "comment-submit" }, "发送");
  const whom = h("p", { class: "answering", testid: "answering", hidden: true });
  const closed = h("p", { class: "muted center closed-note", hidden: true, testid: "post-closed" }, "本帖已关闭评论");
  const submission = keyed();
  let answered = null;

  function answer(comment) {
    answered = comment;
    whom.hidden = !comment;
    input.placeholder = comment ? `回复 @${comment.author.nickname}` : PLACEHOLDER;
    if (!comment) return;
    const stop = h(
      "button",
      { class: "link", type: "button", testid: "answer-stop", onclick: () => answer(null) },
      "取消",
    );
    whom.replaceChildren(h("span", { class: "grow" }, `回复 @${comment.author.nickname}`), stop);
    input.focus();
  }

  async function submit() {
    if (!user()) return askToSignIn();
    const text = input.value.trim();
    const body = { text, parent_id: answered?.comment_id ?? null, mentions: mentioned(text, people()) };
    try {
      const comment = await submission(body, (key) => asMember("POST", path, { body, key }));
      input.value = "";
      answer(null);
      toast(comment.state === "held" ? "评论已提交，等待版主审核" : "评论已发送");
      said(comment);
      return poke();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return toast(error.errors[0]?.message ?? error.detail);
    }
  }

  const form = h(
    "form",
    {
      class: "composer",
      onsubmit: (event) => {
        event.preventDefault();
        working(send, submit);
      },
    },
    whom,
    h("label", { class: "sr", for: "comment-text" }, "写评论"),
    input,
    send,
  );
  const setClosed = (isClosed) => {
    form.hidden = isClosed;
    closed.hidden = !isClosed;
  };
  return { element: h("div", {}, form, closed), answer, setClosed };
}

function mentioned(text, people) {
  const named = people.filter(({ nickname }) => text.includes(`@${nickname}`)).map(({ member_id: id }) => id);
  return [...new Set(named)].slice(0, MENTIONS_MAX);
}
