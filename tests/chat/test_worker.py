"""The inbox's worker: each message is handled once, whatever the queue repeats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chalicelib import inbox
from chalicelib.errors import NotFound, Refusal, Unavailable
from chat import texts, worker
from community.commons.outbound import service as outbound
from tests.builders import a_draft
from tests.world import Person, World

Answers = Callable[[], list[str]]


def take(world: World, digest: str = "d1", **fields: Any) -> str:
    """A message of the chat that was taken in."""
    told: Mapping[str, Any] = {
        "FromUserName": "openid-of-li",
        "MsgType": "text",
        "Content": "帮助",
        "CreateTime": str(int(world.now.timestamp())),
        **fields,
    }
    given = {name: value for name, value in told.items() if value is not None}
    return inbox.take("wechat", digest, given, now=world.now).inbox_id


def is_handled(inbox_id: str) -> bool:
    return inbox.opened(inbox_id).handled


def test_a_message_is_answered_and_marked_handled(world: World, answers: Answers) -> None:
    inbox_id = take(world)
    worker.work(inbox_id)
    world.settle()
    assert (answers(), is_handled(inbox_id)) == ([texts.HELP], True)


def test_a_repeat_of_the_queue_is_not_answered(world: World, answers: Answers) -> None:
    inbox_id = take(world)
    for _ in range(3):
        worker.work(inbox_id)
    world.settle()
    assert answers() == [texts.HELP]


def crash(*_: Any, **__: Any) -> None:
    raise MemoryError


def test_a_crash_after_the_answer_was_queued_does_not_say_it_twice(
    world: World, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox_id = take(world)
    with monkeypatch.context() as broken:
        broken.setattr(inbox, "mark_handled", crash)
        with pytest.raises(MemoryError):
            worker.work(inbox_id)
    worker.work(inbox_id)
    world.settle()
    assert answers() == [texts.HELP]


def test_an_answer_that_could_not_be_queued_comes_again(
    world: World, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: Any, **__: Any) -> None:
        raise Unavailable

    inbox_id = take(world)
    with monkeypatch.context() as broken:
        broken.setattr(outbound, "enqueue", silent)
        with pytest.raises(Unavailable):
            worker.work(inbox_id)
    assert not is_handled(inbox_id)
    worker.work(inbox_id)
    world.settle()
    assert answers() == [texts.HELP]


@pytest.mark.parametrize("kind", ["image", "voice", "miniprogrampage"])
def test_what_is_no_text_gets_help(world: World, answers: Answers, kind: str) -> None:
    worker.work(take(world, MsgType=kind, Content=None))
    world.settle()
    assert answers() == [texts.HELP]


@pytest.mark.parametrize("event", ["user_enter_tempsession", "unheard_of"])
def test_events_are_not_answered(world: World, answers: Answers, event: str) -> None:
    inbox_id = take(world, MsgType="event", Event=event)
    worker.work(inbox_id)
    world.settle()
    assert (answers(), is_handled(inbox_id)) == ([], True)


@pytest.mark.parametrize("missing", ["FromUserName", "MsgType", "CreateTime"])
def test_a_message_that_makes_no_sense_is_dropped_for_good(world: World, missing: str) -> None:
    gone: dict[str, Any] = {missing: None}
    inbox_id = take(world, **gone)
    with pytest.raises(Refusal):
        worker.work(inbox_id)
    world.later(hours=1)
    assert (is_handled(inbox_id), inbox.sweep(now=world.now)) == (True, 0)


def test_a_message_past_its_days_is_dropped(world: World) -> None:
    with pytest.raises(NotFound):
        worker.work("wechat#unknown")


def test_a_member_is_known_by_who_wrote(world: World, li: Person, answers: Answers) -> None:
    worker.work(take(world, Content="我的积分"))
    world.settle()
    assert answers() == ["您当前有 0 积分。积分可在会员社区中使用。"]


def test_posts_are_answered_as_cards_of_the_mini_program(
    world: World, li: Person, answers: Answers
) -> None:
    from community.forum.posts import service as posts

    post = posts.publish(li.member, "car-care", a_draft(), request_id="r", now=world.now)
    worker.work(take(world, Content="养车无忧"))
    world.settle()
    (card,) = world.sent("/cgi-bin/message/custom/send")
    assert card["msgtype"] == "miniprogrampage"
    assert card["miniprogrampage"]["pagepath"] == f"pages/post/index?post_id={post.post_id}"


# Contacts


def take_contact(world: World, external_userid: str) -> str:
    """WeCom tells of a new contact of 王五's."""
    said = {
        "MsgType": "event",
        "Event": "change_external_contact",
        "ChangeType": "add_external_contact",
        "FromUserName": "sys",
        "UserID": "wangwu",
        "ExternalUserID": external_userid,
        "State": "store-7",
        "CreateTime": str(int(world.now.timestamp())),
    }
    return inbox.take("wecom", f"digest of {external_userid}", said, now=world.now).inbox_id


def test_a_new_contact_in_wecom_is_a_member_who_has_not_been_here(world: World) -> None:
    inbox_id = take_contact(world, "external-of-anna~a")
    worker.work(inbox_id)
    worker.work(inbox_id)
    (member,) = [row for row in world.rows("people") if row["sk"] == "member"]
    assert '"state":"dormant"' in member["member"]
    assert '"touchpoint":"store-7"' in member["member"]
    assert is_handled(inbox_id)
    assert len(world.platform.asked_for("/cgi-bin/externalcontact/get")) == 1


def test_a_contact_that_wecom_cannot_tell_of_now_comes_again(world: World) -> None:
    inbox_id = take_contact(world, "external-of-anna")
    world.platform.answers("/cgi-bin/externalcontact/get", 45009)
    with pytest.raises(Unavailable):
        worker.work(inbox_id)
    assert not is_handled(inbox_id)
    worker.work(inbox_id)
    assert is_handled(inbox_id)
