"""Sessions: how long a token lives, and when it is renewed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from community.people.sessions import rules
from community.people.sessions.rules import Claims
from tests.builders import a_member

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LI = a_member(session_version=3)
A_SECOND = timedelta(seconds=1)


@pytest.fixture
def claims() -> Claims:
    return rules.new_claims(LI, session_id="s", touchpoint="live-7", now=NOW)


def test_a_token_says_whose_it_is_and_since_when(claims: Claims) -> None:
    assert (claims.member_id, claims.session_version) == (LI.member_id, 3)
    assert rules.time_of(claims.signed_in_at) == NOW


def test_a_token_is_valid_for_a_week(claims: Claims) -> None:
    end = NOW + timedelta(days=7)
    assert rules.is_valid(claims, end - A_SECOND)
    assert not rules.is_valid(claims, end)


def test_a_token_of_less_than_a_day_will_do(claims: Claims) -> None:
    assert rules.renewed(claims, LI, NOW + timedelta(days=1) - A_SECOND) is None
    assert rules.renewed(claims, LI, NOW + timedelta(days=1)) is not None


def test_a_fresh_token_goes_on_with_the_same_session_for_a_week(claims: Claims) -> None:
    now = NOW + timedelta(days=2)
    fresh = rules.renewed(claims, LI, now)
    assert fresh is not None
    assert (fresh.session_id, fresh.signed_in_at) == (claims.session_id, claims.signed_in_at)
    assert rules.time_of(fresh.expires_at) == now + timedelta(days=7)


def test_a_touch_is_told_by_the_first_token_only(claims: Claims) -> None:
    fresh = rules.renewed(claims, LI, NOW + timedelta(days=2))
    assert fresh is not None
    assert (claims.touchpoint, fresh.touchpoint) == ("live-7", None)


def test_a_fresh_token_is_of_who_the_member_is_now(claims: Claims) -> None:
    """Of two who were merged, the session of the one goes on as the other's."""
    wang = a_member(member_id="01J0000000000000000000WANG", session_version=8)
    fresh = rules.renewed(claims, wang, NOW + timedelta(days=2))
    assert fresh is not None
    assert (fresh.member_id, fresh.session_version) == (wang.member_id, 8)


def test_ninety_days_after_the_sign_in_nothing_is_renewed(claims: Claims) -> None:
    end = NOW + timedelta(days=90)
    assert rules.renewed(claims, LI, end) is not None
    assert rules.renewed(claims, LI, end + A_SECOND) is None
