"""`make touchpoint`: the catalogue of touchpoints and their codes, from the command line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from community.people.touchpoints import service as touchpoints
from community.people.touchpoints.rules import Kind
from local import cloud, deploy, say, stages, touchpoint
from tests.fakes.usual import A_PNG
from tests.world import World

A_LIVESTREAM = {"BY": "wangwu", "ID": "live-7", "KIND": "livestream", "NAME": "周五直播"}


def does(world: World, deed: str, **said: str) -> list[str]:
    return touchpoint.done({"DO": deed, **said}, now=world.now)


def test_a_touchpoint_is_added_listed_and_ended(world: World) -> None:
    touchpoints.install()
    assert does(world, "add", **A_LIVESTREAM) == ["✓ live-7 added: 周五直播"]
    world.joins("li")
    world.settle()
    listed = does(world, "list")
    assert [line.split()[0] for line in listed] == sorted(
        ["archive", "live-7", "organic", "wecom-contact"]
    )
    (organic,) = [line for line in listed if "organic" in line.split()[0]]
    assert "1 joined today" in organic
    world.later(hours=1)
    assert does(world, "end", BY="wangwu", ID="live-7") == ["✓ live-7 ended: 周五直播"]
    assert touchpoints.get("live-7").until_at == world.now


def test_what_else_can_be_said_of_one_is_kept(world: World) -> None:
    more = {"PAGE": "pages/live/index", "STAFF": "wangwu", "UNTIL": "2026-12-31"}
    does(world, "add", **A_LIVESTREAM, **more)
    added = touchpoints.get("live-7")
    assert (added.kind, added.page, added.staff_id) == (
        Kind.LIVESTREAM,
        "pages/live/index",
        "wangwu",
    )
    assert added.until_at
    assert added.until_at.isoformat() == "2026-12-31T00:00:00+08:00"
    assert added.from_at == world.now


def test_a_code_is_written_to_a_file(world: World, tmp_path: Path) -> None:
    does(world, "add", **A_LIVESTREAM)
    file = tmp_path / "live.png"
    assert does(world, "picture", ID="live-7", QR=str(file)) == [f"✓ {file}"]
    assert file.read_bytes() == A_PNG


def test_a_file_that_cannot_be_written_is_told_in_a_sentence(world: World, tmp_path: Path) -> None:
    does(world, "add", **A_LIVESTREAM)
    with pytest.raises(say.Failure, match="cannot be written"):
        does(world, "picture", ID="live-7", QR=str(tmp_path / "nowhere" / "live.png"))


def test_those_that_are_built_in_do_not_end_and_have_no_code(world: World, tmp_path: Path) -> None:
    for name in touchpoints.install():
        with pytest.raises(say.Failure, match="系统内置"):
            does(world, "end", BY="wangwu", ID=name)
        with pytest.raises(say.Failure, match="系统内置"):
            does(world, "picture", ID=name, QR=str(tmp_path / "code.png"))


@pytest.mark.parametrize("deed", ["", "remove"])
def test_who_does_not_say_what_to_do_is_told_what_there_is(world: World, deed: str) -> None:
    with pytest.raises(say.Failure, match="DO=list"):
        does(world, deed)


@pytest.mark.parametrize("missing", ["BY", "ID", "NAME"])
def test_what_is_missing_is_named(world: World, missing: str) -> None:
    said = {name: value for name, value in A_LIVESTREAM.items() if name != missing}
    with pytest.raises(say.Failure, match=f"^{missing} is missing"):
        does(world, "add", **said)
    assert touchpoints.everything() == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"KIND": "radio"}, "KIND is one of"),
        ({"KIND": "referral"}, "kind: "),
        ({"ID": "直播"}, "touchpoint_id: "),
        ({"UNTIL": "soon"}, "UNTIL=soon is no time"),
        ({"BY": "nobody"}, "只有工作人员可以操作"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(
    world: World, wrong: dict[str, str], sentence: str
) -> None:
    with pytest.raises(say.Failure, match=sentence):
        does(world, "add", **{**A_LIVESTREAM, **wrong})
    assert touchpoints.everything() == []


def test_an_unknown_one_is_told_in_a_sentence(world: World, tmp_path: Path) -> None:
    with pytest.raises(say.Failure, match="没有这个触点"):
        does(world, "end", BY="wangwu", ID="live-8")
    file = tmp_path / "live.png"
    with pytest.raises(say.Failure, match="没有这个触点"):
        does(world, "picture", ID="live-8", QR=str(file))
    assert not file.exists()


def test_one_that_ends_before_it_begins_is_refused(world: World) -> None:
    yesterday = f"{world.now - timedelta(days=1):%Y-%m-%d}"
    with pytest.raises(say.Failure, match="until_at: "):
        does(world, "add", **A_LIVESTREAM, UNTIL=yesterday)


def test_an_unknown_stage_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGE", "test")
    with pytest.raises(say.Failure, match="STAGE=test is none"):
        touchpoint.main()


def test_a_stage_of_another_version_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    class Lambda:
        def get_function_configuration(self, **_: str) -> dict[str, Any]:
            return {"Environment": {"Variables": {"STAGE": "dev", "STACK": "an-old-one"}}}

    monkeypatch.setattr(deploy, "read_plan", lambda _: SimpleNamespace(region="cn-north-1"))
    monkeypatch.setattr(cloud, "real", lambda _: lambda _: Lambda())
    with pytest.raises(say.Failure, match="of another version than this: FACTS_QUEUE_URL"):
        stages.environment_of_stage("dev")
