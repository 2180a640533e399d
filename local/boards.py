"""`make board DO=…`: lists, opens, changes and archives boards, and says who looks after them.

It works on the stage that runs on this machine, or on the one that STAGE names, with the settings of
its Lambdas and the rights of whoever calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from local import deeds, say
from local.deeds import Said

if TYPE_CHECKING:
    from community.forum.boards.changes import Changes
    from community.forum.boards.rules import Board

USAGE = """Say what to do:
  make board DO=list
  make board DO=show ID=<board>
  make board DO=open BY=<userid> ID=<board> SET='{"name": "…", "description": "…", "place": 6}'
  make board DO=change BY=<userid> ID=<board> SET='{"read": {"identity": ["owner"]}, "policy": "pre_moderate"}'
  make board DO=archive BY=<userid> ID=<board>
  make board DO=reopen BY=<userid> ID=<board>
  make board DO=appoint BY=<userid> ID=<board> WHO=<member>
  make board DO=dismiss BY=<userid> ID=<board> WHO=<member>
with STAGE=dev or STAGE=prod for a stage on AWS."""


_needed = partial(deeds.needed, usage=USAGE)


def main() -> None:
    deeds.run(done)


def done(said: Said, *, now: datetime) -> list[str]:
    """Do what was asked for, and what to say about it."""
    deed = deeds.chosen(DEEDS, said, usage=USAGE)
    with say.refusals_told():
        return deed(said, now)


def _list(_said: Said, now: datetime) -> list[str]:
    from community.forum.boards import service as boards

    return [
        f"  {board.place:>3}  {board.board_id:<20}  {_state(board):<16}  {board.name}"
        for board in boards.everything(now=now)
    ]


def _show(said: Said, now: datetime) -> list[str]:
    import msgspec

    from community.forum.boards import service as boards

    board = boards.get(_needed(said, "ID"), now=now)
    return msgspec.json.format(msgspec.json.encode(board)).decode().splitlines()


def _open(said: Said, now: datetime) -> list[str]:
    from community.forum.boards import service as boards

    board = boards.add(_needed(said, "ID"), _changes(said), by=_needed(said, "BY"), now=now)
    return [f"✓ {board.board_id} opened: {board.name}"]


def _change(said: Said, now: datetime) -> list[str]:
    from community.forum.boards import service as boards

    board = boards.change(_needed(said, "ID"), _changes(said), by=_needed(said, "BY"), now=now)
    return [f"✓ {board.board_id} changed: {board.name}"]


def _archive(said: Said, now: datetime) -> list[str]:
    from community.forum.boards import service as boards

    board = boards.archive(_needed(said, "ID"), by=_needed(said, "BY"), now=now)
    return [f"✓ {board.board_id} archived: {board.name}"]


def _reopen(said: Said, now: datetime) -> list[str]:
    from community.forum.boards import service as boards

    board = boards.reopen(_needed(said, "ID"), by=_needed(said, "BY"), now=now)
    return [f"✓ {board.board_id} reopened: {board.name}"]


def _appoint(said: Said, now: datetime) -> list[str]:
    from community.forum.boards import service as boards

    who, board_id = _needed(said, "WHO"), _needed(said, "ID")
    member = boards.appoint(who, board_id, by=_needed(said, "BY"), now=now)
    return [f"✓ {member.member_id} looks after {board_id} now"]


def _dismiss(said: Said, now: datetime) -> list[str]:
    from community.forum.boards import service as boards

    who, board_id = _needed(said, "WHO"), _needed(said, "ID")
    member = boards.dismiss(who, board_id, by=_needed(said, "BY"), now=now)
    return [f"✓ {member.member_id} looks after {board_id} no longer"]


DEEDS: dict[str, Callable[[Said, datetime], list[str]]] = {
    "list": _list,
    "show": _show,
    "open": _open,
    "change": _change,
    "archive": _archive,
    "reopen": _reopen,
    "appoint": _appoint,
    "dismiss": _dismiss,
}


def _state(board: Board) -> str:
    return "archived" if board.archived else board.policy


def _changes(said: Said) -> Changes:
    from chalicelib import reading
    from community.forum.boards.changes import Changes

    changes: Changes = reading.body(Changes, _needed(said, "SET").encode(), "application/json")
    return changes


if __name__ == "__main__":
    say.run(main)
