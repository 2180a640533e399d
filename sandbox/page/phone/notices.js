/** What reaches the member: the community's notifications, and WeChat's service notices. */

import { Refusal } from "../api.js";
import * as sandbox from "../sandbox.js";
import { emit } from "../signals.js";
import { asMember, me, refreshMe, user } from "./session.js";

const PAGE_NOTICES = 30;

let notices = { items: [], unread: 0 };
let seen = { openid: null, newest: null, services: new Set() };

/** Looks for both; a new notification may mean that the member is somebody else now (an owner). */
export async function refreshNotices() {
  const who = user();
  if (!who) return forget();
  try {
    await look(who.openid);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  return undefined;
}

/** The page of notifications, also for the badge. */
export async function fetchNotices() {
  keep(await asMember("GET", `/v1/notifications?limit=${PAGE_NOTICES}`));
  return notices;
}

export async function markRead(newest) {
  await asMember("POST", "/v1/notifications/read", { body: { up_to: newest.notification_id } });
  await fetchNotices();
}

async function look(openid) {
  const first = seen.openid !== openid;
  const [page, sent] = await Promise.all([
    asMember("GET", `/v1/notifications?limit=${PAGE_NOTICES}`),
    sandbox.serviceNotices(openid),
  ]);
  if (user()?.openid !== openid) return;
  const newest = page.items[0]?.notification_id ?? null;
  const arrived = !first && newest !== seen.newest;
  const fresh = first ? [] : sent.filter(({ message_id: id }) => !seen.services.has(id));
  seen = { openid, newest, services: new Set(sent.map(({ message_id: id }) => id)) };
  keep(page);
  fresh.forEach((message) => emit("service_notice", { message }));
  if (!me()) await refreshMe();
  if (!arrived) return;
  await refreshMe();
  emit("notified", { newest: page.items[0] });
}

function keep(page) {
  notices = page;
  emit("unread", { count: page.unread });
}

function forget() {
  seen = { openid: null, newest: null, services: new Set() };
  keep({ items: [], unread: 0 });
}
