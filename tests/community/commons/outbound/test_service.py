"""What members read is said at most once, also when nobody knows whether it arrived."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.errors import Refusal, Unavailable
from chalicelib.wechat.refusals import ChatWindowClosed, NoSubscribeQuota, OutcomeUnknown
from community.commons.outbound import service as outbound
from community.commons.outbound.rules import ChatCard, ChatText, ServiceNotice
from community.commons.subscriptions import service as subscriptions
from community.commons.subscriptions.rules import Template
from tests.community.commons.outbound.saying import body_of, said, say, waiting
from tests.fakes.platform import CUT, DROP
from tests.world import START, World

CHAT = "/cgi-bin/message/custom/send"
SUBSCRIBE = "/cgi-bin/message/subscribe/send"

LI = "01J0000000000000000000MBR1"
HELLO = ChatText(message_id="answer 1", openid="openid-of-li", text="您好")
NOTICE = ServiceNotice(
    message_id="notice 1",
    member_id=LI,
    openid="openid-of-li",
    template=Template.POST_DECIDED,
    fields={"thing1": "首保多少钱"},
    page="pages/post/index",
)


def grant(times: int) -> None:
    subscriptions.grant(LI, Template.POST_DECIDED, times, request_id="r1", now=START)


def left() -> int:
    return subscriptions.grant(LI, Template.POST_DECIDED, 0, request_id="r2", now=START)


def test_a_queued_message_shows_nobodys_name(world: World) -> None:
    body = body_of(world, HELLO)
    assert "openid-of-li" not in body
    assert "您好" not in body


def test_nothing_is_said_before_the_queue_is_worked(world: World) -> None:
    outbound.enqueue(HELLO)
    assert world.platform.asked == []


# Members


def test_a_line_in_the_chat_is_said(world: World) -> None:
    say(world, HELLO)
    (sent,) = world.sent(CHAT)
    assert (sent["touser"], sent["msgtype"]) == ("openid-of-li", "text")
    assert sent["text"] == {"content": "您好"}


def test_a_repeat_of_the_queue_is_not_heard(world: World) -> None:
    body = body_of(world, HELLO)
    outbound.send(body)
    outbound.send(body)
    assert said(world, CHAT) == 1


def test_the_same_message_asked_for_twice_is_one_message(world: World) -> None:
    say(world, HELLO)
    say(world, HELLO)
    assert said(world, CHAT) == 1


@pytest.mark.parametrize("silence", [-1, DROP], ids=["busy", "hung up"])
def test_what_surely_was_not_said_is_said_later(world: World, silence: Any) -> None:
    world.platform.answers(CHAT, silence)
    body = body_of(world, HELLO)
    with pytest.raises(Unavailable):
        outbound.send(body)
    outbound.send(body)
    assert said(world, CHAT) == 2


def test_what_may_have_been_said_is_not_said_again(world: World) -> None:
    world.platform.answers(CHAT, CUT)
    body = body_of(world, HELLO)
    with pytest.raises(OutcomeUnknown):
        outbound.send(body)
    outbound.send(body)
    assert said(world, CHAT) == 1


def test_a_platforms_last_word_is_counted_and_drops_the_message(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.platform.answers(CHAT, 45015)
    with pytest.raises(ChatWindowClosed):
        say(world, HELLO)
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (refused,) = [m for m in metrics if "outbound_refused" in m]
    assert (refused["kind"], refused["code"]) == ("ChatText", "chat_window_closed")


def test_a_full_chat_is_not_tried_again_until_the_person_writes(world: World) -> None:
    world.platform.answers(CHAT, 45047)
    with pytest.raises(Refusal) as refused:
        say(world, HELLO)
    assert refused.value.code == "chat_limit_reached"
    assert waiting(world) == {"now": 0, "later": 0}


def test_a_card_in_the_chat_has_a_picture_that_is_uploaded_once(world: World) -> None:
    for number in (1, 2):
        say(
            world,
            ChatCard(message_id=f"c{number}", openid="openid-of-li", title="首保", page="pages/x"),
        )
    assert [card["miniprogrampage"]["thumb_media_id"] for card in world.sent(CHAT)] == [
        "picture-1"
    ] * 2
    assert len(world.platform.asked_for("/cgi-bin/media/upload")) == 1


def test_the_picture_is_uploaded_again_before_the_platform_drops_it(world: World) -> None:
    for number in (1, 2):
        say(world, ChatCard(message_id=f"c{number}", openid="o", title="首保", page="pages/x"))
        world.later(days=2, seconds=1)
    assert len(world.platform.asked_for("/cgi-bin/media/upload")) == 2


def test_a_granted_notice_is_sent_and_uses_one_grant(world: World) -> None:
    grant(2)
    say(world, NOTICE)
    (sent,) = world.sent(SUBSCRIBE)
    assert (sent["touser"], sent["template_id"]) == ("openid-of-li", "template-2")
    assert sent["data"] == {"thing1": {"value": "首保多少钱"}}
    assert left() == 1


def test_without_a_grant_no_notice_is_tried(world: World) -> None:
    say(world, NOTICE)
    assert said(world, SUBSCRIBE) == 0


def test_a_notice_without_a_template_on_this_stage_is_not_tried(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.settings import settings

    grant(1)
    monkeypatch.setenv("WECHAT_TEMPLATES", "{}")
    settings.cache_clear()
    say(world, NOTICE)
    assert (said(world, SUBSCRIBE), left()) == (0, 1)


def test_when_the_platform_knows_of_no_grant_neither_do_we(world: World) -> None:
    grant(3)
    world.platform.answers(SUBSCRIBE, 43101)
    with pytest.raises(NoSubscribeQuota):
        say(world, NOTICE)
    assert left() == 0


def test_a_notice_that_was_not_sent_uses_no_grant(world: World) -> None:
    grant(1)
    world.platform.answers(SUBSCRIBE, -1)
    with pytest.raises(Unavailable):
        say(world, NOTICE)
    assert left() == 1


def test_nothing_that_is_said_is_logged(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    say(world, HELLO)
    said_in_log = capsys.readouterr().out
    assert [word for word in ("openid-of-li", "您好") if word in said_in_log] == []
