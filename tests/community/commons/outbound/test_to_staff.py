"""What staff read is said at least once, and once only unless a Lambda crashed."""

from __future__ import annotations

import pytest

from chalicelib.errors import Refusal, Unavailable
from community.commons.outbound import service as outbound
from community.commons.outbound.rules import GroupLine, Message, TaskCard, TaskDone
from tests.community.commons.outbound.saying import body_of, said, say, waiting
from tests.fakes.platform import DROP
from tests.world import World

CARD = "/cgi-bin/message/send"
UPDATE = "/cgi-bin/message/update_template_card"
GROUP = "/cgi-bin/webhook/send"

LINE = GroupLine(message_id="group 1", text="【车主认证】车友一 提交了 Model X 的认证")
TASK = TaskCard(message_id="case-1", card={"task_id": "case-1", "card_type": "button_interaction"})
DONE = TaskDone(message_id="done 1", task_id="case-1", words="已由 张三 通过")


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


def test_after_a_crash_staff_may_see_it_twice_but_never_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from community.commons.outbound import records

    def crash(*_: object, **__: object) -> None:
        raise MemoryError

    body = body_of(world, LINE)
    with monkeypatch.context() as broken:
        broken.setattr(records, "claim", crash)
        with pytest.raises(MemoryError):
            outbound.send(body)
    outbound.send(body)
    assert said(world, GROUP) == 2


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
