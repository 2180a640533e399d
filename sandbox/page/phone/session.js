/** Who holds the phone: a WeChat user, and the member that the community knows them as. */

import { Refusal, call } from "../api.js";
import * as sandbox from "../sandbox.js";
import { emit } from "../signals.js";

const STORE = "sandbox.session";

let state = { user: null, tokens: {}, ...stored() };
let member = null;
let renewing = null;

export const user = () => state.user;
export const me = () => member;
export const isOwner = () => member?.identity === "owner";

/** wx.login, then the community's own session. */
export async function signIn(someone) {
  const wasGuest = !state.user;
  await openSession(someone);
  emit("signed_in", { wasGuest });
}

/** A new WeChat user who signs in at once and keeps the nickname they chose. */
export async function signUp(nickname) {
  const wasGuest = !state.user;
  const { openid } = await sandbox.addUser(nickname);
  await openSession({ openid, nickname });
  await rename(nickname).catch(ignoreRefusal);
  emit("signed_in", { wasGuest });
}

export function signOut() {
  state = { ...state, user: null };
  member = null;
  store();
  emit("signed_out");
}

export const rename = (nickname) => learnMe("PUT", { body: { nickname } });

export const refreshMe = () => learnMe("GET");

async function learnMe(method, options) {
  const asked = state.user?.openid;
  if (!asked) return;
  const who = await asMember(method, "/v1/me", options);
  if (state.user?.openid === asked) setMember(who);
}

/** A call of the member's mini program; an outlived session is renewed once, as wx.login allows any time. */
export async function asMember(method, path, options = {}) {
  const token = state.user ? state.tokens[state.user.openid] : undefined;
  try {
    return await call(method, path, { ...options, token });
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 401 || !state.user) throw error;
    renewing ??= openSession(state.user).finally(() => (renewing = null));
    await renewing;
    return call(method, path, { ...options, token: state.tokens[state.user.openid] });
  }
}

/** Signs in again after a reload of the page; a user the sandbox forgot is signed out. */
export async function resume() {
  if (!state.user) return;
  const known = (await sandbox.users()).some(({ openid }) => openid === state.user.openid);
  if (!known) signOut();
  else await refreshMe();
}

async function openSession(someone) {
  const code = await sandbox.loginCode(someone.openid);
  const { token, member: who } = await call("POST", "/v1/session", { body: { code } });
  const { openid, nickname } = someone;
  state = { user: { openid, nickname }, tokens: { ...state.tokens, [openid]: token } };
  setMember(who);
}

function setMember(who) {
  member = who;
  state.user = { ...state.user, nickname: who.nickname };
  store();
  emit("member", { member });
}

export function ignoreRefusal(error) {
  if (!(error instanceof Refusal)) throw error;
}

function stored() {
  try {
    return JSON.parse(localStorage.getItem(STORE)) ?? {};
  } catch {
    return {};
  }
}

function store() {
  localStorage.setItem(STORE, JSON.stringify(state));
}
