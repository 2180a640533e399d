"""Attempts: so many in a window, and then the next one opens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.people.attempts import rules
from community.people.attempts import service as attempts
from community.people.attempts.rules import Limit, TooManyAttempts
from tests.world import World

THREE_A_DAY = Limit("tries", 3, timedelta(days=1))
A_MONTH = Limit("tries", 1, timedelta(days=30))


def test_after_as_many_as_may_be_there_are_no_more(world: World) -> None:
    for _ in range(3):
        attempts.count(THREE_A_DAY, "li", now=world.now)
    with pytest.raises(TooManyAttempts) as refused:
        attempts.count(THREE_A_DAY, "li", now=world.now)
    # It is noon in Beijing.
    assert refused.value.retry_after_s == 12 * 3_600 + 1
    attempts.count(THREE_A_DAY, "wang", now=world.now)


def test_the_next_day_in_beijing_opens_a_window(world: World) -> None:
    for _ in range(3):
        attempts.count(THREE_A_DAY, "li", now=world.now)
    world.later(hours=12)
    attempts.count(THREE_A_DAY, "li", now=world.now)


def test_what_was_refused_does_not_count(world: World) -> None:
    for _ in range(3):
        attempts.count(THREE_A_DAY, "li", now=world.now)
    for _ in range(2):
        with pytest.raises(TooManyAttempts):
            attempts.count(THREE_A_DAY, "li", now=world.now)
    (row,) = [row for row in world.rows("people") if row["pk"].startswith("attempts#")]
    assert row["count"] == 3


def test_the_count_dies_with_its_window(world: World) -> None:
    attempts.count(A_MONTH, "li", now=world.now)
    (row,) = [row for row in world.rows("people") if row["pk"].startswith("attempts#")]
    assert row["ttl"] == (world.now + timedelta(days=30)).timestamp()


@given(st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC)))
def test_who_waits_as_long_as_is_said_finds_the_next_window(now: datetime) -> None:
    later = now + timedelta(seconds=rules.seconds_left(A_MONTH, now))
    assert rules.window_of(A_MONTH, later) == rules.window_of(A_MONTH, now) + 1
