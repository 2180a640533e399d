"""`make board`: the boards from the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from community.commons.audience.rules import OWNERS
from community.commons.staff import service as staff
from community.commons.staff.rules import Role, Staff
from community.forum.boards import service as boards
from community.forum.boards.rules import Policy
from local import boards as command
from local import say
from tests.world import World

NEW = {"name": "改装", "description": "一起改车", "place": 6}


@pytest.fixture(autouse=True)
def _operator(world: World) -> None:
    staff.appoint(Staff("ops", "运营小陈", (Role.OPERATOR,)))


def does(world: World, deed: str, **said: Any) -> list[str]:
    if "SET" in said and not isinstance(said["SET"], str):
        said["SET"] = json.dumps(said["SET"])
    return command.done({"DO": deed, "BY": "ops", **said}, now=world.now)


def test_a_board_is_opened_listed_archived_and_reopened(world: World) -> None:
    assert does(world, "open", ID="tuning", SET=NEW) == ["✓ tuning opened: 改装"]
    assert [line.split() for line in does(world, "list")][-1] == [
        "6",
        "tuning",
        "post_moderate",
        "改装",
    ]
    assert does(world, "archive", ID="car-care") == ["✓ car-care archived: 养车无忧"]
    assert does(world, "list")[-1].split()[1:3] == ["car-care", "archived"]
    assert does(world, "reopen", ID="car-care") == ["✓ car-care reopened: 养车无忧"]


def test_a_board_is_changed_and_shown(world: World) -> None:
    change = {"read": {"identity": ["owner"]}, "policy": "pre_moderate", "moderators": ["lisi"]}
    assert does(world, "change", ID="car-care", SET=change) == ["✓ car-care changed: 养车无忧"]
    board = boards.get("car-care", now=world.now)
    assert (board.read, board.policy, board.moderators) == (OWNERS, Policy.PRE_MODERATE, ("lisi",))
    shown = json.loads("\n".join(does(world, "show", ID="car-care")))
    assert (shown["name"], shown["read"]) == ("养车无忧", {"identity": ["owner"]})


def test_a_member_is_appointed_and_dismissed(world: World) -> None:
    wang = world.joins("wang")
    said = {"ID": "car-care", "WHO": wang.member_id}
    assert does(world, "appoint", **said) == [f"✓ {wang.member_id} looks after car-care now"]
    assert wang.member.board_roles == ("moderator:car-care",)
    assert does(world, "dismiss", **said) == [f"✓ {wang.member_id} looks after car-care no longer"]
    assert wang.member.board_roles == ()


@pytest.mark.parametrize("deed", ["", "delete"])
def test_who_does_not_say_what_to_do_is_told_what_there_is(world: World, deed: str) -> None:
    with pytest.raises(say.Failure, match="DO=list"):
        does(world, deed)


@pytest.mark.parametrize("missing", ["BY", "ID", "SET"])
def test_what_is_missing_is_named(world: World, missing: str) -> None:
    said = {"ID": "tuning", "SET": NEW, missing: ""}
    with pytest.raises(say.Failure, match=f"^{missing} is missing"):
        does(world, "open", **said)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "name: "),
        ({"place": "first"}, "place: "),
        ({"colour": "red"}, "colour: 没有这个参数"),
        ({"read": {"any": [{"tier_min": "T9"}]}}, r"read\.any\[0\]\.tier_min: "),
        ({"read": {"not": {}}}, "read: 请至少填写一个条件"),
        ({"moderators": ["wangwu"]}, "moderators: wangwu 不是版主"),
        ("{", "不是有效的 JSON"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(world: World, change: Any, sentence: str) -> None:
    before = world.rows("forum")
    with pytest.raises(say.Failure, match=sentence):
        does(world, "change", ID="car-care", SET=change)
    assert world.rows("forum") == before


def test_who_may_not_is_told_so(world: World) -> None:
    with pytest.raises(say.Failure, match="只有运营人员可以操作"):
        does(world, "archive", ID="car-care", BY="lisi")
