"""Front door: the boards."""

from __future__ import annotations

from datetime import datetime, timedelta

from community.forum.boards import records, rules
from community.forum.boards.rules import Board

# Boards change a few times a year and are needed by every call to the forum.
KEPT_FOR = timedelta(minutes=1)
_kept: tuple[datetime, list[Board]] | None = None


def everything(*, now: datetime) -> list[Board]:
    """All boards in their order, at most a minute old."""
    global _kept
    if _kept is None or not timedelta() <= now - _kept[0] < KEPT_FOR:
        _kept = (now, records.every_board())
    return _kept[1]


def every_id() -> list[str]:
    """The ids of all boards, as they are this moment."""
    return [board.board_id for board in records.every_board()]


def get(board_id: str, *, now: datetime) -> Board:
    """Refuses: NoSuchBoard"""
    for board in everything(now=now):
        if board.board_id == board_id:
            return board
    raise rules.NoSuchBoard


def install() -> list[str]:
    """Open the boards that the community has from the start; gives those that were missing."""
    return [b.board_id for b in rules.BOARDS_FROM_THE_START if records.add_if_new(b)]
