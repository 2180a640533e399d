/** What an author wrote, drawn from the blocks that the API made of it: text stays text, links lead where they may. */

import { h } from "../dom.js";
import { opener } from "./links.js";

/** Paragraphs, quotes and lists of {kind, spans | items}. */
export const drawn = (blocks) => blocks.map((block) => BLOCKS[block.kind](block));

const BLOCKS = {
  paragraph: ({ spans }) => h("p", {}, spans.map(inline)),
  quote: ({ spans }) => h("blockquote", {}, spans.map(inline)),
  list: ({ start, items }) =>
    h(
      start === null ? "ul" : "ol",
      { start },
      items.map((spans) => h("li", {}, spans.map(inline))),
    ),
};

function inline({ text, bold, link }) {
  const words = bold ? h("strong", {}, text) : text;
  return link ? linked(words, link) : words;
}

function linked(words, link) {
  if (link.startsWith("https://"))
    return h("a", { class: "text-link", href: link, target: "_blank", rel: "noopener noreferrer" }, words);
  const open = opener(link);
  return open ? h("button", { class: "text-link", type: "button", onclick: open }, words) : h("span", {}, words);
}

/** Whom an audience rule lets in, in a word or two; what is more than that has none. */
export function audienceText({ identity, tier_min: tier, ...more }) {
  if (Object.keys(more).length) return "部分会员";
  const who = identity?.map((each) => IDENTITIES[each]).join("、");
  const level = tier && `${tier} 及以上`;
  return [level, who ?? (level && "会员")].filter(Boolean).join("") || "所有人";
}

const IDENTITIES = { prospect: "潜客", deposit_holder: "意向金用户", owner: "车主" };
