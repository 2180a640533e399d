"""Front door: the hot posts of a board.

How hot a post is follows from the counts on its card, as they change. Each minute the list of a board is
made anew if something moved, as pages that stay as they are: who goes on reading neither misses a post
nor meets one twice. See docs/decisions/0018.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import TypeVar, cast

import msgspec

from chalicelib import ids
from chalicelib.errors import Unavailable
from chalicelib.lists import Page, PageQuery, cursor_after, place_of
from chalicelib.tables import Overtaken
from community.facts import (
    CommentPublished,
    CommentRemoved,
    MemberErased,
    PostEdited,
    PostHeld,
    PostPublished,
    PostRemoved,
)
from community.forum.boards import rules as board_rules
from community.forum.boards import service as boards
from community.forum.hot import records, rules
from community.forum.hot.rules import Listed, Reading
from community.forum.posts import service as posts
from community.forum.posts.rules import ERASED, Card
from community.people.members.rules import Member

KEPT_FOR = timedelta(seconds=5)
KEPT_MAX = 200
TRIES_MAX = 5
_kept: dict[str, tuple[datetime, Listed | list[Card] | None]] = {}

Told = PostPublished | PostEdited | PostHeld | PostRemoved | CommentPublished | CommentRemoved
Kept = TypeVar("Kept", bound=Listed | list[Card] | None)


def follow(fact: Told) -> None:
    """A post stands among the hot ones by what its card says now; what changed shows at once.

    Refuses: Unavailable — it changes right now
    """
    post = posts.about(fact.post_id)
    _bring(post.board_id, post.post_id)
    if isinstance(fact, PostEdited | PostHeld | PostRemoved):
        _note_changed(post.board_id, post.post_id)


def follow_counts(places: Collection[tuple[str, str]]) -> None:
    """The same for posts, board and id, whose counts changed. Refuses: Unavailable"""
    for board_id, post_id in places:
        _bring(board_id, post_id)


def erase(fact: MemberErased) -> None:
    """No page that somebody may still be reading names a member who is erased."""

    def without_name(cards: list[Card]) -> list[Card]:
        return [
            msgspec.structs.replace(card, author=ERASED)
            if card.author.member_id == fact.member_id
            else card
            for card in cards
        ]

    for board_id in boards.every_id():
        records.replace_cards(board_id, without_name)


def refresh(*, now: datetime) -> int:
    """Make the lists anew in which something moved. Gives how many these were."""
    return sum(_refresh(board.board_id, now) for board in boards.everything(now=now))


def page(viewer: Member | None, board_id: str, query: PageQuery, *, now: datetime) -> Page[Card]:
    """A board's hot posts, the hottest first. Refuses: NoSuchBoard; BoardClosed; Invalid — too late to go on"""
    board_rules.check_may_read(viewer, boards.get(board_id, now=now))
    of = f"hot {board_id}"
    listed = _listed(board_id, now)
    reading = rules.reading(place_of(query.cursor, of=of), listed)
    if reading is None:
        return Page(items=[])
    found = _cards(board_id, reading, query.limit, now)
    rules.check_all_there(reading, len(found), query.limit, now=now)
    rest = reading.after(len(found))
    return Page(
        items=_as_they_are_now(found, listed.changed if listed else {}),
        next_cursor=cursor_after(rest.place, of=of) if rest else None,
    )


def top(board_id: str, *, now: datetime) -> list[Card]:
    """The first page of a board's hot posts, at hand for some seconds, for those who may read the board."""
    listed = _listed(board_id, now)
    reading = rules.reading(None, listed)
    if listed is None or reading is None:
        return []
    return _as_they_are_now(_cards(board_id, reading, rules.PAGE, now), listed.changed)


def _bring(board_id: str, post_id: str) -> None:
    for _ in range(TRIES_MAX):
        before = records.place_of(post_id)
        # In this order: who read the card later knows better.
        card = posts.several_cards([(board_id, post_id)], as_they_are_now=True).get(post_id)
        place = rules.place_of(card) if card else None
        if place == before:
            return
        with suppress(Overtaken):
            records.put(board_id, post_id, place, before=before)
            return
    raise Unavailable


def _note_changed(board_id: str, post_id: str) -> None:
    """Who reads a list that shows the post as it was reads it as it is. Refuses: Unavailable"""
    for _ in range(TRIES_MAX):
        listed = records.listed(board_id, as_it_is_now=True)
        if listed is None or listed.changed.get(post_id) == listed.made_at:
            return
        with suppress(Overtaken):
            records.save(board_id, rules.with_change(listed, post_id), before=listed)
            return
    raise Unavailable


def _refresh(board_id: str, now: datetime) -> bool:
    """If somebody notes a change at this moment, the next minute comes."""
    before = records.listed(board_id, as_it_is_now=True)
    hottest = records.hottest(board_id, limit=rules.POSTS_MAX)
    order = sha256(" ".join(hottest).encode()).hexdigest()[:16]
    if rules.is_as_before(before, order, now) or not (hottest or before):
        return False
    cards = posts.several_cards([(board_id, each) for each in hottest], as_they_are_now=True)
    ranked = sorted(cards.values(), key=rules.place_of, reverse=True)
    version = ids.new_id(now, f"hot {board_id}")
    listed = rules.next_list(before, order, version=version, posts=len(ranked), now=now)
    pages = [ranked[at : at + rules.PAGE] for at in range(0, len(ranked), rules.PAGE)]
    # The pages first: who reads the list finds them.
    records.save_pages(board_id, version, pages, now=now)
    with suppress(Overtaken):
        records.save(board_id, listed, before=before)
        return True
    return False


def _listed(board_id: str, now: datetime) -> Listed | None:
    return _at_hand(f"{board_id} now", now, lambda: records.listed(board_id))


def _cards(board_id: str, reading: Reading, limit: int, now: datetime) -> list[Card]:
    first, skipped = divmod(reading.start, rules.PAGE)
    last = (min(reading.start + limit, reading.posts) - 1) // rules.PAGE
    found: list[Card] = []
    for number in range(first, last + 1):
        name = f"{board_id} {reading.version} {number}"
        found += _at_hand(name, now, partial(records.page, board_id, reading.version, number)) or []
    return found[skipped : skipped + limit]


def _as_they_are_now(cards: list[Card], changed: Collection[str]) -> list[Card]:
    """Those that were edited or taken away since the list was made, as they are; the others as listed."""
    again = [(card.board_id, card.post_id) for card in cards if card.post_id in changed]
    if not again:
        return cards
    anew = posts.several_cards(again)
    gone = {post_id for _, post_id in again} - anew.keys()
    return [anew.get(card.post_id, card) for card in cards if card.post_id not in gone]


def _at_hand(name: str, now: datetime, read: Callable[[], Kept]) -> Kept:
    """What was read some seconds ago, or is now. A page of a list never changes, but there are many."""
    if len(_kept) > KEPT_MAX:
        _kept.clear()
    if name not in _kept or not timedelta() <= now - _kept[name][0] < KEPT_FOR:
        _kept[name] = (now, read())
    return cast(Kept, _kept[name][1])
