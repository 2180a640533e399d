"""What finding posts asks of an index: the whole of it, so that another can take the place of ours.

Ours is `index.service`, in DynamoDB. When a community has outgrown it, OpenSearch can stand behind the
same two functions: docs/decisions/0020-search.md says what its adapter has to do.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal, Protocol

import msgspec


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What a post is found by. `heading` counts more than `text`.

    Both are only what everybody may read who may read the board.
    """

    post_id: str
    board_id: str
    kind: str
    model: str | None
    heading: str
    text: str


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for: `text` as somebody wrote it, on these boards only.

    `since` counts in, `until` does not. `model` is compared however it is written.
    """

    text: str
    boards: frozenset[str]
    kind: str | None = None
    model: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    sort: Literal["relevance", "latest"] = "relevance"


class Hits(msgspec.Struct, frozen=True, kw_only=True):
    """The boards and posts of a page, best first; `next_place` is where the next one starts, if any."""

    places: tuple[tuple[str, str], ...] = ()
    next_place: str | None = None


class Index(Protocol):
    """An index of posts by their words."""

    def renew(
        self,
        post_id: str,
        read: Callable[[], Document | None],
        *,
        cause_id: str,
        anew: bool = False,
    ) -> None:
        """Bring what is kept of a post in line with what `read` gives: None if it is to be found no more.

        `read` gives the post as it is at that moment, and is called after the index knows that somebody
        is at work: whoever renews the same post at the same time, what was read last stays. `cause_id`
        names why, and is the same when it is tried again. `anew`: also where nothing seems to differ.

        Refuses: Unavailable — others renew the same post again and again
        """

    def find(self, query: Query, *, place: str | None, limit: int, now: datetime) -> Hits:
        """A page of what has the words, best or latest first. It neither skips nor repeats a post while
        others are published, edited or deleted. `place` is of a page before, for the same query.
        """
