/** My data to take along: asked for here, made in the background, a link for a day. */

import { h } from "../dom.js";
import { chip } from "../parts.js";
import { momentText } from "../time.js";
import { asMember, ignoreRefusal, user } from "./session.js";

const STORE = "sandbox.exports";
const STATES = {
  making: ["整理中", "amber"],
  ready: ["可下载", "green"],
  failed: ["未成功", "red"],
  expired: ["已过期", ""],
};

export async function askForExport() {
  const { openid } = user();
  const { export_id: exportId } = await asMember("POST", "/v1/me/export");
  localStorage.setItem(STORE, JSON.stringify({ ...asked(), [openid]: exportId }));
}

/** The last one that this phone asked for; null for none. Its link is good for a moment: see `download`. */
export async function fetchExport() {
  const exportId = asked()[user()?.openid];
  if (!exportId) return null;
  try {
    const { url: _, ...latest } = await asMember("GET", `/v1/me/exports/${exportId}`);
    return latest;
  } catch (error) {
    ignoreRefusal(error);
    return null;
  }
}

/** Saves the file, through a fresh link. */
export async function download({ export_id: exportId }) {
  const { url } = await asMember("GET", `/v1/me/exports/${exportId}`);
  if (url) h("a", { href: url, download: "" }).click();
}

export const exportState = ({ state }) => chip(...(STATES[state] ?? [state]));

export function exportText(latest) {
  if (latest?.state === "making") return "正在整理您在社区的全部数据，通常只要几秒钟。";
  if (latest?.state === "ready") return `压缩包内含全部数据与图片清单，${momentText(latest.expires_at)} 前可下载。`;
  if (latest?.state === "failed") return "上次没有整理成功，请重新申请。";
  return "资料、认证、车辆、帖子、通知……打包成一个文件，每天最多 3 次。";
}

function asked() {
  try {
    return JSON.parse(localStorage.getItem(STORE)) ?? {};
  } catch {
    return {};
  }
}
