"""Front door: finding posts by their words."""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec

from chalicelib.lists import Page, cursor_after, place_of
from community.facts import PostEdited, PostHeld, PostPublished, PostRemoved
from community.forum.boards import rules as board_rules
from community.forum.boards import service as boards
from community.forum.lists import rules as list_rules
from community.forum.lists import service as lists
from community.forum.posts import service as posts
from community.forum.posts.rules import NoSuchPost, Post
from community.forum.search import records, rules
from community.forum.search.index import service as term_index
from community.forum.search.port import Document, Index, Query
from community.forum.search.rules import Found, Search
from community.forum.search.words import splitter
from community.people.members.rules import Member

index: Index = term_index
"""Another one can take its place: docs/decisions/0020-search.md."""
OTHERS_MAX = 10
"""Of the posts that have a name too, so many are looked at to go on suggesting it."""


def find(
    viewer: Member | None, search: Search, *, cursor: str | None, limit: int, now: datetime
) -> Page[Found]:
    """Posts with these words, on the boards that this person may read.

    A post for some is found by what everybody reads of it, and comes as a card like on its board.

    Refuses: Invalid — nothing to look for; NoSuchBoard, BoardClosed — the board asked for
    """
    rules.check_says_something(search.text)
    of = f"search {hashlib.sha256(msgspec.json.encode(search)).hexdigest()[:16]}"
    query = Query(
        text=search.text,
        boards=_readable(viewer, search.board_id, now=now),
        kind=search.kind,
        model=search.model,
        since=search.since,
        until=search.until,
        sort=search.sort,
    )
    hits = index.find(query, place=place_of(cursor, of=of), limit=limit, now=now)
    cards = posts.several_cards(hits.places)
    asked = splitter.asked(search.text)
    return Page(
        items=[rules.found(cards[each], asked) for _, each in hits.places if each in cards],
        next_cursor=cursor_after(hits.next_place, of=of) if hits.next_place else None,
    )


def suggestions(begun: str) -> list[str]:
    """How what somebody begins to write may go on: topics and models in use, words about cars.

    Refuses: Invalid — nothing is begun
    """
    rules.check_says_something(begun)
    begun = splitter.norm(begun)
    return rules.suggestions(begun, records.beginning(begun, limit=rules.LOOKED_AT_MAX))


def follow_post(fact: PostPublished | PostEdited | PostHeld | PostRemoved) -> None:
    """A post is found as it is now, or not any more. Refuses: Unavailable"""
    _renew(fact.post_id, cause_id=fact.fact_id, now=fact.at, anew=False)


def renew(post_id: str, *, anew: bool, now: datetime) -> None:
    """The same without a fact, for who builds the index again. `anew`: whatever is there.

    Refuses: Unavailable
    """
    _renew(post_id, cause_id="reindex", now=now, anew=anew)


def _renew(post_id: str, *, cause_id: str, now: datetime, anew: bool) -> None:
    post: Post | None = None

    def read() -> Document | None:
        nonlocal post
        post = _as_it_is_now(post_id)
        return rules.document_of(post) if post else None

    index.renew(post_id, read, cause_id=cause_id, anew=anew)
    _suggest(post_id, post, anew=anew, now=now)


def _as_it_is_now(post_id: str) -> Post | None:
    try:
        return posts.get(post_id)
    except NoSuchPost:
        return None


def _suggest(post_id: str, post: Post | None, *, anew: bool, now: datetime) -> None:
    """What is noted of the post comes last: who crashes before begins again."""
    before, after = records.names_of(post_id), _names_of(post, now=now)
    for name in before - after:
        if records.use_no_more(splitter.norm(name), post_id):
            _leave_to_others(name, now=now)
    for name in after if anew else after - before:
        records.use(splitter.norm(name), name, post_id)
    if before != after:
        records.note_names(post_id, after)


def _leave_to_others(name: str, *, now: datetime) -> None:
    """A name stays suggested for another of the latest posts that have it.

    That one is looked at once more when it stands for the name: whoever changes it later takes it away.
    """
    key = splitter.norm(name)
    for list_name in (list_rules.topic(name), list_rules.model(name)):
        for _, other_id in lists.places(list_name, limit=OTHERS_MAX):
            spelled = _spelled(key, other_id, now=now)
            if spelled is None:
                continue
            records.use(key, spelled, other_id)
            if _spelled(key, other_id, now=now):
                return
            records.use_no_more(key, other_id)


def _spelled(key: str, post_id: str, *, now: datetime) -> str | None:
    """How a post writes a name, if it lets it be suggested this moment."""
    names = _names_of(_as_it_is_now(post_id), now=now)
    return next((name for name in names if splitter.norm(name) == key), None)


def _names_of(post: Post | None, *, now: datetime) -> frozenset[str]:
    return rules.names_of(post, boards.get(post.board_id, now=now)) if post else frozenset()


def _readable(viewer: Member | None, board_id: str | None, *, now: datetime) -> frozenset[str]:
    if board_id is None:
        every = boards.everything(now=now)
        return frozenset(board.board_id for board in every if board_rules.may(viewer, board).read)
    board = boards.get(board_id, now=now)
    board_rules.check_may_read(viewer, board)
    return frozenset({board.board_id})
