"""Whom a member blocks: nothing of theirs is shown to the member, and they cannot reach the member."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.errors import Conflict
from community.people.members.rules import Member

BLOCKS_MAX = 200


class BlocksFull(Conflict):
    code = "blocks_full"
    text = f"最多屏蔽 {BLOCKS_MAX} 位会员，请先解除一些屏蔽"


def with_block(held: Sequence[str], other_id: str) -> tuple[str, ...]:
    """Refuses: BlocksFull"""
    if other_id in held:
        return tuple(held)
    if len(held) >= BLOCKS_MAX:
        raise BlocksFull
    return (*held, other_id)


def without_block(held: Sequence[str], other_id: str) -> tuple[str, ...]:
    return tuple(each for each in held if each != other_id)


def hides(viewer: Member | None, author_id: str) -> bool:
    """Whether somebody does not want to see what this author writes: known with who calls, without a read."""
    return viewer is not None and author_id in viewer.blocked
