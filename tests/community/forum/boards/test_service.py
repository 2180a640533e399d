"""The boards as they are kept: installed once, remembered for a minute."""

from __future__ import annotations

import pytest

from community.forum.boards import records
from community.forum.boards import service as boards
from community.forum.boards.rules import Board, NoSuchBoard
from tests.world import World

NEW = Board(board_id="second-hand", name="二手车", description="买卖二手车", place=0)


def ids_now(world: World) -> list[str]:
    return [board.board_id for board in boards.everything(now=world.now)]


def test_boards_come_in_their_order(world: World) -> None:
    assert ids_now(world) == [
        "new-car-shopping",
        "car-care",
        "accessory-deals",
        "new-launches",
        "members-only",
    ]


def test_installing_again_changes_nothing(world: World) -> None:
    before = world.rows("forum")
    assert boards.install() == []
    assert world.rows("forum") == before


def test_a_missing_board_is_installed(world: World) -> None:
    records.BoardRow("boards", "car-care").delete()
    assert boards.install() == ["car-care"]


def test_a_board_is_found_by_its_id(world: World) -> None:
    assert boards.get("car-care", now=world.now).name == "养车无忧"


@pytest.mark.parametrize("board_id", ["", "unknown", "car-care ", "x" * 3000])
def test_what_is_no_board_is_not_found(world: World, board_id: str) -> None:
    with pytest.raises(NoSuchBoard):
        boards.get(board_id, now=world.now)


def test_a_new_board_is_seen_within_a_minute(world: World) -> None:
    ids_now(world)
    records.add_if_new(NEW)
    world.later(seconds=59)
    assert "second-hand" not in ids_now(world)
    world.later(seconds=1)
    assert ids_now(world)[0] == "second-hand"


def test_a_clock_that_goes_back_does_not_keep_old_boards(world: World) -> None:
    ids_now(world)
    records.add_if_new(NEW)
    world.later(hours=-1)
    assert "second-hand" in ids_now(world)
