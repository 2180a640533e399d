"""What operators and moderators change about boards."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
from msgspec import UNSET, UnsetType

from chalicelib import ids
from chalicelib.errors import Conflict, FieldError, Invalid
from community.commons.audience.rules import Audience
from community.commons.staff.rules import NotAModerator, Role, Staff
from community.commons.words import visible
from community.forum.boards.rules import Board, Policy

BOARDS_MAX = 50
NAME_CHARS_MAX = 12
DESCRIPTION_CHARS_MAX = 60
PLACE_MAX = 999
MODERATORS_MAX = 20
PINNED_MAX = 3
_BOARD_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")


class BoardExists(Conflict):
    code = "board_exists"
    text = "该板块编号已被使用"


class TooManyBoards(Conflict):
    code = "too_many_boards"
    text = f"最多开设 {BOARDS_MAX} 个板块"


class TooManyPinned(Conflict):
    code = "too_many_pinned"
    text = f"每个板块最多置顶 {PINNED_MAX} 篇，请先取消一篇"


class Changes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an operator says of a board; what is not said stays as it is."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    place: int | UnsetType = UNSET
    read: Audience | UnsetType = UNSET
    post: Audience | UnsetType = UNSET
    comment: Audience | UnsetType = UNSET
    policy: Policy | UnsetType = UNSET
    moderators: tuple[str, ...] | UnsetType = UNSET


def check_may_pin(staff: Staff, board: Board) -> None:
    """Operators pin everywhere, moderators on the boards that they look after. Refuses: NotAModerator"""
    looks_after = Role.MODERATOR in staff.roles and (
        not board.moderators or staff.userid in board.moderators
    )
    if Role.OPERATOR not in staff.roles and not looks_after:
        raise NotAModerator


def changed(board: Board, said: Changes, *, moderators: Sequence[Staff]) -> Board:
    """The board as an operator wants it. `moderators`: all who may look after one.

    Refuses: Invalid — names every wrong field
    """
    wanted = {n: value for n, value in msgspec.structs.asdict(said).items() if value is not UNSET}
    board = msgspec.structs.replace(board, **wanted)
    by_userid = {staff.userid.lower(): staff.userid for staff in moderators}
    named = dict.fromkeys(userid.lower() for userid in board.moderators)
    board = msgspec.structs.replace(
        board,
        name=" ".join(visible(board.name).split()),
        description=" ".join(visible(board.description).split()),
        moderators=tuple(by_userid.get(userid, userid) for userid in named),
    )
    # Whoever ceased to be a moderator since stands there until somebody says otherwise.
    strange = named.keys() - by_userid if "moderators" in wanted else ()
    errors = [
        *_wrong(board),
        *(FieldError("moderators", f"{each} 不是版主") for each in sorted(strange)),
    ]
    if errors:
        raise Invalid(errors=errors)
    return board


def archived(board: Board, *, is_so: bool) -> Board:
    return msgspec.structs.replace(board, archived=is_so)


def with_pinned(board: Board, post_id: str) -> Board:
    """Refuses: Invalid — that is no post's id; TooManyPinned"""
    if not ids.is_id(post_id):
        raise Invalid(errors=[FieldError("post_id", "没有这篇帖子")])
    if post_id in board.pinned:
        return board
    if len(board.pinned) >= PINNED_MAX:
        raise TooManyPinned
    return msgspec.structs.replace(board, pinned=(post_id, *board.pinned))


def without_pinned(board: Board, post_id: str) -> Board:
    return msgspec.structs.replace(board, pinned=tuple(p for p in board.pinned if p != post_id))


def _wrong(board: Board) -> list[FieldError]:
    bounds = {
        "board_id": (
            _BOARD_ID.fullmatch(board.board_id),
            "以小写字母开头，由小写字母、数字和 - 组成，最多 40 个字符",
        ),
        "name": (0 < len(board.name) <= NAME_CHARS_MAX, f"1 至 {NAME_CHARS_MAX} 个字符"),
        "description": (
            0 < len(board.description) <= DESCRIPTION_CHARS_MAX,
            f"1 至 {DESCRIPTION_CHARS_MAX} 个字符",
        ),
        "place": (0 <= board.place <= PLACE_MAX, f"0 至 {PLACE_MAX}"),
        "moderators": (len(board.moderators) <= MODERATORS_MAX, f"最多 {MODERATORS_MAX} 位"),
    }
    return [FieldError(field, message) for field, (right, message) in bounds.items() if not right]
