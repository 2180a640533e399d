/** 搜索: what somebody begins to write is completed; what is found has its words marked. */

import { Refusal } from "../api.js";
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { emptyBox } from "../parts.js";
import { boardsAtHand } from "./boards.js";
import { postCard } from "./cards.js";
import { pagedList, pagesOf } from "./lists.js";
import * as nav from "./nav.js";
import { asMember, ignoreRefusal } from "./session.js";

const ASKED_CHARS_MAX = 50;
const BEGUN_CHARS_MAX = 20;
const TOPIC_CHARS_MAX = 20;
const PAUSE_MS = 200;

const KINDS = { "": "全部类型", discussion: "讨论", question: "提问", article: "文章", poll: "投票" };
const SORTS = { relevance: "最相关", latest: "最新" };

nav.register("search", {
  tab: "community",
  title: () => "搜索",
  mount({ body }, params) {
    const offered = h("ul", { class: "suggestions", testid: "suggestions", hidden: true });
    const found = h("div", {});
    const suggest = suggesting(offered, search);
    const input = h("input", {
      type: "search",
      id: "search-input",
      testid: "search-input",
      maxlength: ASKED_CHARS_MAX,
      autocomplete: "off",
      placeholder: "搜索帖子、话题、车型",
      value: params.q ?? "",
      oninput: () => suggest(input.value),
    });
    const boards = choice("board", "板块", { "": "全部板块" }, params, again);
    const filters = h(
      "div",
      { class: "filters" },
      boards,
      choice("kind", "类型", KINDS, params, again),
      choice("sort", "排序", SORTS, params, again),
    );
    let refresh = () => Promise.resolve();

    function search(words) {
      input.value = params.q = words;
      suggest.stop();
      const topic = h("div", {});
      found.replaceChildren(topic);
      offerTopic(topic, words).catch(ignoreRefusal);
      refresh = once(results(found, params));
      return refresh();
    }

    function again() {
      if (params.q) search(params.q);
    }

    const onsubmit = (event) => {
      event.preventDefault();
      if (input.value.trim()) search(input.value.trim());
      else found.replaceChildren(emptyBox("search", "请输入要搜索的内容"));
    };
    body.append(
      h(
        "form",
        { class: "search-form", role: "search", onsubmit },
        h("label", { class: "sr", for: "search-input" }, "搜索"),
        input,
        h("button", { class: "btn primary", testid: "search-submit" }, "搜索"),
      ),
      offered,
      filters,
      found,
    );
    fillBoards(boards, params).catch(ignoreRefusal);
    if (params.q) search(params.q);
    else input.focus({ preventScroll: true });
    // What was found stays as it was; looking again is pressing 搜索 again.
    return () => refresh();
  },
});

/** Who looks for a word may mean the topic, if there are posts with it: there it can be followed. */
async function offerTopic(root, words) {
  if ([...words].length > TOPIC_CHARS_MAX) return;
  const { items } = await pagesOf(`/v1/topics/${encodeURIComponent(words)}/posts`, { limit: 1 })(null);
  if (!items.length) return;
  const open = () => nav.go("topic", { topic: words });
  root.append(
    h(
      "button",
      { class: "topic-entry", type: "button", testid: "open-topic", onclick: open },
      icon("tag"),
      h("span", { class: "grow" }, `话题 #${words}`),
      icon("next"),
    ),
  );
}

function once(look) {
  let looked = null;
  return () => (looked ??= look());
}

function choice(name, label, options, params, again) {
  const select = h("select", { "aria-label": label, testid: `search-${name}` }, optionsOf(options));
  select.value = params[name] ?? Object.keys(options)[0];
  select.onchange = () => {
    params[name] = select.value;
    again();
  };
  return select;
}

const optionsOf = (options) => Object.entries(options).map(([value, text]) => h("option", { value }, text));

async function fillBoards(select, params) {
  const boards = await boardsAtHand();
  select.append(...optionsOf(Object.fromEntries(boards.map(({ board_id: id, name }) => [id, name]))));
  select.value = params.board ?? "";
}

/** Words to go on with, below the box. `suggest(begun)` looks for them, `suggest.stop()` puts them away. */
function suggesting(list, choose) {
  let timer = null;
  let asked = 0;

  function suggest(begun) {
    suggest.stop();
    const words = [...begun.trim()].slice(0, BEGUN_CHARS_MAX).join("");
    if (words) timer = setTimeout(() => look(words).catch(ignoreRefusal), PAUSE_MS);
  }

  suggest.stop = () => {
    clearTimeout(timer);
    asked += 1;
    list.hidden = true;
  };

  async function look(words) {
    const mine = asked;
    const { items } = await asMember("GET", `/v1/search/suggestions?${new URLSearchParams({ q: words })}`);
    if (mine !== asked) return;
    list.replaceChildren(...items.map(suggestion));
    list.hidden = items.length === 0;
  }

  const suggestion = (word) =>
    h(
      "li",
      {},
      h(
        "button",
        { class: "suggestion", type: "button", testid: "suggestion", onclick: () => choose(word) },
        icon("search"),
        word,
      ),
    );
  return suggest;
}

function results(root, { q, board, kind, sort }) {
  const page = pagesOf("/v1/search", {
    q,
    ...(board && { board }),
    ...(kind && { kind }),
    ...(sort && { sort }),
  });
  return pagedList(root, (cursor) => page(cursor).catch(plainly), {
    keyOf: ({ post }) => post.post_id,
    row: ({ post, title, teaser }) =>
      postCard(post, { title: title.map(segment), teaser: teaser.map(segment), testid: "found" }),
    empty: ["search", "没有找到相关内容", "换个说法，或者放宽筛选条件试试"],
    testid: "results",
  });
}

/** What is wrong with the words is said, rather than that something is wrong. */
function plainly(refusal) {
  if (!(refusal instanceof Refusal) || !refusal.errors.length) throw refusal;
  throw new Refusal(refusal.status, { code: refusal.code, detail: refusal.errors[0].message });
}

const segment = ({ text, hit }) => (hit ? h("mark", {}, text) : text);
