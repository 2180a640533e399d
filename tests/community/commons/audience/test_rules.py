"""Audience rules: who gets in, and what is told to those who do not."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.commons.audience.rules import (
    EVERYONE,
    OWNERS,
    SIGNED_IN,
    TAG_CHARS_MAX,
    TAGS_MAX,
    Audience,
    Identity,
    Tier,
    unlock_for,
)
from community.people.members.rules import Member
from tests.builders import a_member

GUEST = None
PROSPECT = a_member()
DEPOSIT_HOLDER = a_member(identity=Identity.DEPOSIT_HOLDER)
OWNER = a_member(identity=Identity.OWNER)
T2 = Audience(tier_min=Tier.T2)
INTERESTED = Audience(tags_any=("纯电", "越野"))
T2_OWNERS = Audience(identity=(Identity.OWNER,), tier_min=Tier.T2)


def ways(viewer: Member | None, audience: Audience) -> list[str]:
    unlock = unlock_for(viewer, audience)
    return [way.kind for way in unlock.how] if unlock else []


@pytest.mark.parametrize(
    ("viewer", "audience", "needed"),
    [
        (GUEST, EVERYONE, []),
        (PROSPECT, EVERYONE, []),
        (GUEST, SIGNED_IN, ["sign_in"]),
        (PROSPECT, SIGNED_IN, []),
        (OWNER, OWNERS, []),
        (PROSPECT, OWNERS, ["certify_owner"]),
        (DEPOSIT_HOLDER, OWNERS, ["certify_owner"]),
        (GUEST, OWNERS, ["sign_in", "certify_owner"]),
        (PROSPECT, Audience(identity=(Identity.DEPOSIT_HOLDER,)), ["pay_deposit"]),
        (OWNER, Audience(identity=(Identity.PROSPECT,)), ["other_identity"]),
        (
            PROSPECT,
            Audience(identity=(Identity.OWNER, Identity.DEPOSIT_HOLDER)),
            ["certify_owner", "pay_deposit"],
        ),
        (a_member(tier=Tier.T1), T2, ["reach_tier"]),
        (a_member(tier=Tier.T2), T2, []),
        (a_member(tier=Tier.T3), T2, []),
        (GUEST, T2, ["sign_in", "reach_tier"]),
        (a_member(tags=("越野",)), INTERESTED, []),
        (a_member(tags=("轿跑",)), INTERESTED, ["take_part"]),
        (PROSPECT, T2_OWNERS, ["certify_owner", "reach_tier"]),
        (a_member(identity=Identity.OWNER, tier=Tier.T1), T2_OWNERS, ["reach_tier"]),
        (a_member(identity=Identity.OWNER, tier=Tier.T2), T2_OWNERS, []),
        (GUEST, Audience(tier_min=Tier.T0), ["sign_in", "reach_tier"]),
    ],
)
def test_everybody_is_told_every_step_that_is_missing(
    viewer: Member | None, audience: Audience, needed: list[str]
) -> None:
    assert ways(viewer, audience) == needed


@pytest.mark.parametrize(
    ("audience", "reason"),
    [
        (OWNERS, "仅限认证车主"),
        (SIGNED_IN, "仅限会员"),
        (T2, "仅限T2 及以上会员"),
        (T2_OWNERS, "仅限认证车主且 T2 及以上会员"),
        (Audience(identity=(Identity.OWNER, Identity.DEPOSIT_HOLDER)), "仅限认证车主、意向金用户"),
        (INTERESTED, "仅限特定兴趣的会员"),
    ],
)
def test_whom_a_rule_lets_in_is_said_in_members_words(audience: Audience, reason: str) -> None:
    unlock = unlock_for(GUEST, audience)
    assert unlock is not None
    assert unlock.reason == reason


members = st.builds(
    a_member,
    identity=st.sampled_from(Identity),
    tier=st.sampled_from(Tier),
    tags=st.lists(st.sampled_from("abcde"), max_size=3, unique=True).map(tuple),
)
audiences = st.builds(
    Audience,
    identity=st.lists(st.sampled_from(Identity), max_size=3, unique=True).map(tuple),
    tier_min=st.none() | st.sampled_from(Tier),
    tags_any=st.lists(st.sampled_from("abcde"), max_size=3, unique=True).map(tuple),
)


def lets_in(audience: Audience, viewer: Member) -> bool:
    """The rule, said once more and differently: every part of it holds."""
    tiers = list(Tier)
    return (
        (not audience.identity or viewer.identity in audience.identity)
        and (not audience.tier_min or viewer.tier in tiers[tiers.index(audience.tier_min) :])
        and (not audience.tags_any or any(tag in viewer.tags for tag in audience.tags_any))
    )


@given(members, audiences)
def test_who_meets_every_part_of_a_rule_gets_in_and_nobody_else(
    viewer: Member, audience: Audience
) -> None:
    assert (unlock_for(viewer, audience) is None) == lets_in(audience, viewer)


@given(audiences)
def test_a_guest_gets_in_only_where_nothing_is_asked(audience: Audience) -> None:
    assert (unlock_for(GUEST, audience) is None) == (audience == EVERYONE)


@given(audiences)
def test_a_guest_is_told_to_sign_in_first(audience: Audience) -> None:
    if audience != EVERYONE:
        assert ways(GUEST, audience)[0] == "sign_in"


@given(st.none() | members, audiences)
def test_whoever_is_kept_out_is_told_a_reason_and_a_way_in(
    viewer: Member | None, audience: Audience
) -> None:
    if unlock := unlock_for(viewer, audience):
        assert unlock.reason.startswith("仅限")
        assert all(way.kind and way.text for way in unlock.how)


@given(members, audiences)
def test_a_higher_tier_never_closes_a_door(viewer: Member, audience: Audience) -> None:
    higher = msgspec.structs.replace(viewer, tier=Tier.T3)
    assert set(ways(higher, audience)) <= set(ways(viewer, audience))


@given(audiences)
def test_a_rule_reads_as_it_was_written(audience: Audience) -> None:
    assert msgspec.json.decode(msgspec.json.encode(audience), type=Audience) == audience


@pytest.mark.parametrize(
    "rule",
    [
        {"identity": ["admin"]},
        {"identity": ["owner"] * 4},
        {"tier_min": "T4"},
        {"tags_any": [""]},
        {"tags_any": ["x" * (TAG_CHARS_MAX + 1)]},
        {"tags_any": ["x"] * (TAGS_MAX + 1)},
        {"tier_max": "T1"},
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(rule), type=Audience)


def test_tiers_compare_in_order() -> None:
    assert Tier.T0 < Tier.T1 < Tier.T2 < Tier.T3
