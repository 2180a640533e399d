"""Ties: what one member has with another, and what becomes of it when two members turn out to be one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum

from chalicelib.errors import Invalid, NotFound

_MEMBER = "member#"


class Tie(StrEnum):
    FOLLOWS = "follows"
    BLOCKS = "blocks"


class NoSuchMember(NotFound):
    code = "no_such_member"
    text = "没有这位会员"


class Oneself(Invalid):
    code = "oneself"
    text = "不能关注或屏蔽自己"


def entry_of(tie: Tie, member_id: str) -> str:
    """How a member is written among what another holds."""
    return member_id if tie is Tie.BLOCKS else f"{_MEMBER}{member_id}"


def members_in(tie: Tie, held: Sequence[str]) -> list[str]:
    """The members among what somebody holds."""
    if tie is Tie.BLOCKS:
        return list(held)
    return [entry.removeprefix(_MEMBER) for entry in held if entry.startswith(_MEMBER)]


def renamed(held: Sequence[str], gone: Collection[str], come: Sequence[str]) -> tuple[str, ...]:
    """What somebody holds after some of it became something else, in the place of the first of it."""
    if not set(gone) & set(held):
        return tuple(held)
    at = next(place for place, entry in enumerate(held) if entry in gone)
    kept = [[entry for entry in part if entry not in gone] for part in (held[:at], held[at:])]
    return (*kept[0], *come, *kept[1])
