/** Who holds the phone: a WeChat user, and the member that the community knows them as. */

import { Refusal, call } from "../api.js";
import * as sandbox from "../sandbox.js";
import { emit } from "../signals.js";

const STORE = "sandbox.session";

let state = { user: null, tokens: {}, ...stored() };
let member = null;
const renewing = new Map();

export const user = () => state.user;
export const me = () => member;
export const isOwner = () => member?.identity === "owner";

/** wx.login, then the community's own session. */
export async function signIn(someone) {
  const wasGuest = !state.user;
  enter(someone, await newSession(someone.openid));
  emit("signed_in", { wasGuest });
}

/** A new WeChat user who signs in at once and keeps the nickname they chose. */
export async function signUp(nickname) {
  const wasGuest = !state.user;
  const { openid } = await sandbox.addUser(nickname);
  enter({ openid, nickname }, await newSession(openid));
  await changeMe({ nickname }).catch(ignoreRefusal);
  emit("signed_in", { wasGuest });
}

/** This phone's session ends; one that has ended already is as good. */
export async function signOut() {
  const { openid } = state.user;
  try {
    await call("DELETE", "/v1/session", { token: state.tokens[openid] });
  } catch (error) {
    if (error.status !== 401) throw error;
  }
  if (holds(openid)) leave();
}

/** All sessions of this member end, on every phone. */
export async function signOutEverywhere() {
  const { openid } = state.user;
  await asMember("POST", "/v1/me/sessions/revoke");
  if (holds(openid)) leave();
}

/** Tells the community something about me: any subset of what it asks. Who is too young is let out at once. */
export async function changeMe(changes) {
  try {
    await learnMe("PUT", "/v1/me", { body: changes });
  } catch (error) {
    if (error.code === "minor_member" && state.user) {
      leave();
      emit("turned_away", { detail: error.detail });
    }
    throw error;
  }
}

export const refreshMe = () => learnMe("GET", "/v1/me");

/** A call that answers with who I am now. */
export async function learnMe(method, path, options) {
  const openid = state.user?.openid;
  if (!openid) return;
  const who = await asMember(method, path, options);
  if (holds(openid)) setMember(who);
}

/** A call of the member's mini program; an outlived session is renewed once, as wx.login allows any time. */
export async function asMember(method, path, options = {}) {
  const openid = state.user?.openid;
  const token = state.tokens[openid];
  try {
    return await callWith(openid, method, path, options);
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 401 || !openid || !holds(openid)) throw error;
    if (state.tokens[openid] === token) await renew(openid);
    return callWith(openid, method, path, options);
  }
}

/** Signs in again after a reload of the page; a user the sandbox forgot is signed out. */
export async function resume() {
  if (!state.user) return;
  const known = (await sandbox.users()).some(({ openid }) => openid === state.user?.openid);
  if (!known) leave();
  else await refreshMe();
}

export function ignoreRefusal(error) {
  if (!(error instanceof Refusal)) throw error;
}

const holds = (openid) => state.user?.openid === openid;

/** The API may answer with a fresh token when the old one has aged: from then on that one is sent. */
function callWith(openid, method, path, options) {
  const token = state.tokens[openid];
  const heard = (headers) => {
    const fresh = headers.get("Session-Token");
    if (fresh && state.tokens[openid] === token) keep({ tokens: { ...state.tokens, [openid]: fresh } });
  };
  return call(method, path, { ...options, token, heard });
}

async function renew(openid) {
  if (!renewing.has(openid)) renewing.set(openid, newSession(openid).finally(() => renewing.delete(openid)));
  const session = await renewing.get(openid);
  if (holds(openid)) enter(state.user, session);
}

async function newSession(openid) {
  const code = await sandbox.loginCode(openid);
  return call("POST", "/v1/session", { body: { code } });
}

function enter({ openid, nickname }, { token, member: who }) {
  if (!holds(openid)) member = null;
  state = { ...state, user: { openid, nickname }, tokens: { ...state.tokens, [openid]: token } };
  setMember(who);
}

function leave() {
  const { [state.user.openid]: _, ...tokens } = state.tokens;
  keep({ user: null, tokens });
  member = null;
  emit("signed_out");
}

/** Some answers tell all of a member, others the part that everybody has. */
function setMember(who) {
  member = who.member_id === member?.member_id ? { ...member, ...who } : who;
  keep({ user: { ...state.user, nickname: who.nickname } });
  emit("member", { member });
}

function stored() {
  try {
    return JSON.parse(localStorage.getItem(STORE)) ?? {};
  } catch {
    return {};
  }
}

function keep(changes) {
  state = { ...state, ...changes };
  localStorage.setItem(STORE, JSON.stringify(state));
}
