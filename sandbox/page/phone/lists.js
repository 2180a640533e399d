/** Lists that go on by cursor: the newest part is looked at again, what was loaded below stays. */

import { Refusal } from "../api.js";
import { h, sync, working } from "../dom.js";
import { emptyBox, loading } from "../parts.js";
import { refusedView } from "./refused.js";
import { asMember } from "./session.js";
import { toast } from "./sheet.js";

const PAGE_ITEMS = 10;
// Of blocked people nothing is shown, so that a page may come without items and yet not be the last.
const PAGES_WITHOUT_ITEMS_MAX = 5;

/** Asks for the next page with something in it of a list of the API: `page(cursor)` gives {items, next_cursor}. */
export function pagesOf(path, asked = {}) {
  const one = (cursor) => {
    const query = new URLSearchParams({ limit: PAGE_ITEMS, ...asked, ...(cursor && { cursor }) });
    return asMember("GET", `${path}?${query}`);
  };
  return async (cursor) => {
    let found = await one(cursor);
    for (let pages = 1; pages < PAGES_WITHOUT_ITEMS_MAX && !found.items.length && found.next_cursor; pages += 1)
      found = await one(found.next_cursor);
    return found;
  };
}

/**
 * A list in `root`. `keyOf` names an item, `row` makes its element (an li), `empty` is what is shown instead of
 * nothing: [icon, title, text]. Returns `refresh`.
 */
export function pagedList(root, page, { keyOf, row, empty, testid, more = "加载更多", look = "post-list" }) {
  const list = h("ul", { class: look, testid });
  const older = h("button", { class: "btn more", type: "button", testid: "older" }, more);
  const none = emptyBox(...empty);
  const shown = { items: [], next: null, wentOn: false };
  older.onclick = () => working(older, add);

  function render() {
    older.hidden = !shown.next;
    none.hidden = shown.items.length > 0 || Boolean(shown.next);
    sync(list, shown.items, keyOf, row);
  }

  async function add() {
    try {
      const { items, next_cursor: next } = await page(shown.next);
      Object.assign(shown, { items: together(shown.items, items), next, wentOn: true });
      render();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      toast(error.detail);
    }
  }

  /** What is new comes first; nothing that was loaded below is lost while others write. */
  function together(first, then) {
    const keys = new Set(first.map(keyOf));
    return [...first, ...then.filter((item) => !keys.has(keyOf(item)))];
  }

  return loading(
    root,
    () => page(null),
    (first, body) => {
      shown.items = shown.wentOn ? together(first.items, shown.items) : first.items;
      if (!shown.wentOn) shown.next = first.next_cursor;
      if (!list.isConnected) body.replaceChildren(none, list, older);
      render();
    },
    { refused: refusedView },
  );
}
