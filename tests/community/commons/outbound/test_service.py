"""Saying something to WeChat and WeCom: members hear it at most once, staff at least once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.errors import Refusal, Unavailable
from chalicelib.wechat.refusals import ChatWindowClosed, NoSubscribeQuota, OutcomeUnknown
from community.commons.outbound import service as outbound
from community.commons.outbound.rules import (
    ChatCard,
    ChatText,
    GroupLine,
    Message,
    ServiceNotice,
    TaskCard,
    TaskDone,
)
from community.commons.subscriptions import service as subscriptions
from community.commons.subscriptions.rules import Template
from tests.fakes.platform import CUT, DROP
from tests.world import World, aws

CHAT = "/cgi-bin/message/custom/send"
SUBSCRIBE = "/cgi-bin/message/subscribe/send"
CARD = "/cgi-bin/message/send"
UPDATE = "/cgi-bin/message/update_template_card"
GROUP = "/cgi-bin/webhook/send"

LI = "01J0000000000000000000MBR1"
HELLO = ChatText(message_id="answer 1", openid="openid-of-li", text="您好")
LINE = GroupLine(message_id="group 1", text="【车主认证】车友一 提交了 Model X 的认证")
TASK = TaskCard(message_id="case-1", card={"task_id": "case-1", "card_type": "button_interaction"})
DONE = TaskDone(message_id="done 1", task_id="case-1", words="已由 张三 通过")
NOTICE = ServiceNotice(
    message_id="notice 1",
    member_id=LI,
    openid="openid-of-li",
    template=Template.POST_DECIDED,
    fields={"thing1": "首保多少钱"},
    page="pages/post/index",
)


def body_of(world: World, message: Message) -> str:
    outbound.enqueue(message)
    (body,) = world.take("outbound")
    return body


def say(world: World, message: Message) -> None:
    outbound.send(body_of(world, message))


def said(world: World, path: str) -> int:
    return len(world.sent(path))


def waiting(world: World) -> dict[str, int]:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"]
    got = aws("sqs").get_queue_attributes(QueueUrl=world.queues["outbound"], AttributeNames=names)
    now, later = (int(got["Attributes"][name]) for name in names)
    return {"now": now, "later": later}


def grant(times: int) -> None:
    subscriptions.grant(LI, Template.POST_DECIDED, times, request_id="r1")


def left() -> int:
    return subscriptions.grant(LI, Template.POST_DECIDED, 0, request_id="r2")


def test_a_queued_message_shows_nobodys_name(world: World) -> None:
    body = body_of(world, HELLO)
    assert "openid-of-li" not in body
    assert "您好" not in body


def test_nothing_is_said_before_the_queue_is_worked(world: World) -> None:
    outbound.enqueue(HELLO, LINE)
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


# Staff


def test_a_task_goes_to_all_moderators(world: World) -> None:
    say(world, TASK)
    (sent,) = world.sent(CARD)
    assert (sent["touser"], sent["template_card"]) == ("lisi|zhangsan", TASK.card)


@pytest.mark.parametrize(
    ("message", "path"), [(TASK, CARD), (LINE, GROUP)], ids=["a card", "a line in the group"]
)
def test_a_repeat_of_the_queue_is_not_seen_by_staff(
    world: World, message: Message, path: str
) -> None:
    body = body_of(world, message)
    outbound.send(body)
    outbound.send(body)
    assert said(world, path) == 1


def test_what_staff_may_not_have_seen_is_said_again(world: World) -> None:
    world.platform.answers(CARD, DROP)
    body = body_of(world, TASK)
    with pytest.raises(Unavailable):
        outbound.send(body)
    outbound.send(body)
    assert said(world, CARD) == 2


def test_a_decided_task_changes_the_card_for_everyone_once(world: World) -> None:
    say(world, TASK)
    body = body_of(world, DONE)
    outbound.send(body)
    outbound.send(body)
    (update,) = world.sent(UPDATE)
    assert (update["response_code"], update["atall"]) == ("code-of-case-1", 1)
    assert update["button"] == {"replace_name": "已由 张三 通过"}


def test_a_decision_that_overtook_its_card_waits_for_it(world: World) -> None:
    body = body_of(world, DONE)
    with pytest.raises(Unavailable):
        outbound.send(body)
    say(world, TASK)
    outbound.send(body)
    assert said(world, UPDATE) == 1


def test_a_card_that_can_no_longer_be_changed_is_let_be(world: World) -> None:
    say(world, TASK)
    world.later(days=30)
    world.platform.answers(UPDATE, 42045)
    with pytest.raises(Refusal) as refused:
        say(world, DONE)
    assert refused.value.code == "card_expired"


def test_without_moderators_a_task_waits_until_one_is_appointed(world: World) -> None:
    from community.commons.staff import service as staff
    from community.commons.staff.rules import Staff

    for userid in ("zhangsan", "lisi"):
        staff.appoint(Staff(userid, userid, ()))
    with pytest.raises(Unavailable):
        say(world, TASK)


def test_the_group_hears_twenty_lines_a_minute_and_the_rest_later(world: World) -> None:
    for number in range(21):
        say(world, GroupLine(message_id=f"g{number}", text="…"))
    assert (said(world, GROUP), waiting(world)) == (20, {"now": 0, "later": 1})


def test_a_group_that_heard_too_much_hears_the_line_later(world: World) -> None:
    world.platform.answers(GROUP, 45009)
    say(world, LINE)
    assert waiting(world) == {"now": 0, "later": 1}


def test_the_next_minute_has_room_again(world: World) -> None:
    for number in range(20):
        say(world, GroupLine(message_id=f"g{number}", text="…"))
    world.later(minutes=1)
    say(world, LINE)
    assert said(world, GROUP) == 21


def test_nothing_that_is_said_is_logged(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    say(world, HELLO)
    said_in_log = capsys.readouterr().out
    assert [word for word in ("openid-of-li", "您好") if word in said_in_log] == []
