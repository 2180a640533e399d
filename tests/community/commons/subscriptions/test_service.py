"""One-time messages: granted, used up, and given up when the platform says that none is left."""

from __future__ import annotations

import pytest

from community.commons.subscriptions import service as subscriptions
from community.commons.subscriptions.rules import Template
from tests.world import START

LI = "01J0000000000000000000MBR1"
POST = Template.POST_DECIDED
pytestmark = pytest.mark.usefixtures("world")


def granted(times: int, *, request_id: str, template: Template = POST) -> int:
    return subscriptions.grant(LI, template, times, request_id=request_id, now=START)


def test_a_request_that_is_repeated_after_another_one_adds_nothing() -> None:
    counted = [granted(1, request_id=request_id) for request_id in ("a", "b", "a")]
    assert counted == [1, 2, 2]


def test_nobody_has_any_at_first() -> None:
    assert not subscriptions.has_one(LI, POST)


def test_grants_add_up() -> None:
    assert [granted(1, request_id="r1"), granted(2, request_id="r2")] == [1, 3]
    assert subscriptions.has_one(LI, POST)


def test_a_refusal_of_the_member_adds_nothing_and_says_what_is_left() -> None:
    granted(2, request_id="r1")
    assert granted(0, request_id="r2") == 2


def test_the_same_request_adds_once() -> None:
    assert [granted(1, request_id="r1"), granted(1, request_id="r1")] == [1, 1]


def test_templates_are_counted_apart() -> None:
    granted(1, request_id="r1")
    assert not subscriptions.has_one(LI, Template.CERTIFICATION_DECIDED)


def test_every_message_uses_one() -> None:
    granted(2, request_id="r1")
    subscriptions.note_sent(LI, POST)
    assert granted(0, request_id="r2") == 1


def test_none_is_used_that_is_not_there() -> None:
    subscriptions.note_sent(LI, POST)
    assert granted(1, request_id="r1") == 1


def test_when_the_platform_says_that_none_is_left_none_is() -> None:
    granted(5, request_id="r1")
    subscriptions.note_refused(LI, POST)
    assert not subscriptions.has_one(LI, POST)
