"""Members: what a new one is, what a nickname may be, what certification gives."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib import ids
from community.commons.audience.rules import Identity, Tier
from community.people.members import rules
from community.people.members.rules import MemberBlocked, State, Touch
from tests.builders import a_member

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TOUCH = Touch("store-42", NOW)


def test_a_new_member_is_a_prospect_without_tier_badges_or_tags() -> None:
    member = rules.new_member(request_id="r1", touch=TOUCH)
    assert (member.identity, member.tier) == (Identity.PROSPECT, Tier.T0)
    assert (member.badges, member.tags, member.joined_at) == ((), (), NOW)


def test_a_new_members_id_tells_when_they_joined() -> None:
    assert ids.time_of(rules.new_member(request_id="r1", touch=TOUCH).member_id) == NOW


def test_a_new_members_nickname_is_made_from_their_id_and_tells_nothing_else() -> None:
    member = rules.new_member(request_id="r1", touch=TOUCH)
    assert member.nickname == f"车友{member.member_id[-4:]}"


def test_a_retry_makes_the_same_member() -> None:
    first = rules.new_member(request_id="r1", touch=TOUCH)
    assert rules.new_member(request_id="r1", touch=TOUCH) == first


def test_where_a_new_member_came_from_is_kept() -> None:
    assert rules.new_member(request_id="r1", touch=TOUCH).first_touch == TOUCH


def test_who_was_known_from_an_archive_only_wakes_and_nobody_else_does() -> None:
    for state in State:
        member = a_member(state=state)
        woken = rules.woken(member)
        assert (woken == member) is (state is not State.DORMANT)
        assert woken.state is (State.ACTIVE if state is State.DORMANT else state)


def test_who_may_come_in() -> None:
    known = {state for state in State if rules.is_known(a_member(state=state))}
    assert known == {State.ACTIVE, State.LEAVING}


def test_who_is_blocked_is_told_so() -> None:
    for state in set(State) - {State.BLOCKED}:
        rules.check_not_blocked(a_member(state=state))
    with pytest.raises(MemberBlocked):
        rules.check_not_blocked(a_member(state=State.BLOCKED))


def test_who_is_known_to_the_door_frame_by_their_member_id() -> None:
    assert a_member(member_id="x").caller_id == "x"
