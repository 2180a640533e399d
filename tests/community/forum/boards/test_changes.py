"""What operators and moderators change about boards."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib import ids
from chalicelib.errors import Invalid
from community.commons.audience.rules import OWNERS
from community.commons.staff.rules import NotAModerator, Role, Staff
from community.forum.boards import changes
from community.forum.boards.changes import (
    DESCRIPTION_CHARS_MAX,
    MODERATORS_MAX,
    NAME_CHARS_MAX,
    PLACE_MAX,
    Changes,
    TooManyPinned,
)
from community.forum.boards.rules import Board, Policy
from tests.world import START

BOARD = Board(board_id="b", name="板块", description="说明", place=9, post=OWNERS)
MODERATORS = [
    Staff("ZhangSan", "张三", (Role.MODERATOR,)),
    Staff("lisi", "李四", (Role.MODERATOR,)),
]
OPERATOR = Staff("ops", "运营", (Role.OPERATOR,))
A, B, C, D = (ids.new_id(START, name) for name in "abcd")


def changed(board: Board = BOARD, **said: Any) -> Board:
    return changes.changed(board, Changes(**said), moderators=MODERATORS)


def wrong_fields(board: Board = BOARD, **said: Any) -> list[str]:
    with pytest.raises(Invalid) as refused:
        changed(board, **said)
    return [error.field for error in refused.value.errors]


def test_what_is_not_said_stays() -> None:
    after = changed(place=1, policy=Policy.PRE_MODERATE)
    assert (after.place, after.policy) == (1, Policy.PRE_MODERATE)
    assert (after.name, after.post, after.board_id) == ("板块", OWNERS, "b")
    assert changed() == BOARD


def test_what_is_said_is_tidied() -> None:
    after = changed(name="  改装  俱乐部 ", description=" 一起\n改车 ")
    assert (after.name, after.description) == ("改装 俱乐部", "一起 改车")


def test_moderators_are_named_as_they_are_appointed_and_once_each() -> None:
    assert changed(moderators=("zhangsan", "LISI", "lisi")).moderators == ("ZhangSan", "lisi")


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"name": " "}, ["name"]),
        ({"name": "名" * (NAME_CHARS_MAX + 1)}, ["name"]),
        ({"description": ""}, ["description"]),
        ({"description": "说" * (DESCRIPTION_CHARS_MAX + 1)}, ["description"]),
        ({"place": -1}, ["place"]),
        ({"place": PLACE_MAX + 1}, ["place"]),
        ({"moderators": ("wangwu",)}, ["moderators"]),
        ({"moderators": tuple(map(str, range(MODERATORS_MAX + 1)))}, None),
        ({"name": "", "place": -1, "moderators": ("wangwu",)}, ["name", "place", "moderators"]),
    ],
)
def test_every_wrong_field_is_named(said: dict[str, Any], wrong: list[str] | None) -> None:
    found = wrong_fields(**said)
    assert found == wrong if wrong else set(found) == {"moderators"}


@pytest.mark.parametrize("board_id", ["", "1st", "Car", "car care", "x" * 41, "板块", "a#b"])
def test_an_id_that_is_none_is_named(board_id: str) -> None:
    board = Board(board_id=board_id, name="板块", description="说明", place=1)
    assert wrong_fields(board) == ["board_id"]


def test_the_longest_is_taken() -> None:
    board = Board(board_id="x" * 40, name="", description="", place=0)
    said = {
        "name": "名" * NAME_CHARS_MAX,
        "description": "说" * DESCRIPTION_CHARS_MAX,
        "place": PLACE_MAX,
    }
    assert changed(board, **said).place == PLACE_MAX


def test_a_moderator_who_is_none_any_longer_keeps_nobody_from_changing_the_rest() -> None:
    board = changed(moderators=("lisi",))
    after = changes.changed(board, Changes(place=2), moderators=[])
    assert (after.place, after.moderators) == (2, ("lisi",))


# Pinning


def test_the_last_that_was_pinned_comes_first_and_each_once() -> None:
    board = changes.with_pinned(changes.with_pinned(BOARD, A), B)
    assert board.pinned == (B, A)
    assert changes.with_pinned(board, A) == board
    assert changes.without_pinned(board, B).pinned == (A,)
    assert changes.without_pinned(board, C) == board


def test_a_fourth_is_not_pinned() -> None:
    board = BOARD
    for post_id in (A, B, C):
        board = changes.with_pinned(board, post_id)
    with pytest.raises(TooManyPinned):
        changes.with_pinned(board, D)
    assert changes.with_pinned(board, A) == board


@pytest.mark.parametrize("post_id", ["", "unknown", "x" * 3_000])
def test_what_is_no_post_is_not_pinned(post_id: str) -> None:
    with pytest.raises(Invalid):
        changes.with_pinned(BOARD, post_id)


@pytest.mark.parametrize(
    ("moderators", "staff", "may"),
    [
        ((), OPERATOR, True),
        (("lisi",), OPERATOR, True),
        ((), MODERATORS[0], True),
        (("ZhangSan",), MODERATORS[0], True),
        (("lisi",), MODERATORS[0], False),
        ((), Staff("wangwu", "王五", (Role.ADVISOR,)), False),
    ],
)
def test_who_pins(moderators: tuple[str, ...], staff: Staff, may: bool) -> None:
    board = changed(moderators=moderators)
    if may:
        changes.check_may_pin(staff, board)
    else:
        with pytest.raises(NotAModerator):
            changes.check_may_pin(staff, board)
