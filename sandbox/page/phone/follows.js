/** What the member follows, and the button that follows a board or a topic. */

import { Refusal } from "../api.js";
import { h, working } from "../dom.js";
import { icon } from "../icons.js";
import { asMember, user } from "./session.js";
import { toast } from "./sheet.js";
import { askToSignIn } from "./sign_in.js";

const PAGE_FOLLOWS = 50;

let known = { openid: null, keys: null };

const keyOf = (kind, id) => `${kind} ${id.toLowerCase()}`;
const pathOf = (kind, id) => `/v1/follows/${kind}/${encodeURIComponent(id)}`;

/** Whether they follow it; all that they follow is asked for once. */
async function follows(kind, id) {
  const { openid } = user();
  if (known.openid !== openid) known = { openid, keys: everything() };
  const mine = known;
  try {
    return (await mine.keys).has(keyOf(kind, id));
  } catch (error) {
    if (known === mine) known = { openid: null, keys: null };
    throw error;
  }
}

async function everything() {
  const keys = new Set();
  let cursor = null;
  do {
    const query = new URLSearchParams({ limit: PAGE_FOLLOWS, ...(cursor && { cursor }) });
    const page = await asMember("GET", `/v1/me/follows?${query}`);
    page.items.forEach((follow) => keys.add(keyOf(follow.kind, follow.id)));
    cursor = page.next_cursor;
  } while (cursor);
  return keys;
}

/** The member follows it from now on, or no longer. Refuses: Refusal */
export async function setFollow(kind, id, on) {
  await asMember(on ? "PUT" : "DELETE", pathOf(kind, id));
  if (known.openid !== user()?.openid) return;
  const keys = await known.keys;
  if (on) keys.add(keyOf(kind, id));
  else keys.delete(keyOf(kind, id));
}

/** 关注 or 已关注, as it is. */
export function followButton(kind, id) {
  const button = h("button", { class: "btn small follow", type: "button", testid: `follow-${kind}` });
  let on = false;

  function show(follow) {
    on = follow;
    button.setAttribute("aria-pressed", String(on));
    button.replaceChildren(icon(on ? "check" : "plus"), on ? "已关注" : "关注");
  }

  async function said(action) {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      toast(error.detail);
    }
  }

  const toggle = () =>
    said(async () => {
      await setFollow(kind, id, !on);
      show(!on);
      toast(on ? "已关注，推荐里会多一些它的内容" : "已取消关注");
    });
  button.onclick = () => (user() ? working(button, toggle) : askToSignIn());
  show(false);
  if (user()) working(button, () => said(async () => show(await follows(kind, id))));
  return button;
}
