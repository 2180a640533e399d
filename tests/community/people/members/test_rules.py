"""Members: what a new one is, what a nickname may be, what certification gives."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib import ids
from chalicelib.errors import Invalid
from community.commons.audience.rules import Identity, Tier
from community.people.members import rules
from tests.builders import a_member

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def test_a_new_member_is_a_prospect_without_tier_badges_or_tags() -> None:
    member = rules.new_member(request_id="r1", now=NOW)
    assert (member.identity, member.tier) == (Identity.PROSPECT, Tier.T0)
    assert (member.badges, member.tags, member.joined_at) == ((), (), NOW)


def test_a_new_members_id_tells_when_they_joined() -> None:
    assert ids.time_of(rules.new_member(request_id="r1", now=NOW).member_id) == NOW


def test_a_new_members_nickname_is_made_from_their_id_and_tells_nothing_else() -> None:
    member = rules.new_member(request_id="r1", now=NOW)
    assert member.nickname == f"车友{member.member_id[-4:]}"


def test_a_retry_makes_the_same_member() -> None:
    assert rules.new_member(request_id="r1", now=NOW) == rules.new_member(request_id="r1", now=NOW)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("老王", "老王"), ("  老王 ", "老王"), ("老\n王", "老 王"), ("老 \t 王", "老 王")],
)
def test_a_nickname_is_kept_on_one_line(given: str, kept: str) -> None:
    assert rules.tidied(given) == kept


@pytest.mark.parametrize("given", [" ", "\n\t", "\u3000"])
def test_a_nickname_of_blanks_is_none(given: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.tidied(given)
    assert [error.field for error in refused.value.errors] == ["nickname"]


def test_a_certified_member_is_an_owner_with_a_badge() -> None:
    owner = rules.certified(a_member(badges=("pioneer",)))
    assert (owner.identity, owner.badges) == (Identity.OWNER, ("pioneer", "owner"))


def test_being_certified_twice_changes_nothing_more() -> None:
    once = rules.certified(a_member())
    assert rules.certified(once) == once


def test_who_is_known_to_the_door_frame_by_their_member_id() -> None:
    assert a_member(member_id="x").caller_id == "x"
