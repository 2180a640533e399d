"""One tag of a member: the signs that were seen for it, and how they fade.

A sign is seen on a day and has a weight from 1 to 9. Of one day the heaviest counts, so a sign that is
told twice, late or out of order changes nothing, and no list of what was counted is needed. The days of
two fortnights are kept one by one; what is older is one number. Fortnights begin on fixed days: then
what is left does not depend on when a sign was told either.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import floor, log2

import msgspec

WEIGHT_MAX = 9
PUT = 5
"""The weight of somebody's word: as much as the heaviest thing that a member does."""
GONE_BELOW = 0.5
"""A tag that is weaker is gone: after one sign of weight 1, that is after one half-life."""
FORTNIGHT = 14
"""In days. No queue keeps a fact for longer, so no sign is told later than this."""

_PLACES = "0123456789abcdefghijklmnopqr"


class Sign(msgspec.Struct, frozen=True):
    """Something that speaks for a tag. In days; 0: does not fade, does not end."""

    tag_id: str
    weight: int
    half_life: int = 0
    lifetime: int = 0


class Noted(msgspec.Struct, frozen=True, array_like=True):
    """A tag on a member. `day`: of the newest sign. `until`: the day on which it is gone; 0: never.

    `signs`: place in the two fortnights and weight, such as "05k3". `older`: what all signs before them
    had left when they began. Neither is kept of a tag that does not fade.
    """

    tag_id: str
    day: int
    until: int = 0
    half_life: int = 0
    lifetime: int = 0
    signs: str = ""
    older: float = 0.0


def begin_of(day: int) -> int:
    """The first of the two fortnights' days, when `day` is in the second."""
    return (day // FORTNIGHT - 1) * FORTNIGHT


def strength(noted: Noted, day: int, *, begins: int) -> float:
    """How strong a tag is on a day: each sign halves with every half-life.

    Source: exponential decay, weight · 2^(−days ÷ half-life), summed over the signs
    """
    if not noted.half_life:
        return PUT
    signs = (weight * _left(day - begins - at, noted) for at, weight in _signs(noted))
    return sum(signs) + noted.older * _left(day - begins, noted)


def holds(noted: Noted, day: int) -> bool:
    """Whether a member has the tag on that day: asked at every call of theirs."""
    return not noted.until or day < noted.until


def signed(before: Noted | None, sign: Sign, *, day: int, begins: int) -> Noted:
    """The tag after a sign; of a tag that fades, signs from before the two fortnights come too late."""
    noted = Noted(
        sign.tag_id,
        day=max(day, before.day) if before else day,
        half_life=sign.half_life,
        lifetime=sign.lifetime,
    )
    if not sign.half_life:
        return _until_gone(noted, begins=begins)
    signs = dict(_signs(before)) if before else {}
    at = day - begins
    signs[at] = max(signs.get(at, 0), min(sign.weight, WEIGHT_MAX))
    older = before.older if before else 0.0
    noted = msgspec.structs.replace(noted, signs=_text(signs), older=older)
    return _until_gone(noted, begins=begins)


def folded(noted: Noted, *, begins: int) -> Noted:
    """The tag as the two fortnights begin one later."""
    if not noted.half_life:
        return noted
    signs = dict(_signs(noted))
    gone = sum(
        weight * _left(FORTNIGHT - at, noted) for at, weight in signs.items() if at < FORTNIGHT
    )
    older = round(noted.older * _left(FORTNIGHT, noted) + gone, 3)
    noted = msgspec.structs.replace(
        noted,
        signs=_text({at - FORTNIGHT: weight for at, weight in signs.items() if at >= FORTNIGHT}),
        older=older if older >= GONE_BELOW else 0.0,
    )
    return _until_gone(noted, begins=begins + FORTNIGHT)


def is_over(noted: Noted, *, begins: int) -> bool:
    """Whether nothing is left of it: no sign that may still come would add to what it was."""
    if noted.half_life:
        return not noted.signs and not noted.older
    return not holds(noted, begins)


def _until_gone(noted: Noted, *, begins: int) -> Noted:
    """The tag with the day on which it is too weak, or has lived long enough."""
    ends = [noted.day + noted.lifetime] if noted.lifetime else []
    if noted.half_life:
        left = max(strength(noted, noted.day, begins=begins), GONE_BELOW)
        ends.append(noted.day + 1 + floor(noted.half_life * log2(left / GONE_BELOW)))
    return msgspec.structs.replace(noted, until=min(ends, default=0))


def _left(days: int, noted: Noted) -> float:
    """What is left after some days of something that was 1."""
    fraction: float = 2 ** (-max(days, 0) / noted.half_life)
    return fraction


def _signs(noted: Noted) -> Iterator[tuple[int, int]]:
    for at in range(0, len(noted.signs), 2):
        yield _PLACES.index(noted.signs[at]), int(noted.signs[at + 1])


def _text(signs: dict[int, int]) -> str:
    return "".join(f"{_PLACES[at]}{weight}" for at, weight in sorted(signs.items()))
