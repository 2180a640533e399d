/** What operators put before the member: a banner on top, and a strip of what stands in the other slots. */

import { h } from "../dom.js";
import { opener } from "./links.js";
import { asMember, ignoreRefusal } from "./session.js";
import { toast } from "./sheet.js";

const BANNER = "home-banner";

/** Fills both places; the rest of the page does without where this cannot be had. */
export async function showSlots(bannerRoot, stripRoot) {
  try {
    const { items } = await asMember("GET", "/v1/slots");
    const filled = items.filter((slot) => slot.items.length);
    bannerRoot.replaceChildren(...filled.filter(({ slot }) => slot === BANNER).map(banner));
    const others = filled.filter(({ slot }) => slot !== BANNER);
    stripRoot.replaceChildren(...(others.length ? [strip(others)] : []));
  } catch (error) {
    ignoreRefusal(error);
  }
}

function banner(slot) {
  return h(
    "ul",
    { class: "banners", testid: `slot-${slot.slot}`, "aria-label": slot.name },
    slot.items.map((entry) => h("li", {}, entryButton(entry, "banner-entry", entry.picture.large))),
  );
}

function strip(slots) {
  return h(
    "ul",
    { class: "strip", "aria-label": "活动与优惠" },
    slots.flatMap(({ slot, name, items }) =>
      items.map((entry) =>
        h("li", { testid: `slot-${slot}` }, entryButton(entry, "strip-entry", entry.picture.medium, name)),
      ),
    ),
  );
}

function entryButton(entry, look, address, name) {
  const open = entry.kind === "post" ? opener(`posts/${entry.ref_id}`) : opener(entry.link);
  const picture = h("img", { src: address, alt: "" });
  picture.onerror = () => picture.remove();
  return h(
    "button",
    {
      class: look,
      type: "button",
      testid: "slot-entry",
      onclick: () => (open ? open() : toast("活动页面即将上线")),
    },
    picture,
    name && h("span", { class: "entry-slot" }, name),
    h("span", { class: "entry-title" }, entry.title),
  );
}
