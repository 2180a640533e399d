"""Ways in: what a person can do so that a rule lets them in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

import msgspec

from chalicelib.errors import WayIn
from community.commons.audience.viewers import Identity, Tier, Viewer

WAYS_MAX = 8
"""Of more ways in than this, the shortest are told."""

_RANK = {identity: rank for rank, identity in enumerate((None, *Identity))}
_BECOMING = {
    Identity.OWNER: WayIn("certify_owner", "完成车主认证即可解锁"),
    Identity.DEPOSIT_HOLDER: WayIn("pay_deposit", "支付购车意向金即可解锁"),
}


class Way(NamedTuple):
    """What somebody becomes who goes this way."""

    identity: Identity | None = None
    tier: Tier | None = None
    tags: frozenset[str] = frozenset()


class Person(NamedTuple):
    """A viewer who is nobody yet: who signs in for the first time, or has gone a way."""

    identity: Identity = Identity.PROSPECT
    tier: Tier = Tier.T0
    tags: tuple[str, ...] = ()
    badges: tuple[str, ...] = ()
    board_roles: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()


NEWCOMER = Person()


def person(viewer: Viewer) -> Person:
    """Of a viewer only what rules look at."""
    return Person(
        viewer.identity,
        viewer.tier,
        viewer.tags,
        viewer.badges,
        viewer.board_roles,
        viewer.segments,
    )


def ways_to_be(viewer: Viewer, identities: Collection[Identity]) -> list[Way]:
    """How somebody becomes one of these: nobody becomes less than they are."""
    higher = [i for i in _BECOMING if i in identities and _RANK[i] > _RANK[viewer.identity]]
    return [Way(identity=identity) for identity in higher]


def all_of(parts: Iterable[list[Way]]) -> list[Way]:
    """The ways along which each part is opened."""
    ways = [Way()]
    for part in parts:
        ways = _shortest(_together(one, other) for one in ways for other in part)
    return ways


def one_of(parts: Iterable[list[Way]]) -> list[Way]:
    """The ways along which some part is opened."""
    return _shortest(way for part in parts for way in part)


def steps(person: Person, ways: Iterable[Way], leads_in: Callable[[Person], bool]) -> list[WayIn]:
    """What to do on those ways that lead in, none of it for nothing.

    First what is needed on every way; each further step says to which way it belongs.
    """
    # A step may close what another has opened.
    leading = [way for way in ways if leads_in(_gone(person, way))]
    needed = [way for way in leading if not any(_is_within(other, way) for other in leading)]
    return list(_numbered(list(dict.fromkeys(map(_steps_of, needed)))))


def _numbered(ways: list[tuple[WayIn, ...]]) -> Iterator[WayIn]:
    common = [step for step in ways[0] if all(step in way for way in ways)] if ways else []
    yield from common
    for number, way in enumerate(ways, 1):
        for step in way:
            if step not in common:
                yield msgspec.structs.replace(step, way=number)


def _shortest(ways: Iterable[Way]) -> list[Way]:
    return sorted(dict.fromkeys(ways), key=lambda way: len(_steps_of(way)))[:WAYS_MAX]


def _together(one: Way, other: Way) -> Way:
    return Way(
        max(one.identity, other.identity, key=lambda identity: _RANK[identity]),
        max(one.tier, other.tier, key=lambda tier: tier or ""),
        one.tags | other.tags,
    )


def _is_within(way: Way, longer: Way) -> bool:
    """Whether who goes the longer way has gone this one, too."""
    return (
        way != longer
        and way.identity in (None, longer.identity)
        and (way.tier or "") <= (longer.tier or "")
        and way.tags <= longer.tags
    )


def _gone(person: Person, way: Way) -> Person:
    return person._replace(
        identity=way.identity or person.identity,
        tier=max(person.tier, way.tier or person.tier),
        tags=(*person.tags, *way.tags),
    )


def _steps_of(way: Way) -> tuple[WayIn, ...]:
    becoming = (_BECOMING[way.identity],) if way.identity else ()
    rising = (WayIn("reach_tier", f"会员等级达到 {way.tier} 即可解锁"),) if way.tier else ()
    taking_part = (WayIn("take_part", "多参与相关话题即可解锁"),) if way.tags else ()
    return (*becoming, *rising, *taking_part)
