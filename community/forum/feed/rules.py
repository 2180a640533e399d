"""Which posts a member may want to read next, in which order, and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from math import log2
from random import Random
from typing import Annotated, Literal, NamedTuple

import msgspec

from chalicelib import ids
from community.commons.audience.rules import Identity, unlock_for
from community.forum.blocks.rules import hides
from community.forum.boards.rules import Board
from community.forum.feed import texts
from community.forum.follows.rules import Follow, Kind
from community.forum.hot.rules import points
from community.forum.posts.rules import Card
from community.people.members.rules import Member
from community.people.tags.rules import Held

SESSION_MAX = 100
SESSION_KEPT = timedelta(hours=2)
SEEN_MAX = 500
SEEN_KEPT = timedelta(days=30)
EVENTS_MAX = 100
EXPLORED = 3
"""Of each EXPLORED_OF places, so many are for what the member did not ask for."""
EXPLORED_OF = 20
HALF_LIFE = timedelta(hours=36)
DAMPED = 0.7
"""What each further post of the same author is worth: nobody fills a page alone."""
POPULAR_POINTS = 5
SOURCES_MAX = 3
"""Each is a read for the session."""
OUTSIDE_MAX = 2
"""Of each source, so many posts that are not at hand are looked at: each is a read, here and on its page."""
SEEN_CHARS = 6
"""Of a post's id the last 30 bits are kept: of 300 posts and 500 seen, one in 7,000 feeds takes one wrongly."""
MS_MAX = 3_600_000

FOLLOWS_AUTHOR, FOLLOWS_TOPIC, FOLLOWS_BOARD = 4.0, 3.0, 1.5
CARES_FOR_SUBJECT, CARES_FOR_BOARD, OFFICIAL = 2.5, 1.0, 1.5

OFFICIAL_KINDS = ("article", "announcement")
OFFICIAL_BOARDS: Mapping[Identity, tuple[str, ...]] = {
    Identity.PROSPECT: ("new-car-shopping", "new-launches"),
    Identity.DEPOSIT_HOLDER: ("new-car-shopping", "new-launches", "accessory-deals"),
    Identity.OWNER: ("car-care", "new-launches", "accessory-deals", "members-only"),
}
OFFICIAL_TOPICS: Mapping[Identity, tuple[str, ...]] = {
    Identity.PROSPECT: ("新车", "试驾"),
    Identity.DEPOSIT_HOLDER: ("提车", "新车", "活动"),
    Identity.OWNER: ("置换", "增换购", "活动", "保养"),
}
"""For whom what the brand says is: by its board, and by its title, as cards have no topics."""


class EventKind(StrEnum):
    SEEN = "seen"
    DWELLED = "dwelled"
    """Stayed on the card; `ms` says how long."""
    CLICKED = "clicked"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What a member did with a post of their feed, and when by their clock."""

    post_id: Annotated[str, msgspec.Meta(pattern="^[0-7][0-9A-HJKMNP-TV-Z]{25}$")]
    kind: EventKind
    at: datetime
    ms: Annotated[int, msgspec.Meta(ge=0, le=MS_MAX)] | None = None


class Done(NamedTuple):
    """The same of all events of a batch: each post once, in the order in which they were seen."""

    seen: tuple[str, ...]
    dwelled: dict[str, int]
    clicked: tuple[str, ...]


class Lead(NamedTuple):
    """Why a post was looked for: what the member follows or cares for, how much, and in words."""

    weight: float
    why: str


class Source(NamedTuple):
    """A list in which posts for a member may be found, besides those at hand. `id`: whose, or about what."""

    weight: float
    kind: Literal["member", "topic", "model"]
    id: str

    @property
    def why(self) -> str:
        """Of posts by a member they say it themselves: what they are called by now."""
        if self.weight >= FOLLOWS_TOPIC:
            return texts.follows(f"#{self.id}")
        return texts.cares_for(self.id.upper())


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads, as far as the order depends on it. `seen` are the ends of posts' ids.

    `authors` and `boards` are what they follow, `cares` how much for which board, from 0 to 1.
    """

    member: Member | None = None
    authors: frozenset[str] = frozenset()
    boards: frozenset[str] = frozenset()
    cares: Mapping[str, float] = {}
    seen: Collection[str] = frozenset()


class Pick(NamedTuple):
    """A post in a feed, and why it is there."""

    post_id: str
    board_id: str
    why: str


def interests(held: Iterable[Held]) -> dict[str, float]:
    """The tags that say what a member cares for: boards, models, topics; the strongest is 1.

    A car that they have or want to have is one that they care for.
    """
    found: dict[str, float] = {}
    for tag in held:
        family, _, value = tag.tag_id.partition(":")
        family = {"buys-model": "model", "owns-model": "model"}.get(family, family)
        if family in ("board", "model", "topic"):
            key = f"{family}:{value}"
            found[key] = max(tag.strength, found.get(key, 0))
    most = max(found.values(), default=1)
    return {key: strength / most for key, strength in found.items()}


def sources(follows: Iterable[Follow], cares: Mapping[str, float], seed: str) -> list[Source]:
    """Where to look in this session: everything in its turn, what weighs more the more often.

    Drawn without replacement, with weights.
    Source: Efraimidis and Spirakis, Weighted random sampling with a reservoir (2006): the largest u^(1/w)
    """
    found = [Source(FOLLOWS_AUTHOR, "member", f.id) for f in follows if f.kind is Kind.MEMBER]
    found += [Source(FOLLOWS_TOPIC, "topic", f.id) for f in follows if f.kind is Kind.TOPIC]
    for key, strength in cares.items():
        family, _, value = key.partition(":")
        if family != "board":
            subject: Literal["topic", "model"] = "topic" if family == "topic" else "model"
            found.append(Source(CARES_FOR_SUBJECT * strength, subject, value))
    chance = Random(seed)  # noqa: S311 - no secret: the same session is to come out the same
    drawn = {source: chance.random() ** (1 / source.weight) for source in found if source.weight}
    return sorted(drawn, key=lambda source: -drawn[source])[:SOURCES_MAX]


def may_see(viewer: Member | None, card: Card, boards: Mapping[str, Board]) -> bool:
    """Whether a post belongs before somebody: board and post open to them, its author not blocked."""
    board = boards.get(card.board_id)
    if board is None or hides(viewer, card.author.member_id):
        return False
    return not (unlock_for(viewer, board.read) or unlock_for(viewer, card.audience))


def is_own(viewer: Member | None, card: Card) -> bool:
    return viewer is not None and viewer.member_id == card.author.member_id


def ranked(
    cards: Iterable[Card],
    reader: Reader,
    *,
    led: Mapping[str, Sequence[Lead]],
    boards: Mapping[str, Board],
    now: datetime,
    seed: str,
) -> list[Pick]:
    """The best of these first, by interest × quality × recency; what was seen before comes last.

    interest: 1 and what each lead weighs; quality: 1 + log2(1 + points), half as much again where staff
    featured it; recency: halves with every HALF_LIFE. A share of the places is for posts to which
    nothing leads, by chance: the same for the same seed.

    Shape: each card once; `led` tells of some posts why they were looked for
    """
    reasons = {
        card.post_id: (*led.get(card.post_id, ()), *_leads(card, reader, boards)) for card in cards
    }
    by_id = {card.post_id: card for card in cards}
    scores = _damped(by_id, {p: _score(by_id[p], reasons[p], now) for p in by_id})
    order = sorted(by_id, key=lambda post_id: (-scores[post_id], post_id))
    new = [post_id for post_id in order if tail(post_id) not in reader.seen]
    old = [post_id for post_id in order if tail(post_id) in reader.seen]
    # Of whom nothing is known, nothing is strange to them either.
    strange = [p for p in new if not reasons[p]] if any(reasons.values()) else []
    picks = [
        Pick(post_id, by_id[post_id].board_id, texts.EXPLORED if is_strange else why)
        for post_id, is_strange in _mixed(new, strange, seed)
        for why in [_why(by_id[post_id], reasons[post_id])]
    ]
    picks += [Pick(p, by_id[p].board_id, _why(by_id[p], reasons[p])) for p in old]
    return picks[:SESSION_MAX]


def tail(post_id: str) -> str:
    """How a post is remembered among those that somebody saw."""
    return post_id[-SEEN_CHARS:]


def tails(seen: str) -> list[str]:
    return [seen[at : at + SEEN_CHARS] for at in range(0, len(seen), SEEN_CHARS)]


def with_seen(seen: str, post_ids: Iterable[str]) -> str:
    """What somebody saw, with these: the latest of it."""
    every = dict.fromkeys((*tails(seen), *map(tail, post_ids)))
    return "".join(list(every)[-SEEN_MAX:])


def done_of(events: Sequence[Event]) -> Done:
    """Whoever opened or stayed on a post saw it. Of what is said twice of a post, the most counts."""
    ordered = sorted(events, key=lambda event: event.at)
    dwelled: dict[str, int] = {}
    for event in ordered:
        if event.kind is EventKind.DWELLED:
            dwelled[event.post_id] = max(event.ms or 0, dwelled.get(event.post_id, 0))
    clicked = dict.fromkeys(e.post_id for e in ordered if e.kind is EventKind.CLICKED)
    seen = dict.fromkeys(event.post_id for event in ordered)
    return Done(tuple(seen), dwelled, tuple(clicked))


def _leads(card: Card, reader: Reader, boards: Mapping[str, Board]) -> Iterator[Lead]:
    name = boards[card.board_id].name
    if card.author.member_id in reader.authors:
        yield Lead(FOLLOWS_AUTHOR, texts.follows(card.author.nickname))
    if card.board_id in reader.boards:
        yield Lead(FOLLOWS_BOARD, texts.follows(name))
    if cares := reader.cares.get(card.board_id):
        yield Lead(CARES_FOR_BOARD * cares, texts.cares_for(name))
    identity = reader.member.identity if reader.member else Identity.PROSPECT
    if card.kind in OFFICIAL_KINDS:
        if card.board_id in OFFICIAL_BOARDS[identity]:
            yield Lead(OFFICIAL, texts.official(identity))
        if any(topic in card.title for topic in OFFICIAL_TOPICS[identity]):
            yield Lead(OFFICIAL, texts.official(identity))


def _score(card: Card, leads: Sequence[Lead], now: datetime) -> float:
    interest = 1 + sum(lead.weight for lead in leads)
    quality = (1 + log2(1 + points(card.counts))) * (1.5 if card.featured else 1)
    age = max(timedelta(), now - ids.time_of(card.post_id))
    recency: float = 2 ** -(age / HALF_LIFE)
    return interest * quality * recency


def _damped(by_id: Mapping[str, Card], scores: Mapping[str, float]) -> dict[str, float]:
    damped, before = {}, dict.fromkeys((card.author.member_id for card in by_id.values()), 0)
    for post_id in sorted(scores, key=lambda post_id: (-scores[post_id], post_id)):
        author_id = by_id[post_id].author.member_id
        damped[post_id] = scores[post_id] * DAMPED ** before[author_id]
        before[author_id] += 1
    return damped


def _mixed(order: Sequence[str], strange: Sequence[str], seed: str) -> Iterator[tuple[str, bool]]:
    """All in their order, but in some places what is strange to the member; says which are that."""
    chance = Random(seed)  # noqa: S311 - no secret: the same session is to come out the same
    lots = chance.sample(strange, len(strange))
    taken: set[str] = set()
    next_of = _nexts(taken)
    best, lot = iter(order), iter(lots)
    places: set[int] = set()
    for place in range(len(order)):
        if place % EXPLORED_OF == 0:
            # Never the first of a page: that one is what they came for.
            places = {place + at for at in chance.sample(range(1, EXPLORED_OF), EXPLORED)}
        found = next_of(lot) if place in places else None
        is_strange = found is not None
        post_id = found or next_of(best)
        if post_id is None:
            return
        taken.add(post_id)
        yield post_id, is_strange


def _nexts(taken: Collection[str]) -> Callable[[Iterator[str]], str | None]:
    return lambda posts: next((post_id for post_id in posts if post_id not in taken), None)


def _why(card: Card, leads: Sequence[Lead]) -> str:
    if leads:
        return max(leads, key=lambda lead: lead.weight).why
    return texts.POPULAR if points(card.counts) >= POPULAR_POINTS else texts.NEW
