/** The little Markdown that WeCom messages know (bold, quote, colour, links), as elements: never as HTML text. */

import { h } from "./dom.js";

const TOKEN = /\*\*(.+?)\*\*|<font color="(info|comment|warning)">(.*?)<\/font>|\[([^\]]+)\]\(([^)\s]+)\)|`([^`]+)`/g;

export function markdown(text) {
  return h("div", { class: "md" }, String(text).split("\n").map(line));
}

function line(text) {
  if (text.startsWith(">")) return h("p", { class: "md-quote" }, inline(text.slice(1).trim()));
  const heading = /^#{1,6}\s+(.*)$/.exec(text);
  if (heading) return h("p", { class: "md-title" }, inline(heading[1]));
  const item = /^[-*]\s+(.*)$/.exec(text);
  if (item) return h("p", { class: "md-item" }, inline(item[1]));
  return text.trim() ? h("p", {}, inline(text)) : null;
}

function inline(text) {
  const parts = [];
  let done = 0;
  for (const match of text.matchAll(TOKEN)) {
    parts.push(text.slice(done, match.index), element(match));
    done = match.index + match[0].length;
  }
  return [...parts, text.slice(done)];
}

function element([, bold, colour, coloured, label, , code]) {
  if (bold !== undefined) return h("strong", {}, inline(bold));
  if (colour !== undefined) return h("span", { class: `md-${colour}` }, inline(coloured));
  if (label !== undefined) return h("span", { class: "md-link" }, label);
  return h("code", {}, code);
}
