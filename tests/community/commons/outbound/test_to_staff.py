"""What staff read is said at least once, and once only unless a Lambda crashed."""

from __future__ import annotations

import pytest

from chalicelib.errors import Refusal, Unavailable
from community.commons.agenda import service as agenda
from community.commons.outbound import records
from community.commons.outbound import service as outbound
from community.commons.outbound.rules import GroupLine, Message, TaskCard, TaskDone
from tests.community.commons.outbound.saying import body_of, said, say
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


# The group


def say_lines(world: World, many: int) -> None:
    for number in range(many):
        say(world, GroupLine(message_id=f"g{number}", text=f"第 {number} 条"))


def a_minute_later(world: World) -> None:
    world.later(minutes=1)
    agenda.let_happen(now=world.now)
    world.settle()


def heard(world: World) -> list[str]:
    return [sent["text"]["content"] for sent in world.sent(GROUP)]


def test_what_is_too_much_for_a_minute_the_group_hears_together_in_the_next(world: World) -> None:
    say_lines(world, 18)
    assert len(heard(world)) == 15
    a_minute_later(world)
    assert heard(world)[15:] == ["第 15 条\n第 16 条\n第 17 条"]
    a_minute_later(world)
    assert len(heard(world)) == 16


def test_a_line_that_the_platform_refuses_for_now_waits_for_the_others(world: World) -> None:
    world.platform.answers(GROUP, 45009)
    say(world, LINE)
    say_lines(world, 1)
    a_minute_later(world)
    assert heard(world)[1:] == ["第 0 条", LINE.text]


def test_no_line_is_lost_or_heard_twice_in_a_flood(world: World) -> None:
    say_lines(world, 250)
    for _ in range(4):
        a_minute_later(world)
    texts = heard(world)
    lines = [line for text in texts for line in text.split("\n")]
    assert sorted(lines) == sorted(f"第 {number} 条" for number in range(250))
    assert all(len(text.encode()) <= 2_048 for text in texts)


def test_a_line_that_waits_is_not_put_off_twice_by_a_repeat_of_the_queue(world: World) -> None:
    say_lines(world, 15)
    body = body_of(world, LINE)
    outbound.send(body)
    outbound.send(body)
    a_minute_later(world)
    assert heard(world)[15:] == [LINE.text]


def test_together_they_are_tried_again_until_the_group_hears_them(world: World) -> None:
    say_lines(world, 17)
    world.platform.answers(GROUP, -1)
    a_minute_later(world)
    assert heard(world)[15:] == ["第 15 条\n第 16 条"] * 2


def test_waiting_lines_show_nobodys_name(world: World) -> None:
    say_lines(world, 15)
    say(world, LINE)
    (row,) = records.put_off_lines(100)
    assert "车友一" not in row.sealed
    assert "车友一" not in row.sk


def test_the_next_minute_has_room_again(world: World) -> None:
    say_lines(world, 15)
    world.later(minutes=1)
    say(world, LINE)
    assert said(world, GROUP) == 16
