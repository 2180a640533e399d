"""Content safety: what WeChat says of a text, and what happens when it says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.wechat.client import Scene
from community.commons.safety import service as safety
from community.commons.safety.rules import ContentNotAllowed
from tests.fakes.platform import DROP, Reply
from tests.world import World

CHECK = "/wxa/msg_sec_check"


def screen(text: str) -> bool:
    return safety.screen(text, openid="openid-of-li", scene=Scene.FORUM, title="标题")


def test_a_text_that_passes_may_be_seen_by_everyone(world: World) -> None:
    assert screen("首保多少钱")


def test_a_doubtful_text_waits_for_a_moderator(world: World) -> None:
    assert not screen("存疑")


def test_a_risky_text_is_refused(world: World) -> None:
    with pytest.raises(ContentNotAllowed):
        screen("违规")


@pytest.mark.parametrize(
    "answer",
    [-1, 61010, 44991, 45009, DROP, Reply(status=502), Reply(b"<html>"), {"errcode": 0}],
    ids=["busy", "not active", "minute", "day", "hung up", "status", "no json", "no verdict"],
)
def test_without_an_answer_a_moderator_looks(world: World, answer: Any) -> None:
    world.platform.answers(CHECK, answer)
    assert not screen("首保多少钱")


def test_it_is_counted_when_nobody_answers(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.platform.answers(CHECK, -1)
    screen("首保多少钱")
    said = capsys.readouterr().out
    assert '"safety_unanswered":1' in said
    assert "首保" not in said


def test_wechat_is_told_who_writes_what_and_where(world: World) -> None:
    screen("首保多少钱")
    (asked,) = world.sent(CHECK)
    assert (asked["openid"], asked["content"], asked["title"], asked["scene"]) == (
        "openid-of-li",
        "首保多少钱",
        "标题",
        3,
    )
