"""My own feed, and what I did with it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from chalicelib import ids
from chalicelib.http import Who
from chalicelib.lists import Page, PageQuery
from community.commons.media import service as media
from community.forum.feed import service as feed
from community.forum.feed.rules import EVENTS_MAX, Event
from community.forum.posts.rules import Author, Card, Counts, PostKind
from mini_program_api.door import GuestCall, MemberCall, door


class FeedItem(msgspec.Struct, kw_only=True):
    """A post in my feed, and `why` it is there; the rest as in other lists of posts."""

    post_id: str
    board_id: str
    author: Author
    kind: PostKind
    title: str
    teaser: str
    cover: str | None
    answered: bool
    featured: bool
    has_part: bool
    counts: Counts
    created_at: datetime
    why: str


class Events(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What I did with posts of my feed since the last time that I told."""

    events: Annotated[tuple[Event, ...], msgspec.Meta(min_length=1, max_length=EVENTS_MAX)]


@door.route("GET", "/v1/feed", who=Who.GUEST, asks=PageQuery, gives=Page[FeedItem])
def read_feed(call: GuestCall[None, PageQuery]) -> Page[FeedItem]:
    """Posts that I may want to read next; guests get what everybody reads."""

    def view(item: feed.Item) -> FeedItem:
        return _view(*item)

    found = feed.page(call.caller, call.query, request_id=call.request_id, now=call.now)
    return found.map(view)


@door.route("POST", "/v1/feed/events", takes=Events)
def note_feed_events(call: MemberCall[Events, None]) -> None:
    """What I saw, stayed on and opened; the same batch with the same Idempotency-Key changes nothing."""
    feed.note(call.caller, call.body.events, request_id=call.request_id, now=call.now)


def _view(card: Card, why: str) -> FeedItem:
    return FeedItem(
        post_id=card.post_id,
        board_id=card.board_id,
        author=card.author,
        kind=card.kind,
        title=card.title,
        teaser=card.teaser,
        cover=media.cover_link(card.cover) if card.cover else None,
        answered=card.accepted,
        featured=card.featured,
        has_part=card.part is not None,
        counts=card.counts,
        created_at=ids.time_of(card.post_id),
        why=why,
    )
