"""Exports: one at a time, three a day, and how long they and their links live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib import ids
from community.people.exports import rules
from community.people.exports.rules import Export, MakingAlready, State, TooManyExports

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def an_export(at: datetime = NOW, state: State = State.READY) -> Export:
    return Export(export_id=ids.new_id(at, f"{at}"), member_id="m", state=state)


def asked(*hours_ago: float) -> list[str]:
    return [an_export(NOW - HOUR * hours).export_id for hours in hours_ago]


def test_a_retry_asks_for_the_same_export() -> None:
    first, second = (rules.new_export("m", request_id="r", now=NOW) for _ in range(2))
    assert first == second
    assert rules.new_export("m", request_id="other", now=NOW) != first


@pytest.mark.parametrize("state", [State.READY, State.FAILED, State.EXPIRED])
def test_when_one_is_done_another_can_be_asked_for(state: State) -> None:
    rules.check_may_ask(asked(1), an_export(NOW - HOUR, state), NOW)


def test_there_is_one_at_a_time() -> None:
    with pytest.raises(MakingAlready):
        rules.check_may_ask(asked(1), an_export(NOW - HOUR, State.MAKING), NOW)


def test_one_that_was_never_finished_is_not_waited_for_for_ever() -> None:
    rules.check_may_ask(asked(24), an_export(NOW - 24 * HOUR, State.MAKING), NOW)


@pytest.mark.parametrize("hours_ago", [(), (1,), (2, 1), (24, 2, 1), (30, 25, 24)])
def test_there_are_three_a_day(hours_ago: tuple[float, ...]) -> None:
    rules.check_may_ask(asked(*hours_ago), None, NOW)


@pytest.mark.parametrize(("hours_ago", "again_in"), [((23, 2, 1), HOUR), ((3, 2, 1), 21 * HOUR)])
def test_who_asks_for_more_is_told_when_to_come_again(
    hours_ago: tuple[float, ...], again_in: timedelta
) -> None:
    with pytest.raises(TooManyExports) as refused:
        rules.check_may_ask(asked(*hours_ago), None, NOW)
    again_at = NOW + timedelta(seconds=refused.value.retry_after_s or 0)
    assert NOW + again_in < again_at <= NOW + again_in + timedelta(seconds=1)
    rules.check_may_ask(asked(*hours_ago), None, again_at)


def test_an_export_is_there_for_a_day() -> None:
    export = an_export()
    assert rules.as_of(export, NOW + 24 * HOUR - timedelta(seconds=1)).state is State.READY
    assert rules.as_of(export, NOW + 24 * HOUR).state is State.EXPIRED


@pytest.mark.parametrize(
    ("later", "seconds"),
    [(0 * HOUR, 86_400), (23.5 * HOUR, 1_800), (24 * HOUR, 1)],
)
def test_a_link_lives_as_long_as_the_file(later: timedelta, seconds: int) -> None:
    assert rules.link_lives_s(an_export(), NOW + later) == seconds
