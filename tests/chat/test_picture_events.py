"""What WeChat pushes about pictures reaches them, be it sealed, repeated, or early."""

from __future__ import annotations

import json
from typing import Any

import pytest

from community.commons.safety import records
from community.facts import Judgement, PictureJudged
from tests.chat.conftest import WECHAT, Pushes
from tests.world import World

MEDIA = "01J0000000000000000000MED1"


def a_verdict(world: World, **fields: Any) -> str:
    return json.dumps(
        {
            "ToUserName": "gh_1",
            "FromUserName": "oPlatform",
            "CreateTime": int(world.now.timestamp()),
            "MsgType": "event",
            "Event": "wxa_media_check",
            "appid": WECHAT.receiver_id,
            "trace_id": "t1",
            "result": {"suggest": "pass", "label": "100"},
            **fields,
        }
    )


def told(world: World) -> list[PictureJudged]:
    """Work the inbox, and see what follows from it."""
    from chat import worker
    from community import facts

    for body in world.take("inbox"):
        worker.work(body)
    world.relay()
    news = [facts.read(body) for body in world.take("facts")]
    return [fact for fact in news if isinstance(fact, PictureJudged)]


def asked(world: World) -> None:
    records.note_asked("t1", MEDIA, attempt=1, now=world.now)


@pytest.mark.parametrize("early", [True, False])
def test_a_verdict_reaches_its_picture(pushes: Pushes, world: World, early: bool) -> None:
    if not early:
        asked(world)
    assert pushes.wechat(a_verdict(world), form="json").text == "success"
    facts = told(world)
    if early:
        assert facts == []
        asked(world)
        facts = told(world)
    assert [(fact.media_id, fact.judgement) for fact in facts] == [(MEDIA, Judgement.PASS)]


def test_a_verdict_that_is_pushed_four_times_is_one(pushes: Pushes, world: World) -> None:
    asked(world)
    for _ in range(4):
        pushes.wechat(a_verdict(world), form="json")
    assert len(told(world)) == 1


def test_a_verdict_is_not_answered_in_the_chat(pushes: Pushes, world: World) -> None:
    pushes.wechat(a_verdict(world), form="json")
    world.settle()
    assert world.sent("/cgi-bin/message/custom/send") == []


@pytest.mark.parametrize("wrong", [{"appid": "wx-of-another"}, {"trace_id": ""}])
def test_a_verdict_about_nothing_of_ours_changes_nothing(
    pushes: Pushes, world: World, wrong: dict[str, str]
) -> None:
    asked(world)
    pushes.wechat(a_verdict(world, **wrong), form="json")
    world.settle()
    assert len(world.refused) == 1
    assert told(world) == []
