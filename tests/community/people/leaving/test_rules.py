"""Leaving: until when one can change one's mind, what is left, who is too young."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.errors import Refusal
from community.people.leaving import rules
from community.people.leaving.rules import GoneAlready, StaysAfterAll, Why
from community.people.members.rules import State, Touch
from tests.builders import a_member, an_owner

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)


def test_who_leaves_can_change_their_mind() -> None:
    owner = an_owner()
    leaving = rules.leaving(owner, erases_at=NOW)
    assert (leaving.state, leaving.erases_at) == (State.LEAVING, NOW)
    assert rules.staying(leaving) == owner


def test_who_stays_and_did_not_want_to_leave_changes_nothing() -> None:
    assert rules.staying(a_member()) == a_member()


@pytest.mark.parametrize("state", [State.ERASED, State.BLOCKED, State.MERGED, State.DORMANT])
def test_who_is_not_here_can_neither_leave_nor_stay(state: State) -> None:
    with pytest.raises(GoneAlready):
        rules.leaving(a_member(state=state), erases_at=NOW)
    with pytest.raises(GoneAlready):
        rules.staying(a_member(state=state))


@pytest.mark.parametrize(
    ("now", "due"), [(NOW - A_SECOND, False), (NOW, True), (NOW + A_SECOND, True)]
)
def test_who_leaves_is_erased_when_the_time_is_over(now: datetime, due: bool) -> None:
    leaving = rules.leaving(a_member(), erases_at=NOW)
    assert rules.is_due(leaving, now) is due
    assert not rules.is_due(a_member(), now)


def test_nothing_is_left_of_who_is_gone_but_an_id_and_a_date() -> None:
    before = an_owner(
        nickname="李雷",
        phone="138******78",
        consent="2026-11",
        tags=("新能源",),
        first_touch=Touch("store-1", NOW),
        has_unionid=True,
        session_version=3,
        state=State.LEAVING,
        erases_at=NOW,
    )
    left = rules.gone(before, Why.ASKED, now=NOW)
    assert msgspec.to_builtins(left) == {
        "member_id": before.member_id,
        "nickname": "已注销用户",
        "state": "erased",
        "joined_at": msgspec.to_builtins(before.joined_at),
        "session_version": 4,
    }


def test_a_minor_is_gone_and_cannot_come_in_again() -> None:
    left = rules.gone(an_owner(), Why.MINOR, now=NOW)
    assert (left.state, left.nickname, left.badges) == (State.BLOCKED, "已注销用户", ())


def test_who_closed_their_account_has_no_time_to_change_their_mind() -> None:
    assert rules.gone(a_member(), Why.CLOSED, now=NOW).state is State.ERASED


@pytest.mark.parametrize("fields", [{}, {"state": State.LEAVING, "erases_at": NOW + A_SECOND}])
def test_who_stays_after_all_is_not_erased(fields: dict[str, Any]) -> None:
    refusal: type[Refusal] = StaysAfterAll
    with pytest.raises(refusal):
        rules.gone(a_member(**fields), Why.ASKED, now=NOW)


@pytest.mark.parametrize(
    ("birthday", "now", "minor"),
    [
        (date(2008, 11, 22), datetime(2026, 11, 22, 4, 0, tzinfo=UTC), False),
        (date(2008, 11, 23), datetime(2026, 11, 22, 4, 0, tzinfo=UTC), True),
        (date(2008, 11, 23), datetime(2026, 11, 22, 16, 0, tzinfo=UTC), False),
        (date(2008, 11, 23), datetime(2026, 11, 22, 15, 59, tzinfo=UTC), True),
        (date(2008, 2, 29), datetime(2026, 2, 28, 4, 0, tzinfo=UTC), True),
        (date(2008, 2, 29), datetime(2026, 3, 1, 4, 0, tzinfo=UTC), False),
        (date(1980, 12, 31), datetime(2026, 1, 1, 4, 0, tzinfo=UTC), False),
        (date(2026, 11, 21), datetime(2026, 11, 22, 4, 0, tzinfo=UTC), True),
    ],
)
def test_one_is_of_age_on_the_18th_birthday_in_beijing(
    birthday: date, now: datetime, minor: bool
) -> None:
    assert rules.is_minor(birthday, now) is minor
