"""Front door: the boards, who looks after them, and what is pinned there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import msgspec

from chalicelib import ids
from chalicelib.errors import Unavailable
from chalicelib.tables import Overtaken, one_transaction
from community import facts
from community.commons.audit import service as audit
from community.commons.audit.rules import SYSTEM, Entry
from community.commons.staff import service as staff
from community.forum.boards import changes, records, rules
from community.forum.boards.changes import Changes
from community.forum.boards.rules import Board
from community.people.members import service as members
from community.people.members.rules import Member

# Boards change a few times a year and are needed by every call to the forum.
KEPT_FOR = timedelta(minutes=1)
TRIES_MAX = 5
_kept: tuple[datetime, list[Board]] | None = None


def everything(*, now: datetime) -> list[Board]:
    """All boards in their order, archived ones last, at most a minute old."""
    global _kept
    if _kept is None or not timedelta() <= now - _kept[0] < KEPT_FOR:
        _kept = (now, rules.in_order(records.every_board()))
    return _kept[1]


def every_id() -> list[str]:
    """The ids of all boards, as they are this moment."""
    return [board.board_id for board in rules.in_order(records.every_board())]


def get(board_id: str, *, now: datetime) -> Board:
    """Refuses: NoSuchBoard"""
    for board in everything(now=now):
        if board.board_id == board_id:
            return board
    raise rules.NoSuchBoard


def install() -> list[str]:
    """Open the boards that the community has from the start; gives those that were missing."""
    return [b.board_id for b in rules.BOARDS_FROM_THE_START if records.add_if_new(b)]


def add(board_id: str, said: Changes, *, by: str, now: datetime) -> Board:
    """An operator opens a board. `by` is their userid.

    Refuses: NotAnOperator; Invalid — names every wrong field; BoardExists; TooManyBoards
    """
    operator = staff.operator(by)
    blank = Board(board_id=board_id, name="", description="", place=changes.PLACE_MAX)
    board = changes.changed(blank, said, moderators=staff.moderators())
    if len(records.every_board()) >= changes.BOARDS_MAX:
        raise changes.TooManyBoards
    with one_transaction(changes.BoardExists()) as write:
        records.add(write, board)
        audit.note_in(write, _entry("add", None, board, by=operator.userid, now=now))
    _forget()
    return board


def change(board_id: str, said: Changes, *, by: str, now: datetime) -> Board:
    """An operator changes what is said of a board; whatever else was changed meanwhile stays.

    Refuses: NotAnOperator; NoSuchBoard; Invalid — names every wrong field; Unavailable
    """
    operator, moderators = staff.operator(by), staff.moderators()
    wanted = partial(changes.changed, said=said, moderators=moderators)
    return _change(board_id, "change", wanted, by=operator.userid, now=now)


def archive(board_id: str, *, by: str, now: datetime) -> Board:
    """From now on a board is only read. Refuses: NotAnOperator; NoSuchBoard; Unavailable"""
    operator = staff.operator(by)
    wanted = partial(changes.archived, is_so=True)
    return _change(board_id, "archive", wanted, by=operator.userid, now=now)


def reopen(board_id: str, *, by: str, now: datetime) -> Board:
    """An archived board is written to again. Refuses: NotAnOperator; NoSuchBoard; Unavailable"""
    operator = staff.operator(by)
    wanted = partial(changes.archived, is_so=False)
    return _change(board_id, "reopen", wanted, by=operator.userid, now=now)


def pin(board_id: str, post_id: str, *, by: str, now: datetime) -> Board:
    """A post stands above all others. Whether it is there and of this board, the caller knows.

    Refuses: NotStaff, NotAModerator; NoSuchBoard; Invalid; TooManyPinned; Unavailable
    """
    colleague = staff.colleague(by)

    def wanted(board: Board) -> Board:
        changes.check_may_pin(colleague, board)
        return changes.with_pinned(board, post_id)

    return _change(board_id, "pin", wanted, by=colleague.userid, now=now)


def unpin(board_id: str, post_id: str, *, by: str, now: datetime) -> Board:
    """A post stands among the others again. `by` may be SYSTEM, where it is gone.

    Refuses: NotStaff, NotAModerator; NoSuchBoard; Unavailable
    """
    colleague = None if by == SYSTEM else staff.colleague(by)

    def wanted(board: Board) -> Board:
        if colleague:
            changes.check_may_pin(colleague, board)
        return changes.without_pinned(board, post_id)

    return _change(board_id, "unpin", wanted, by=colleague.userid if colleague else by, now=now)


def appoint(member_id: str, board_id: str, *, by: str, now: datetime) -> Member:
    """A member looks after a board, as far as audience rules ask for that.

    Refuses: NotAnOperator; NoSuchBoard; NotFound — no such member; Unavailable
    """
    return _set_role(member_id, board_id, held=True, by=by, now=now)


def dismiss(member_id: str, board_id: str, *, by: str, now: datetime) -> Member:
    """A member looks after a board no longer.

    Refuses: NotAnOperator; NoSuchBoard; NotFound — no such member; Unavailable
    """
    return _set_role(member_id, board_id, held=False, by=by, now=now)


def _change(
    board_id: str, deed: str, wanted: Callable[[Board], Board], *, by: str, now: datetime
) -> Board:
    """The board after a change, on top of whatever else changed meanwhile."""
    for _ in range(TRIES_MAX):
        before = records.find(board_id)
        if before is None:
            raise rules.NoSuchBoard
        after = wanted(before.board)
        if after == before.board:
            return after
        with suppress(Overtaken):
            with one_transaction() as write:
                records.replace(write, before, after)
                audit.note_in(write, _entry(deed, before.board, after, by=by, now=now))
            _forget()
            return after
    raise Unavailable


def _set_role(member_id: str, board_id: str, *, held: bool, by: str, now: datetime) -> Member:
    operator = staff.operator(by)
    if records.find(board_id) is None:
        raise rules.NoSuchBoard
    role = rules.moderator_of(board_id)
    for _ in range(TRIES_MAX):
        before = members.get(member_id)
        after = rules.with_role(before, role, held=held)
        if after == before:
            return before
        fact = facts.BoardRoleChanged(
            fact_id=ids.new_id(now, f"board role {before.member_id} {role} {held}"),
            at=now,
            member_id=before.member_id,
            board_role=role,
            held=held,
        )
        entry = Entry(
            what="boards.appoint" if held else "boards.dismiss",
            about=f"member#{before.member_id}",
            by=operator.userid,
            at=now,
            before={"board_roles": before.board_roles},
            after={"board_roles": after.board_roles},
        )
        with suppress(Overtaken):
            with one_transaction() as write:
                members.change_in(
                    write, before.member_id, partial(_in_place_of, before, after), fact=fact
                )
                audit.note_in(write, entry)
            return after
    raise Unavailable


def _in_place_of(before: Member, after: Member, now: Member) -> Member:
    """Refuses: Overtaken — they are not any longer as they were before"""
    if now != before:
        raise Overtaken
    return after


def _forget() -> None:
    """Who changed a board sees it changed."""
    global _kept
    _kept = None


def _entry(deed: str, before: Board | None, after: Board, *, by: str, now: datetime) -> Entry:
    """Of a change only what changed is written down."""
    old = msgspec.to_builtins(before) if before else {}
    new = msgspec.to_builtins(after)
    fields = [name for name in new if name not in old or old[name] != new[name]]
    return Entry(
        what=f"boards.{deed}",
        about=f"board#{after.board_id}",
        by=by,
        at=now,
        before={name: old[name] for name in fields if name in old},
        after={name: new[name] for name in fields},
    )
