"""Front door: each member's own feed.

It is put together when it is asked for, out of what the container has at hand anyway: the latest posts of
all boards, read once for everybody. A few lists of what the member follows or cares for are read beside.
The order is kept for the session, so that nothing comes twice while others post. The numbers, and why
nothing is written when somebody posts: docs/decisions/0021-feed-on-read.md
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib import ids, logs
from chalicelib.lists import Page, PageQuery, cursor_after, place_of
from community.facts import FeedEventsNoted, MemberErased, MembersMerged, MembersUnmerged
from community.forum.authorship import service as authorship
from community.forum.authorship.rules import What
from community.forum.boards import service as boards
from community.forum.boards.rules import Board
from community.forum.feed import records, rules
from community.forum.feed.rules import Event, Lead, Pick, Reader, Source
from community.forum.follows import service as follows
from community.forum.follows.rules import Kind as FollowKind
from community.forum.hot import service as hot
from community.forum.lists import rules as list_rules
from community.forum.lists import service as lists
from community.forum.lists.rules import Place
from community.forum.posts import pages
from community.forum.posts import service as posts
from community.forum.posts.rules import Card
from community.people.members.rules import Member
from community.people.tags import service as tags

WINDOW = 20
"""Of each board, so many of its latest posts are looked at, beside the hottest."""
PLACES = 10
"""Of a list that is read for one member, so many places."""
WINDOW_KEPT = timedelta(seconds=20)
GUESTS = "guests"

_windows: dict[str, tuple[datetime, dict[str, Card]]] = {}

Item = tuple[Card, str]
"""A post's card, and why it is there."""


def page(viewer: Member | None, query: PageQuery, *, request_id: str, now: datetime) -> Page[Item]:
    """A page of somebody's feed. Without a cursor a session begins; within it nothing comes twice.

    What one may not see any longer is left out, so a page may have less than was asked for. Of a session
    that is over, the next page is the first of a new one.

    Refuses: Invalid — not a cursor of this feed
    """
    owner = viewer.member_id if viewer else GUESTS
    of = f"feed {owner}"
    place = place_of(query.cursor, of=of)
    session_id, start, picks = "", 0, None
    if place is not None:
        session_id, _, number = place.partition(" ")
        start, picks = int(number), records.session(owner, session_id, now=now)
    if picks is None:
        start = 0
        session_id, picks = _begun(viewer, owner, query.limit, request_id=request_id, now=now)
    end = start + query.limit
    cursor = cursor_after(f"{session_id} {end}", of=of) if end < len(picks) else None
    return Page(items=_items(viewer, picks[start:end], now=now), next_cursor=cursor)


def note(member: Member, events: Sequence[Event], *, request_id: str, now: datetime) -> None:
    """What a member did with posts of their feed; the same batch again changes nothing. Refuses: Unavailable"""
    done = rules.done_of(events)
    fact = FeedEventsNoted(
        fact_id=ids.new_id(now, f"feed {member.member_id} {request_id}"),
        at=now,
        member_id=member.member_id,
        **done._asdict(),
    )
    records.note(member.member_id, done.seen, fact, now=now)


def measure(fact: FeedEventsNoted) -> None:
    """Figures say how many posts of feeds were seen and opened, and for how long members stayed on them."""
    logs.metric("feed_seen", len(fact.seen))
    logs.metric("feed_dwelled", sum(fact.dwelled.values()), unit="Milliseconds")
    logs.metric("feed_clicked", len(fact.clicked))


def exported(member_id: str) -> list[str]:
    """What they saw of late: the ends of the posts' ids."""
    return records.seen_of(member_id)


def follow_merge(fact: MembersMerged) -> None:
    """What either saw, they saw. Refuses: Unfinished, Unavailable"""
    records.move(fact.gone_id, to=fact.kept_id, merge_id=fact.merge_id)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back. Refuses: Unfinished, Unavailable"""
    records.move_back(fact.kept_id, to=fact.gone_id, merge_id=fact.merge_id)


def erase(fact: MemberErased) -> None:
    """Nobody knows any longer what they saw. Refuses: Unfinished, Unavailable"""
    records.forget(fact.member_id)


def _begun(
    viewer: Member | None, owner: str, limit: int, *, request_id: str, now: datetime
) -> tuple[str, list[Pick]]:
    """A new session, or the one that other guests have begun."""
    seed = request_id if viewer else ""
    at = now if viewer else _minute_of(now)
    session_id = ids.new_id(at, f"feed {owner} {seed}")
    picks = _picked(viewer, seed=session_id, now=now)
    if len(picks) > limit and not records.add_session(owner, session_id, picks, now=now):
        picks = records.session(owner, session_id, now=now) or picks
    return session_id, picks


def _picked(viewer: Member | None, *, seed: str, now: datetime) -> list[Pick]:
    every = _boards(now)
    cards = {card.post_id: card for board_id in every for card in _window(board_id, now).values()}
    reader, sources = _known(viewer, seed, now=now)
    led: dict[str, list[Lead]] = {}
    outside: dict[str, Place] = {}
    for source in sources:
        places = _places(source)
        if source.kind != "member":
            for _, post_id in places:
                led.setdefault(post_id, []).append(Lead(source.weight, source.why))
        strange = [(b, p) for b, p in places if p not in cards and rules.tail(p) not in reader.seen]
        outside |= {post_id: (board, post_id) for board, post_id in strange[: rules.OUTSIDE_MAX]}
    if outside:
        cards |= posts.several_cards(list(outside.values()))
    shown = [
        card
        for card in cards.values()
        if rules.may_see(viewer, card, every) and not rules.is_own(viewer, card)
    ]
    return rules.ranked(shown, reader, led=led, boards=every, now=now, seed=seed)


def _known(viewer: Member | None, seed: str, *, now: datetime) -> tuple[Reader, list[Source]]:
    """Who reads, and where to look because of that."""
    if viewer is None:
        return Reader(), []
    followed = follows.followed_by(viewer.member_id)
    cares = rules.interests(tags.of(viewer.member_id, now=now))
    reader = Reader(
        member=viewer,
        authors=frozenset(f.id for f in followed if f.kind is FollowKind.MEMBER),
        boards=frozenset(f.id for f in followed if f.kind is FollowKind.BOARD),
        cares={key.removeprefix("board:"): of for key, of in cares.items() if key[:6] == "board:"},
        seen=frozenset(rules.tails(records.seen(viewer.member_id))),
    )
    return reader, rules.sources(followed, cares, seed)


def _places(source: Source) -> list[Place]:
    """Where the latest posts of a source are, in one read."""
    if source.kind == "member":
        works = authorship.latest(source.id, What.POST, before=None, limit=PLACES)
        return [(work.board_id, work.work_id) for work in works if work.board_id]
    name = {"topic": list_rules.topic, "model": list_rules.model}[source.kind]
    return lists.places(name(source.id), limit=PLACES)


def _items(viewer: Member | None, picks: Sequence[Pick], *, now: datetime) -> list[Item]:
    """The picks that may be seen as it is now, with their cards."""
    every = _boards(now)
    at_hand = {p.post_id: card for p in picks if (card := _window(p.board_id, now).get(p.post_id))}
    missing = [(p.board_id, p.post_id) for p in picks if p.post_id not in at_hand]
    cards = at_hand | (posts.several_cards(missing) if missing else {})
    found = [(cards[pick.post_id], pick.why) for pick in picks if pick.post_id in cards]
    return [(card, why) for card, why in found if rules.may_see(viewer, card, every)]


def _boards(now: datetime) -> dict[str, Board]:
    return {board.board_id: board for board in boards.everything(now=now)}


def _window(board_id: str, now: datetime) -> dict[str, Card]:
    """A board's latest and hottest posts, seconds old."""
    kept = _windows.get(board_id)
    if kept is None or not timedelta() <= now - kept[0] < WINDOW_KEPT:
        cards = [*hot.top(board_id, now=now), *pages.newest(board_id, limit=WINDOW)]
        _windows[board_id] = kept = (now, {card.post_id: card for card in cards})
    return kept[1]


def _minute_of(now: datetime) -> datetime:
    """All guests who come within it share a session."""
    return now.replace(second=0, microsecond=0)
