"""Polls: what can be asked, and what is an answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.errors import Invalid
from community.forum.polls import rules
from community.forum.polls.rules import Poll, PollDraft

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def a_draft(**fields: Any) -> PollDraft:
    ends_at = NOW + timedelta(days=1)
    return PollDraft(**{"options": ("白", "黑", "红"), "ends_at": ends_at, **fields})


def wrong(draft: PollDraft) -> list[str]:
    with pytest.raises(Invalid) as refused:
        rules.poll_of(draft, now=NOW)
    return [error.field for error in refused.value.errors]


def test_options_stand_on_one_line_each() -> None:
    poll = rules.poll_of(a_draft(options=(" 白\n色 ", "黑")), now=NOW)
    assert poll == Poll(options=("白 色", "黑"), choices_max=1, ends_at=NOW + timedelta(days=1))


@pytest.mark.parametrize("options", [("白", " "), ("白", "白 "), ("白", "黑", "白")])
def test_options_that_are_none_or_the_same_are_refused(options: tuple[str, ...]) -> None:
    assert wrong(a_draft(options=options)) == ["poll.options"]


def test_one_cannot_choose_more_than_there_is() -> None:
    assert rules.poll_of(a_draft(choices_max=3), now=NOW).choices_max == 3
    assert wrong(a_draft(choices_max=4)) == ["poll.choices_max"]


@pytest.mark.parametrize(
    ("by", "is_right"),
    [
        (timedelta(), False),
        (timedelta(seconds=1), True),
        (timedelta(days=30), True),
        (timedelta(days=30, seconds=1), False),
    ],
)
def test_a_poll_ends_within_thirty_days(by: timedelta, is_right: bool) -> None:
    draft = a_draft(ends_at=NOW + by)
    if is_right:
        assert rules.poll_of(draft, now=NOW).ends_at == NOW + by
    else:
        assert wrong(draft) == ["poll.ends_at"]


@pytest.mark.parametrize(
    "told",
    [
        {"options": ["白"]},
        {"options": [f"{n}" for n in range(11)]},
        {"options": ["白", "字" * 41]},
        {"choices_max": 0},
        {"ends_at": "2026-11-23T04:00:00"},
    ],
    ids=["one option", "eleven", "a long one", "no choice", "no time zone"],
)
def test_what_is_no_poll_is_not_understood(told: dict[str, Any]) -> None:
    whole = {"options": ["白", "黑"], "ends_at": "2026-11-23T04:00:00Z", **told}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(whole, PollDraft)


@pytest.mark.parametrize("choices", [(), (0, 1, 2), (1, 1), (3,), (-1,)])
def test_what_is_no_answer_is_refused(choices: tuple[int, ...]) -> None:
    poll = rules.poll_of(a_draft(choices_max=2), now=NOW)
    with pytest.raises(Invalid) as refused:
        rules.check_choices(choices, poll)
    assert [error.field for error in refused.value.errors] == ["choices"]


def test_a_poll_is_over_at_its_end() -> None:
    poll = rules.poll_of(a_draft(), now=NOW)
    assert not rules.has_ended(poll, now=poll.ends_at - timedelta(seconds=1))
    assert rules.has_ended(poll, now=poll.ends_at)
