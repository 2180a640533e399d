"""The boards as they are kept, and as operators change them."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib import ids
from chalicelib.errors import Invalid, NotFound, Unavailable
from community import facts
from community.commons.audience.rules import OWNERS
from community.commons.audit import service as audit
from community.commons.audit.rules import SYSTEM
from community.commons.staff import service as staff
from community.commons.staff.rules import (
    NotAModerator,
    NotAnOperator,
    NotStaff,
    Role,
    Staff,
)
from community.forum.boards import changes, records
from community.forum.boards import service as boards
from community.forum.boards.changes import BoardExists, Changes, TooManyBoards, TooManyPinned
from community.forum.boards.rules import Board, NoSuchBoard, Policy
from community.people.members import service as members
from tests.world import START, Person, World

A_BOARD = Changes(name="二手车", description="买卖二手车", place=6)
A, B, C, D = (ids.new_id(START, name) for name in "abcd")
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


# Operators


@pytest.fixture
def operator(world: World) -> str:
    staff.appoint(Staff("ops", "运营小陈", (Role.OPERATOR,)))
    return "ops"


def told(about: str) -> list[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """The audit log, newest first: what, by whom, before and after."""
    return [(entry.what, entry.by, entry.before, entry.after) for entry in audit.about(about)]


def test_an_operator_opens_a_board(world: World, operator: str) -> None:
    opened = boards.add("second-hand", A_BOARD, by=operator, now=world.now)
    assert opened.name == "二手车"
    assert ids_now(world)[-1] == "second-hand"
    ((what, by, before, after),) = told("board#second-hand")
    assert (what, by, before, after["name"]) == ("boards.add", "ops", {}, "二手车")


def test_an_id_that_is_in_use_is_refused(world: World, operator: str) -> None:
    with pytest.raises(BoardExists):
        boards.add("car-care", A_BOARD, by=operator, now=world.now)
    assert boards.get("car-care", now=world.now).name == "养车无忧"
    assert told("board#car-care") == []


def test_a_board_without_a_name_is_refused(world: World, operator: str) -> None:
    with pytest.raises(Invalid) as refused:
        boards.add("Second", Changes(place=3), by=operator, now=world.now)
    assert [error.field for error in refused.value.errors] == ["board_id", "name", "description"]
    assert len(ids_now(world)) == 5


def test_there_are_not_more_boards_than_a_list_can_show(
    world: World, operator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "BOARDS_MAX", 5)
    with pytest.raises(TooManyBoards):
        boards.add("second-hand", A_BOARD, by=operator, now=world.now)


def test_an_operator_changes_a_board_and_sees_it_at_once(world: World, operator: str) -> None:
    ids_now(world)
    said = Changes(place=0, read=OWNERS, policy=Policy.PRE_MODERATE_NEW, moderators=("LiSi",))
    changed = boards.change("new-launches", said, by=operator, now=world.now)
    assert boards.get("new-launches", now=world.now) == changed
    assert (changed.read, changed.policy) == (OWNERS, Policy.PRE_MODERATE_NEW)
    assert changed.moderators == ("lisi",)
    assert ids_now(world)[0] == "new-launches"
    assert told("board#new-launches") == [
        (
            "boards.change",
            "ops",
            {"place": 4, "read": {}, "policy": "post_moderate", "moderators": []},
            {
                "place": 0,
                "read": {"identity": ["owner"]},
                "policy": "pre_moderate_new",
                "moderators": ["lisi"],
            },
        )
    ]


def test_a_change_that_changes_nothing_is_not_written_down(world: World, operator: str) -> None:
    before = world.rows("forum")
    boards.change("car-care", Changes(place=2), by=operator, now=world.now)
    assert world.rows("forum") == before
    assert told("board#car-care") == []


def test_a_wrong_change_changes_nothing(world: World, operator: str) -> None:
    before = world.rows("forum")
    with pytest.raises(Invalid):
        boards.change("car-care", Changes(name="", place=1), by=operator, now=world.now)
    assert world.rows("forum") == before


def test_two_changes_at_once_are_both_there(
    world: World, operator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff.appoint(Staff("ops2", "运营小李", (Role.OPERATOR,)))
    look, first = records.find, [True]

    def look_while_another_changes(board_id: str) -> records.Kept | None:
        seen = look(board_id)
        if first:
            first.clear()
            boards.change("car-care", Changes(place=9), by="ops2", now=world.now)
        return seen

    monkeypatch.setattr(records, "find", look_while_another_changes)
    boards.change("car-care", Changes(name="养车"), by=operator, now=world.now)
    after = boards.get("car-care", now=world.now)
    assert (after.name, after.place) == ("养车", 9)
    assert [what for what, *_ in told("board#car-care")] == ["boards.change"] * 2


def test_whoever_is_overtaken_again_and_again_is_told_to_try_later(
    world: World, operator: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = records.find

    def look_at_an_old_one(board_id: str) -> records.Kept | None:
        seen = look(board_id)
        return seen._replace(text="{}") if seen else None

    monkeypatch.setattr(records, "find", look_at_an_old_one)
    with pytest.raises(Unavailable):
        boards.change("car-care", Changes(name="养车"), by=operator, now=world.now)
    assert told("board#car-care") == []


def test_a_board_that_was_written_with_fewer_fields_can_be_changed(
    world: World, operator: str
) -> None:
    old = '{"board_id": "old", "name": "旧板块", "description": "从前", "place": 7}'
    records.BoardRow("boards", "old", board=old).save()
    changed = boards.change("old", Changes(place=8), by=operator, now=world.now)
    assert (changed.name, changed.place, changed.policy) == ("旧板块", 8, Policy.POST_MODERATE)


def test_an_archived_board_comes_last_until_it_is_reopened(world: World, operator: str) -> None:
    boards.archive("car-care", by=operator, now=world.now)
    assert ids_now(world)[-1] == "car-care"
    assert boards.get("car-care", now=world.now).archived
    boards.reopen("car-care", by=operator, now=world.now)
    assert ids_now(world)[1] == "car-care"
    assert {what for what, *_ in told("board#car-care")} == {"boards.archive", "boards.reopen"}


@pytest.mark.parametrize("by", ["lisi", "wangwu", "stranger"])
def test_nobody_but_operators_changes_boards(world: World, by: str) -> None:
    before = world.rows("forum")
    wang = world.joins("wang")
    deeds = (
        lambda: boards.add("second-hand", A_BOARD, by=by, now=world.now),
        lambda: boards.change("car-care", Changes(place=9), by=by, now=world.now),
        lambda: boards.archive("car-care", by=by, now=world.now),
        lambda: boards.reopen("car-care", by=by, now=world.now),
        lambda: boards.appoint(wang.member_id, "car-care", by=by, now=world.now),
        lambda: boards.dismiss(wang.member_id, "car-care", by=by, now=world.now),
    )
    for deed in deeds:
        with pytest.raises(NotAnOperator):
            deed()
    assert world.rows("forum") == before
    assert wang.member.board_roles == ()


def test_what_is_no_board_is_not_changed(world: World, operator: str) -> None:
    wang = world.joins("wang")
    for deed in (
        lambda: boards.change("unknown", A_BOARD, by=operator, now=world.now),
        lambda: boards.archive("unknown", by=operator, now=world.now),
        lambda: boards.pin("unknown", A, by=operator, now=world.now),
        lambda: boards.appoint(wang.member_id, "unknown", by=operator, now=world.now),
    ):
        with pytest.raises(NoSuchBoard):
            deed()


# Pinning


def test_a_moderator_pins_and_unpins(world: World) -> None:
    boards.pin("car-care", A, by="zhangsan", now=world.now)
    world.later(seconds=1)
    boards.pin("car-care", B, by="zhangsan", now=world.now)
    assert boards.get("car-care", now=world.now).pinned == (B, A)
    boards.unpin("car-care", A, by="lisi", now=world.now)
    assert boards.get("car-care", now=world.now).pinned == (B,)
    assert [what for what, *_ in told("board#car-care")].count("boards.pin") == 2


def test_pinning_again_changes_nothing(world: World) -> None:
    boards.pin("car-care", A, by="zhangsan", now=world.now)
    before = world.rows("forum")
    boards.pin("car-care", A, by="lisi", now=world.now)
    assert world.rows("forum") == before


def test_a_fourth_is_refused(world: World) -> None:
    for post_id in (A, B, C):
        world.later(seconds=1)
        boards.pin("car-care", post_id, by="zhangsan", now=world.now)
    with pytest.raises(TooManyPinned):
        boards.pin("car-care", D, by="zhangsan", now=world.now)


def test_only_those_pin_who_look_after_the_board(world: World, operator: str) -> None:
    boards.change("car-care", Changes(moderators=("lisi",)), by=operator, now=world.now)
    with pytest.raises(NotAModerator):
        boards.pin("car-care", A, by="zhangsan", now=world.now)
    with pytest.raises(NotAModerator):
        boards.pin("car-care", A, by="wangwu", now=world.now)
    with pytest.raises(NotStaff):
        boards.unpin("car-care", A, by="stranger", now=world.now)
    boards.pin("car-care", A, by="lisi", now=world.now)
    boards.unpin("car-care", A, by=operator, now=world.now)
    assert boards.get("car-care", now=world.now).pinned == ()


def test_what_is_gone_is_unpinned_by_the_system(world: World) -> None:
    boards.pin("car-care", A, by="zhangsan", now=world.now)
    boards.unpin("car-care", A, by=SYSTEM, now=world.now)
    assert boards.get("car-care", now=world.now).pinned == ()
    assert ("boards.unpin", SYSTEM) in [(what, by) for what, by, *_ in told("board#car-care")]


# Members who look after a board


@pytest.fixture
def wang(world: World) -> Person:
    return world.joins("wang")


def test_a_member_is_appointed_and_dismissed(world: World, operator: str, wang: Person) -> None:
    world.settle()
    given = boards.appoint(wang.member_id, "car-care", by=operator, now=world.now)
    assert given.board_roles == wang.member.board_roles == ("moderator:car-care",)
    assert roles_told(world) == [(wang.member_id, "moderator:car-care", True)]
    world.later(seconds=1)
    boards.dismiss(wang.member_id, "car-care", by=operator, now=world.now)
    assert wang.member.board_roles == ()
    assert roles_told(world) == [(wang.member_id, "moderator:car-care", False)]
    assert told(f"member#{wang.member_id}")[:2] == [
        (
            "boards.dismiss",
            "ops",
            {"board_roles": ["moderator:car-care"]},
            {"board_roles": []},
        ),
        (
            "boards.appoint",
            "ops",
            {"board_roles": []},
            {"board_roles": ["moderator:car-care"]},
        ),
    ]


def roles_told(world: World) -> list[tuple[str, str, bool]]:
    """The changed roles that the stream of the people table tells of."""
    world.relay()
    told = map(facts.read, world.take("facts"))
    return [
        (fact.member_id, fact.board_role, fact.held)
        for fact in told
        if isinstance(fact, facts.BoardRoleChanged)
    ]


def test_appointing_again_changes_nothing(world: World, operator: str, wang: Person) -> None:
    boards.appoint(wang.member_id, "car-care", by=operator, now=world.now)
    before = world.rows("people")
    boards.appoint(wang.member_id, "car-care", by=operator, now=world.now)
    assert world.rows("people") == before


def test_an_unknown_member_is_not_appointed(world: World, operator: str) -> None:
    with pytest.raises(NotFound):
        boards.appoint("unknown", "car-care", by=operator, now=world.now)


def test_somebody_who_changes_meanwhile_keeps_that_change(
    world: World, operator: str, wang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, first = members.get, [True]

    def look_while_they_rename_themselves(member_id: str) -> Any:
        seen = look(member_id)
        if first:
            first.clear()
            members.change(member_id, lambda m: replace(m, nickname="老王"))
        return seen

    monkeypatch.setattr(members, "get", look_while_they_rename_themselves)
    boards.appoint(wang.member_id, "car-care", by=operator, now=world.now)
    member = wang.member
    assert (member.nickname, member.board_roles) == ("老王", ("moderator:car-care",))
