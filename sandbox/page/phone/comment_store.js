/** The comments of one post as far as they were looked at, with what one did a moment ago and nobody counted yet. */

import { pagesOf } from "./lists.js";
import { asMember } from "./session.js";

const PAGE_COMMENTS = 20;
const PAGE_REPLIES = 50;
const PAGES_LOOKED_THROUGH_MAX = 10;

export class CommentStore {
  sort = "time";
  /** The first page, which is looked at again; those behind it; what one said oneself; whole threads; own likes. */
  #first = [];
  #rest = [];
  #sent = [];
  #next = null;
  #threads = new Map();
  #likes = new Map();

  constructor(path) {
    this.path = path;
  }

  get hasMore() {
    return Boolean(this.#next);
  }

  get items() {
    return this.#once([...this.#first, ...this.#rest, ...this.#sentTo(null)]);
  }

  /** Everything said below a comment, or null while only the first of it is shown. */
  thread(id) {
    const replies = this.#threads.get(id);
    return replies ? this.#once([...replies, ...this.#sentTo(id)]) : null;
  }

  /** Everybody who said something that is shown in full. */
  get people() {
    return [...this.items, ...[...this.#threads.values()].flat()].map(({ author }) => author).filter(Boolean);
  }

  /** Looks again; the accepted answer is found also where it stands on a later page. */
  async fetch(accepted) {
    const { items, next_cursor: next } = await this.#page();
    this.#first = items;
    if (!this.#rest.length) this.#next = next;
    const isMissing = () => accepted && !this.#has(accepted) && this.hasMore;
    for (let pages = 0; pages < PAGES_LOOKED_THROUGH_MAX && isMissing(); pages += 1) await this.addPage();
    await Promise.all([...this.#threads.keys()].map((id) => this.#openAgain(id)));
  }

  async addPage() {
    const { items, next_cursor: next } = await this.#page(this.#next);
    this.#rest.push(...items);
    this.#next = next;
  }

  sortBy(sort) {
    Object.assign(this, { sort });
    this.#rest = [];
    this.#next = null;
  }

  async open(id) {
    this.#threads.set(id, await this.#repliesTo(id));
  }

  /** Who folded it meanwhile finds it folded. */
  async #openAgain(id) {
    const replies = await this.#repliesTo(id);
    if (this.#threads.has(id)) this.#threads.set(id, replies);
  }

  async #repliesTo(id) {
    const replies = [];
    let cursor = null;
    do {
      const query = new URLSearchParams({ limit: PAGE_REPLIES, ...(cursor && { cursor }) });
      const page = await asMember("GET", `${this.path}/${id}/replies?${query}`);
      replies.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor && replies.length < PAGE_REPLIES * PAGES_LOOKED_THROUGH_MAX);
    return replies;
  }

  close(id) {
    this.#threads.delete(id);
  }

  /** What one has just said; a reply is shown with its whole thread, never as if it were the only one. */
  async add(comment) {
    const { parent_id: top } = comment;
    this.#sent.push(comment);
    if (top && !this.#threads.has(top)) await this.open(top);
  }

  async like(comment) {
    const liked = !comment.liked;
    await asMember(liked ? "PUT" : "DELETE", `${this.path}/${comment.comment_id}/reactions/like`);
    this.#likes.set(comment.comment_id, { liked, likes: Math.max(0, comment.likes + (liked ? 1 : -1)) });
  }

  async remove({ comment_id: gone }) {
    await asMember("DELETE", `${this.path}/${gone}`);
    const others = (comments) => comments.filter(({ comment_id: id }) => id !== gone);
    [this.#first, this.#rest, this.#sent] = [this.#first, this.#rest, this.#sent].map(others);
    for (const [id, replies] of this.#threads) this.#threads.set(id, others(replies));
    this.close(gone);
  }

  #page(cursor) {
    return pagesOf(this.path, { sort: this.sort, limit: PAGE_COMMENTS })(cursor);
  }

  #has = (wanted) => [...this.#first, ...this.#rest, ...this.#sent].some(({ comment_id: id }) => id === wanted);

  #sentTo = (id) => this.#sent.filter(({ parent_id: top }) => (top ?? null) === id);

  /** Each once, as it is known first: of what one said oneself, as the server tells it by now. */
  #once(all) {
    const first = new Map(all.toReversed().map((comment) => [comment.comment_id, comment]));
    return [...new Set(all.map(({ comment_id: id }) => id))].map((id) => this.#withLike(first.get(id)));
  }

  /** One's own like is there at once; the count follows. */
  #withLike(comment) {
    const own = this.#likes.get(comment.comment_id);
    if (!own) return comment;
    const { liked, likes } = comment;
    const isCounted = liked === own.liked && (liked ? likes >= own.likes : likes <= own.likes);
    if (!isCounted) return { ...comment, ...own };
    this.#likes.delete(comment.comment_id);
    return comment;
  }
}
