/** The sandbox's control API, as the page uses it. The shapes of its answers are known here only. */

import { call, callForFile } from "./api.js";

const at = (path) => `/_sandbox${path}`;
const of = (id) => encodeURIComponent(id);
const read = (path) => call("GET", at(path));
const post = (path, body = {}) => call("POST", at(path), { body });
const items = async (path) => (await read(path)).items;

export const users = () => items("/users");
export const addUser = (nickname) => post("/users", { nickname });
/** What the button for the phone number gives to the mini program. */
export const phoneCode = async (openid, phone) => (await post(`/users/${of(openid)}/phone-code`, { phone })).code;
/** A photo of a vehicle licence that says what is given, as image/png. */
export const photograph = (licence) => callForFile(at("/pictures"), licence);
export const loginCode = async (openid) => (await post(`/users/${of(openid)}/login-code`)).code;

/** Both directions, oldest first: {from: "member"|"service", message_id, kind, body, at}; events are not seen. */
export const chat = async (openid) => (await items(`/chat/${of(openid)}`)).filter(({ kind }) => kind !== "event");
export const sayText = (openid, text) => post(`/users/${of(openid)}/say`, { type: "text", text, wait_s: 0 });
export const enterChat = (openid) =>
  post(`/users/${of(openid)}/say`, { type: "event", event: "user_enter_tempsession", wait_s: 0 });

export const templates = async () => (await read("/identity")).templates;
export const acceptedTimes = async (openid) => (await read(`/users/${of(openid)}`)).accepted;
export const serviceNotices = (openid) => items(`/sent?kind=subscribe&to=${of(openid)}`);

export const staff = () => items("/staff");
/** Oldest first: {from, message_id, kind, body, look: {card, buttons, replaced_text}, at}. */
export const inbox = (userid) => items(`/inbox/${of(userid)}`);
/** `selected`: the ids of the chosen options by the card's question. */
export const press = (userid, messageId, key, selected) =>
  post(`/staff/${of(userid)}/press`, { message_id: messageId, key, selected });
export const bot = () => items("/bot");

export const aheadS = async () => (await read("/clock")).ahead_s;
export const moveAhead = async (seconds) => (await post("/clock", { ahead_s: seconds })).ahead_s;
export const setVerdict = (text, suggest) => post("/verdicts", { text, suggest });
