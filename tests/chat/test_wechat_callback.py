"""/callbacks/wechat: taken in once, answered later in the chat, refused if it is not WeChat's."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import inbox
from chalicelib.envelopes import AGE_MAX
from chat import texts
from tests.chat.conftest import WECHAT, Pushes, a_text, an_event
from tests.fakes.envelopes import Sender, sha1, xml_body
from tests.gateway import Gateway
from tests.world import World

PATH = "/callbacks/wechat"
Answers = Callable[[], list[str]]


def kept(world: World) -> int:
    return len([row for row in world.rows("platform") if row["pk"].startswith("inbox#")])


def test_wechat_checks_that_the_address_is_ours(api: Gateway, world: World) -> None:
    query = {**WECHAT.plain_query(at=world.now), "echostr": "回声 & <x>"}
    reply = api.get(PATH, query=query)
    assert (reply.status, reply.text) == (200, "回声 & <x>")
    assert reply.headers["content-type"].startswith("text/plain")


def test_nobody_else_gets_an_echo(api: Gateway, world: World) -> None:
    query = {**WECHAT.plain_query(at=world.now), "echostr": "x", "signature": "0" * 40}
    assert api.get(PATH, query=query).refusal == (403, "bad_envelope")


def test_a_message_is_taken_in_and_answered_later(
    pushes: Pushes, world: World, answers: Answers
) -> None:
    reply = pushes.says("li", "帮助")
    assert (reply.status, reply.text, answers()) == (200, "success", [])
    world.settle()
    assert answers() == [texts.HELP]


def test_an_answer_goes_to_who_wrote(pushes: Pushes, world: World) -> None:
    pushes.says("li", "帮助")
    world.settle()
    assert [s["touser"] for s in world.sent("/cgi-bin/message/custom/send")] == ["openid-of-li"]


def test_a_message_may_come_as_json(pushes: Pushes, world: World, answers: Answers) -> None:
    plain = {
        "ToUserName": "gh_1",
        "FromUserName": "openid-of-li",
        "CreateTime": int(world.now.timestamp()),
        "MsgType": "text",
        "Content": "帮助",
        "MsgId": 1,
    }
    assert pushes.wechat(json.dumps(plain), form="json").text == "success"
    world.settle()
    assert answers() == [texts.HELP]


def test_a_message_that_comes_three_times_is_answered_once(
    pushes: Pushes, world: World, answers: Answers
) -> None:
    plain = a_text("li", "帮助", at=world.now)
    for _ in range(3):
        assert pushes.wechat(plain).text == "success"
        world.later(seconds=5)
    world.settle()
    assert (answers(), kept(world)) == ([texts.HELP], 1)


def test_a_message_that_was_handled_is_not_queued_again(
    pushes: Pushes, world: World, answers: Answers
) -> None:
    plain = a_text("li", "帮助", at=world.now)
    pushes.wechat(plain)
    world.settle()
    assert pushes.wechat(plain).text == "success"
    assert world.take("inbox") == []


def test_the_same_words_written_twice_are_answered_twice(
    pushes: Pushes, world: World, answers: Answers
) -> None:
    pushes.says("li", "帮助")
    pushes.says("li", "帮助")
    world.settle()
    assert answers() == [texts.HELP] * 2


def test_messages_out_of_order_are_all_answered(
    pushes: Pushes, world: World, answers: Answers
) -> None:
    first = a_text("li", "我的积分", at=world.now)
    second = a_text("li", "帮助", at=world.now + timedelta(seconds=1))
    pushes.wechat(second)
    pushes.wechat(first)
    world.settle()
    assert sorted(answers()) == sorted([texts.HELP, texts.SIGN_IN_FOR_POINTS])


def crash(*_: Any, **__: Any) -> None:
    raise MemoryError


def test_a_crash_before_the_queue_is_made_good_by_the_minute_tick(
    pushes: Pushes, world: World, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(inbox, "enqueue", crash)
        assert pushes.says("li", "帮助").status == 500
    world.settle()
    assert answers() == []
    world.later(seconds=61)
    assert inbox.sweep(now=world.now) == 1
    world.settle()
    assert answers() == [texts.HELP]


def test_a_crash_before_the_queue_is_made_good_by_the_repeat(
    pushes: Pushes, world: World, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = a_text("li", "帮助", at=world.now)
    with monkeypatch.context() as broken:
        broken.setattr(inbox, "enqueue", crash)
        pushes.wechat(plain)
    assert pushes.wechat(plain).text == "success"
    world.settle()
    assert answers() == [texts.HELP]


def test_what_was_handled_is_not_swept(pushes: Pushes, world: World) -> None:
    pushes.says("li", "帮助")
    world.settle()
    world.later(hours=1)
    assert inbox.sweep(now=world.now) == 0


# What is not WeChat's


def refused(world: World, reply: Any, capsys: pytest.CaptureFixture[str]) -> str:
    """Why it was refused, as our metrics say; the sender learns nothing of it."""
    assert reply.refusal == (403, "bad_envelope")
    assert (kept(world), world.take("inbox")) == (0, [])
    metrics = map(json.loads, capsys.readouterr().out.splitlines())
    (counted,) = [m for m in metrics if "callback_refused" in m]
    assert counted["source"] == "wechat"
    assert counted["reason"] not in reply.text
    reason: str = counted["reason"]
    return reason


def test_a_false_signature_is_refused_and_counted(
    pushes: Pushes, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = pushes.wechat(a_text("li", "帮助", at=world.now), msg_signature="0" * 40)
    assert refused(world, reply, capsys) == "signature"


@pytest.mark.parametrize("age", [AGE_MAX + timedelta(seconds=1), -AGE_MAX - timedelta(seconds=1)])
def test_a_stale_message_is_refused_and_counted(
    pushes: Pushes, world: World, capsys: pytest.CaptureFixture[str], age: timedelta
) -> None:
    reply = pushes.wechat(a_text("li", "帮助", at=world.now), at=world.now - age)
    assert refused(world, reply, capsys) == "stale"


def test_a_message_for_another_mini_program_is_refused_and_counted(
    api: Gateway, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Sender(WECHAT.token, WECHAT.aes_key, "wx-of-another")
    encrypted = other.encrypted(a_text("li", "帮助", at=world.now))
    reply = api.post(
        PATH, raw=xml_body(encrypted).decode(), query=other.query(encrypted, at=world.now)
    )
    assert refused(world, reply, capsys) == "receiver"


def test_a_plain_message_is_refused_in_safe_mode(
    api: Gateway, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    query = WECHAT.plain_query(at=world.now)
    reply = api.post(PATH, raw=a_text("li", "帮助", at=world.now), query=query)
    assert refused(world, reply, capsys) == "not_sealed"


def test_a_body_that_is_too_large_is_refused_and_counted(
    api: Gateway, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = api.post(PATH, raw="x" * 200_000, query=WECHAT.query("x", at=world.now))
    assert refused(world, reply, capsys) == "too_large"


def test_a_document_type_is_refused_and_counted(
    api: Gateway, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>'
    query = {
        **WECHAT.plain_query(at=world.now),
        "msg_signature": sha1(WECHAT.token, "1", "2", "b"),
    }
    assert refused(world, api.post(PATH, raw=bomb, query=query), capsys) == "doctype"


@pytest.mark.parametrize("query", [{}, {"msg_signature": "x"}, {"timestamp": "1", "nonce": "n"}])
def test_a_call_without_a_whole_signature_is_refused(
    api: Gateway, world: World, query: dict[str, str]
) -> None:
    assert api.post(PATH, raw="<xml/>", query=query).refusal == (403, "bad_envelope")
    assert kept(world) == 0


def test_an_event_is_taken_in_and_not_answered(
    pushes: Pushes, world: World, answers: Answers
) -> None:
    assert pushes.wechat(an_event("li", "user_enter_tempsession", at=world.now)).text == "success"
    world.settle()
    assert answers() == []


def test_nothing_that_was_said_is_logged(
    pushes: Pushes, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    pushes.says("li", "刹车异响怎么办")
    world.settle()
    said = capsys.readouterr().out
    assert [word for word in ("刹车", "openid-of-li") if word in said] == []
