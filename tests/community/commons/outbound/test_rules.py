"""Messages to the outside: how they travel, and whom they are for."""

from __future__ import annotations

import msgspec
import pytest

from community.commons.outbound.rules import (
    AnyMessage,
    ChatCard,
    ChatText,
    ColleagueText,
    GroupLine,
    GroupLines,
    InOrder,
    Message,
    PictureCheck,
    ServiceNotice,
    TaskCard,
    TaskDone,
    TaskText,
    is_for_members,
    parts_of,
    together,
)
from community.commons.outbound.senders import SENDERS
from community.commons.subscriptions.rules import Template

NOTICE = ServiceNotice(
    message_id="n",
    member_id="m",
    openid="o",
    template=Template.POST_DECIDED,
    fields={"thing1": "首保"},
    page="pages/post/index",
)
FOR_MEMBERS = [
    NOTICE,
    ChatText(message_id="t", openid="o", text="您好"),
    ChatCard(message_id="c", openid="o", title="首保", page="pages/post/index"),
]
FOR_STAFF = [
    TaskCard(message_id="case-1", card={"task_id": "case-1"}),
    TaskDone(message_id="d", task_id="case-1", words="已由 张三 通过"),
    GroupLine(message_id="g", text="【内容审核】"),
    GroupLines(message_id="gs"),
    TaskText(message_id="w", text="【帖子全文 1/1】"),
    ColleagueText(message_id="colleague", userid="lisi", text="照片"),
]
A_CHECK = PictureCheck(message_id="p", media_id="m", key="shaped/m/large", openid="o", attempt=1)
ANSWER = InOrder(
    message_id="a",
    parts=(
        ChatText(message_id="a 0", openid="o", text="您好"),
        ChatCard(message_id="a 1", openid="o", title="首保", page="pages/post/index"),
    ),
)
ALL = [*FOR_MEMBERS, *FOR_STAFF, A_CHECK]


@pytest.mark.parametrize("message", [*ALL, ANSWER], ids=lambda message: type(message).__name__)
def test_a_message_comes_off_the_queue_as_it_went_on(message: Message) -> None:
    assert msgspec.json.decode(msgspec.json.encode(message), type=AnyMessage) == message


@pytest.mark.parametrize("message", FOR_MEMBERS, ids=lambda message: type(message).__name__)
def test_what_members_read_is_said_at_most_once(message: Message) -> None:
    assert is_for_members(message)


@pytest.mark.parametrize("message", FOR_STAFF, ids=lambda message: type(message).__name__)
def test_what_staff_read_is_said_at_least_once(message: Message) -> None:
    assert not is_for_members(message)


def test_every_kind_of_message_has_a_sender() -> None:
    kinds = {type(message) for message in ALL}
    assert set(SENDERS) == kinds == set(Message.__subclasses__()) - {InOrder}


def test_an_answer_is_said_line_by_line_in_order() -> None:
    assert parts_of(ANSWER) == ANSWER.parts


def test_lines_that_are_told_together_stay_whole_and_in_order() -> None:
    lines = ["首保", "胎压", "机油" * 9, "空调"]
    assert list(together(lines, 20)) == [("首保\n胎压", 2), ("机油" * 9, 1), ("空调", 1)]
    assert list(together([], 20)) == []
