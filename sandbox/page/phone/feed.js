/** The member's own feed, each post with why it is there; and what they did with it, told in batches. */

import { Refusal } from "../api.js";
import { h, randomId, sync, working } from "../dom.js";
import { icon } from "../icons.js";
import { emptyBox, loading } from "../parts.js";
import { now } from "../time.js";
import { postCard } from "./cards.js";
import { pagesOf } from "./lists.js";
import { asMember, ignoreRefusal, user } from "./session.js";
import { toast } from "./sheet.js";

const BATCH_MS = 1500;
const BATCH_EVENTS_MAX = 100;
const SEEN_SHARE = 0.6;
const KEPT_MS = 10 * 60_000;

const page = pagesOf("/v1/feed");
const holder = () => user()?.openid ?? null;

// Who comes back from a post finds what they left.
let kept = { openid: undefined };
let waiting = [];
let timer = null;

/** The feed in `root`, which is scrolled in `view`. Returns `refresh`: what is shown stays until one asks for more. */
export function feedSection(root, view) {
  const list = h("ul", { class: "post-list", testid: "feed" });
  const none = emptyBox("pen", "还没有可以推荐的内容", "关注板块和话题，或者先发一帖");
  const next = button("更多推荐", "feed-more", async () =>
    show(isMine() ? { items: [...kept.items, ...(await goOn()).items] } : await begin()),
  );
  const others = button("换一批", "feed-next", async () => {
    show(await (isMine() && kept.next ? goOn() : begin()));
    // Not scrollIntoView: that moves the phone's frame, too.
    view.scrollTop += head.getBoundingClientRect().top - view.getBoundingClientRect().top;
  });
  const head = h("div", { class: "section-head" }, h("h3", { class: "section-title" }, "为您推荐"), others);
  const watching = new IntersectionObserver(noteSeen, { root: view, threshold: SEEN_SHARE });

  function show({ items }) {
    // Somebody else may hold the phone by now.
    if (!root.isConnected) return;
    kept.items = items;
    none.hidden = items.length > 0;
    next.hidden = !kept.next;
    others.hidden = !items.length;
    sync(list, items, (item) => item.post_id, feedCard);
    for (const card of list.children) watching.observe(card);
  }

  root.append(head);
  return loading(
    root,
    () => (isFresh() ? kept : begin()),
    (found, body) => {
      if (!list.isConnected) body.replaceChildren(none, list, next);
      show(found);
    },
    { refused: problemLine },
  );
}

const isMine = () => kept.openid === holder();
const isFresh = () => isMine() && kept.items.length > 0 && Date.now() - kept.at < KEPT_MS;

async function begin() {
  const openid = holder();
  const { items, next_cursor: next } = await page(null);
  kept = { openid, items, next, at: Date.now() };
  return kept;
}

async function goOn() {
  const mine = kept;
  const { items, next_cursor: next } = await page(mine.next);
  mine.next = next;
  const shown = new Set(mine.items.map((item) => item.post_id));
  return { items: items.filter((item) => !shown.has(item.post_id)) };
}

/** Smaller than what stands for a whole view: the boards above may be there. */
function problemLine({ detail }, retry) {
  return h(
    "div",
    { class: "feed-problem", role: "alert" },
    h("p", { class: "muted" }, detail),
    button("重试", "feed-retry", retry),
  );
}

function button(label, testid, action) {
  const element = h("button", { class: "btn small more", type: "button", testid }, label);
  element.onclick = () => working(element, () => action().catch(said));
  return element;
}

function said(error) {
  if (!(error instanceof Refusal)) throw error;
  toast(error.detail);
}

function feedCard(item) {
  const why = h("span", { class: "why", testid: "feed-why" }, icon("spark"), item.why);
  const onopen = () => note("clicked", item.post_id);
  return postCard(item, { why, testid: "feed-item", onopen });
}

function noteSeen(entries) {
  for (const { isIntersecting, target } of entries) if (isIntersecting) note("seen", target.dataset.key);
}

/** Each once in a session; guests are nobody whose interests could be known. */
function note(kind, postId) {
  const openid = holder();
  if (!openid || kept.openid !== openid) return;
  const told = (kept.told ??= new Set());
  if (told.has(`${kind} ${postId}`)) return;
  told.add(`${kind} ${postId}`);
  waiting.push({ openid, event: { post_id: postId, kind, at: now().toISOString() } });
  timer ??= setTimeout(tell, BATCH_MS);
}

async function tell() {
  timer = null;
  const openid = holder();
  const events = waiting.filter((each) => each.openid === openid).map(({ event }) => event);
  waiting = [];
  for (let i = 0; i < events.length; i += BATCH_EVENTS_MAX)
    await send({ events: events.slice(i, i + BATCH_EVENTS_MAX) }, randomId());
}

/** Once more with the same key where no answer came: what counts twice would be wrong, what is lost is little. */
async function send(body, key) {
  const again = () => asMember("POST", "/v1/feed/events", { body, key });
  try {
    await again().catch((error) => (error.passing ? again() : Promise.reject(error)));
  } catch (error) {
    ignoreRefusal(error);
  }
}
