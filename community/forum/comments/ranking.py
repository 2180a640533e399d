"""Comments by how many like them, page by page, while likes change.

A page has the most liked as they are at this moment, but those that were shown before: the cursor tells
which these are, for RANKED_MAX and some. Behind them comes the rest by time, an order that does not
change. So none comes twice and none is left out, and no page reads more than RANKED_MAX + 2 pages. Pure.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence

from community.forum.comments.rules import RANKED_MAX, Comment

_MARK_CHARS = 8
_RANKED = "-"
"""The place by time while a list has not come to that."""

MostLiked = Callable[[int], Sequence[Comment]]
OldestFirst = Callable[[str | None], Sequence[Comment]]


def page(
    place: str | None, limit: int, most_liked: MostLiked, oldest_first: OldestFirst
) -> tuple[list[Comment], str | None]:
    """Some comments, and the place where the list goes on.

    Shape: `most_liked` gives so many of those that have likes, `oldest_first` up to `limit` after one
    """
    after, seen = _read(place)
    items: list[Comment] = []
    if after == _RANKED:
        items = [each for each in most_liked(len(seen) + limit) if _mark(each) not in seen][:limit]
        seen |= set(map(_mark, items))
        if len(items) == limit and len(seen) < RANKED_MAX:
            return items, _written(_RANKED, seen)
        after = ""
    room = limit - len(items)
    found = oldest_first(after or None)
    for each in found:
        if _mark(each) not in seen:
            if not room:
                break
            items.append(each)
            room -= 1
        after = each.comment_id
    else:
        if len(found) < limit:
            return items, None
    return items, _written(after, seen)


def _read(place: str | None) -> tuple[str, set[str]]:
    after, _, marks = (place or f"{_RANKED}|").partition("|")
    starts = range(0, len(marks), _MARK_CHARS)
    return after, {marks[start : start + _MARK_CHARS] for start in starts}


def _written(after: str, seen: set[str]) -> str:
    return f"{after}|{''.join(sorted(seen))}"


def _mark(comment: Comment) -> str:
    """What a cursor keeps of a comment: 48 bits tell those of a post apart."""
    digest = hashlib.blake2b(comment.comment_id.encode(), digest_size=6).digest()
    return base64.urlsafe_b64encode(digest).decode()
