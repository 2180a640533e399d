"""Audience rules: who gets in, and what is told to those who do not."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import WayIn
from community.commons.audience import rules
from community.commons.audience.rules import (
    CO_DRIVER_BADGE,
    DEPTH_MAX,
    EVERYONE,
    LEAVES_MAX,
    OWNERS,
    SIGNED_IN,
    TAG_CHARS_MAX,
    TAGS_MAX,
    Audience,
    Identity,
    Tier,
    texts_in,
    unlock_for,
)
from community.people.members.rules import Member
from tests.builders import a_member

GUEST = None
PROSPECT = a_member()
DEPOSIT_HOLDER = a_member(identity=Identity.DEPOSIT_HOLDER)
OWNER = a_member(identity=Identity.OWNER)
CO_DRIVER = a_member(badges=(CO_DRIVER_BADGE,))
DEPOSIT_HOLDERS = Audience(identity=(Identity.DEPOSIT_HOLDER,))
PROSPECTS = Audience(identity=(Identity.PROSPECT,))
T2 = Audience(tier_min=Tier.T2)
INTERESTED = Audience(tags_any=("纯电", "越野"))
T2_OWNERS = Audience(identity=(Identity.OWNER,), tier_min=Tier.T2)
MODERATORS = Audience(board_role="moderator:car-care")
INVITED = Audience(segment="spring-2026")
NOT_OWNERS = Audience(not_=OWNERS)


def ways(viewer: Member | None, audience: Audience) -> list[str]:
    """The steps, those of one way of several with its number: `certify_owner 2`."""
    unlock = unlock_for(viewer, audience)
    return [_step(way) for way in unlock.how] if unlock else []


def _step(way: WayIn) -> str:
    return f"{way.kind} {way.way}" if way.way else way.kind


# The object of the main job


@pytest.mark.parametrize(
    ("viewer", "audience", "needed"),
    [
        (GUEST, SIGNED_IN, ["sign_in"]),
        (PROSPECT, OWNERS, ["certify_owner"]),
        (DEPOSIT_HOLDER, OWNERS, ["certify_owner"]),
        (GUEST, OWNERS, ["sign_in", "certify_owner"]),
        (PROSPECT, DEPOSIT_HOLDERS, ["pay_deposit"]),
        (
            PROSPECT,
            Audience(identity=(Identity.OWNER, Identity.DEPOSIT_HOLDER)),
            ["certify_owner 1", "pay_deposit 2"],
        ),
        (a_member(tier=Tier.T1), T2, ["reach_tier"]),
        (GUEST, T2, ["sign_in", "reach_tier"]),
        (a_member(tags=("轿跑",)), INTERESTED, ["take_part"]),
        (PROSPECT, T2_OWNERS, ["certify_owner", "reach_tier"]),
        (a_member(identity=Identity.OWNER, tier=Tier.T1), T2_OWNERS, ["reach_tier"]),
        (GUEST, Audience(tier_min=Tier.T0), ["sign_in"]),
        (GUEST, PROSPECTS, ["sign_in"]),
    ],
)
def test_everybody_is_told_every_step_that_is_missing(
    viewer: Member | None, audience: Audience, needed: list[str]
) -> None:
    assert unlock_for(viewer, audience)
    assert ways(viewer, audience) == needed


@pytest.mark.parametrize(
    ("viewer", "audience"),
    [
        (GUEST, EVERYONE),
        (PROSPECT, EVERYONE),
        (PROSPECT, SIGNED_IN),
        (OWNER, OWNERS),
        (CO_DRIVER, OWNERS),
        (a_member(tier=Tier.T2), T2),
        (a_member(tier=Tier.T3), T2),
        (a_member(tags=("越野",)), INTERESTED),
        (a_member(identity=Identity.OWNER, tier=Tier.T2), T2_OWNERS),
        (a_member(board_roles=("moderator:car-care",)), MODERATORS),
        (a_member(segments=("spring-2026",)), INVITED),
        (PROSPECT, NOT_OWNERS),
        (GUEST, Audience(any=(OWNERS, EVERYONE))),
        (OWNER, Audience(any=(T2, OWNERS))),
        (OWNER, Audience(all=(SIGNED_IN, OWNERS))),
    ],
)
def test_whoever_a_rule_is_for_gets_in(viewer: Member | None, audience: Audience) -> None:
    assert unlock_for(viewer, audience) is None


@pytest.mark.parametrize(
    ("viewer", "audience"),
    [
        (OWNER, PROSPECTS),
        (OWNER, DEPOSIT_HOLDERS),
        (DEPOSIT_HOLDER, PROSPECTS),
        (OWNER, NOT_OWNERS),
        (CO_DRIVER, NOT_OWNERS),
        (PROSPECT, MODERATORS),
        (a_member(board_roles=("moderator:members-only",)), MODERATORS),
        (OWNER, INVITED),
        (PROSPECT, Audience(all=(OWNERS, NOT_OWNERS))),
        (PROSPECT, Audience(tier_min=Tier.T2, not_=Audience(tier_min=Tier.T1))),
        (OWNER, Audience(not_=SIGNED_IN)),
    ],
)
def test_where_nothing_that_one_can_do_helps_no_step_is_told(
    viewer: Member, audience: Audience
) -> None:
    unlock = unlock_for(viewer, audience)
    assert unlock
    assert unlock.how == ()
    assert unlock.reason.startswith("仅限")


# The tree


@pytest.mark.parametrize(
    ("viewer", "audience", "needed"),
    [
        (PROSPECT, Audience(any=(OWNERS, T2)), ["certify_owner 1", "reach_tier 2"]),
        (GUEST, Audience(any=(OWNERS, T2)), ["sign_in", "certify_owner 1", "reach_tier 2"]),
        (PROSPECT, Audience(all=(OWNERS, T2)), ["certify_owner", "reach_tier"]),
        (
            PROSPECT,
            Audience(tier_min=Tier.T1, any=(OWNERS, INTERESTED)),
            ["reach_tier", "certify_owner 1", "take_part 2"],
        ),
        (PROSPECT, Audience(any=(MODERATORS, OWNERS)), ["certify_owner"]),
        (PROSPECT, Audience(any=(T2, Audience(tier_min=Tier.T1))), ["reach_tier"]),
        (PROSPECT, Audience(any=(T2_OWNERS, OWNERS)), ["certify_owner"]),
        (PROSPECT, Audience(not_=Audience(not_=OWNERS)), ["certify_owner"]),
        (OWNER, Audience(tier_min=Tier.T2, not_=Audience(tier_min=Tier.T3)), ["reach_tier"]),
        (PROSPECT, Audience(not_=PROSPECTS), ["certify_owner 1", "pay_deposit 2"]),
        (DEPOSIT_HOLDER, Audience(not_=DEPOSIT_HOLDERS), ["certify_owner"]),
        (GUEST, NOT_OWNERS, ["sign_in"]),
        (GUEST, INVITED, ["sign_in"]),
        # What opens the one closes the other, so only the third is left.
        (
            PROSPECT,
            Audience(any=(Audience(all=(OWNERS, NOT_OWNERS)), DEPOSIT_HOLDERS)),
            ["pay_deposit"],
        ),
    ],
)
def test_alternatives_are_told_as_such(
    viewer: Member | None, audience: Audience, needed: list[str]
) -> None:
    assert ways(viewer, audience) == needed


def test_of_two_tiers_the_nearer_one_is_told() -> None:
    unlock = unlock_for(PROSPECT, Audience(any=(T2, Audience(tier_min=Tier.T1))))
    assert unlock
    assert "T1" in unlock.how[0].text


@pytest.mark.parametrize(
    ("audience", "reason"),
    [
        (OWNERS, "仅限认证车主"),
        (SIGNED_IN, "仅限会员"),
        (T2, "仅限 T2 及以上会员"),
        (T2_OWNERS, "仅限认证车主且 T2 及以上会员"),
        (Audience(identity=(Identity.OWNER, Identity.DEPOSIT_HOLDER)), "仅限认证车主、意向金用户"),
        (INTERESTED, "仅限特定兴趣的会员"),
        (MODERATORS, "仅限版主"),
        (INVITED, "仅限特定人群的会员"),
        (Audience(any=(OWNERS, T2)), "仅限认证车主或 T2 及以上会员"),
        (
            Audience(any=(Audience(tier_min=Tier.T3), OWNERS), tags_any=("纯电",)),
            "仅限特定兴趣的会员且（T3 及以上会员或认证车主）",
        ),
        (
            Audience(any=(Audience(all=(OWNERS, T2)), MODERATORS)),
            "仅限认证车主且 T2 及以上会员或版主",
        ),
        (NOT_OWNERS, "仅限认证车主以外的会员"),
        (Audience(not_=T2), "仅限 T2 以下会员"),
        (Audience(not_=T2_OWNERS), "仅限认证车主以外的会员或 T2 以下会员"),
        (Audience(not_=Audience(not_=OWNERS)), "仅限认证车主"),
        (Audience(all=(OWNERS, OWNERS)), "仅限认证车主"),
        (Audience(any=(OWNERS, SIGNED_IN)), "仅限会员"),
        (Audience(all=(EVERYONE, OWNERS)), "仅限认证车主"),
    ],
)
def test_whom_a_rule_lets_in_is_said_in_members_words(audience: Audience, reason: str) -> None:
    unlock = unlock_for(GUEST, audience)
    assert unlock is not None
    assert unlock.reason == reason


# The rule, said once more and differently: as the set of everybody whom it lets in.

TAGS = "ab"
ROLES = ("moderator:x", "moderator:y")
SEGMENTS = ("s", "t")
_SUBSETS = ((), ("a",), ("b",), ("a", "b"))
UNIVERSE = [
    a_member(
        identity=identity,
        tier=tier,
        tags=tags,
        badges=(CO_DRIVER_BADGE,) if drives_along else (),
        board_roles=(role,) if role else (),
        segments=(segment,) if segment else (),
    )
    for identity, tier, tags, drives_along, role, segment in itertools.product(
        Identity, Tier, _SUBSETS, (False, True), (None, *ROLES), (None, *SEGMENTS)
    )
]
EVERYBODY = frozenset(range(len(UNIVERSE)))


def those(asked: Any) -> frozenset[int]:
    return frozenset(number for number in EVERYBODY if asked(UNIVERSE[number]))


BY_LEAF = {
    **{
        ("identity", i): those(
            lambda m, i=i: (
                m.identity == i or (i is Identity.OWNER and m.badges == (CO_DRIVER_BADGE,))
            )
        )
        for i in Identity
    },
    **{("tier_min", tier): those(lambda m, t=tier: int(m.tier[1]) >= int(t[1])) for tier in Tier},
    **{("tags_any", tag): those(lambda m, tag=tag: m.tags.count(tag) == 1) for tag in TAGS},
    **{
        ("board_role", role): those(lambda m, role=role: (role,) == m.board_roles) for role in ROLES
    },
    **{
        ("segment", segment): those(lambda m, s=segment: (s,) == m.segments) for segment in SEGMENTS
    },
}


def let_in(plain: dict[str, Any]) -> frozenset[int]:
    """Whom a rule, as JSON says it, lets in: unions, sections and complements of sets."""
    into = EVERYBODY
    for name in ("identity", "tags_any"):
        if name in plain:
            into &= frozenset().union(*(BY_LEAF[name, value] for value in plain[name]))
    for name in ("tier_min", "board_role", "segment"):
        if name in plain:
            into &= BY_LEAF[name, plain[name]]
    for rule in plain.get("all", []):
        into &= let_in(rule)
    if "any" in plain:
        into &= frozenset().union(*map(let_in, plain["any"]))
    if "not" in plain:
        into -= let_in(plain["not"])
    return into


def sureness(plain: dict[str, Any]) -> float:
    """How sure we are that somebody of whom we know nothing gets in: 0, 1 or ½."""
    parts = [0.5 for name in plain if name not in ("all", "any", "not")]
    parts += map(sureness, plain.get("all", []))
    if "any" in plain:
        parts.append(max(map(sureness, plain["any"])))
    if "not" in plain:
        parts.append(1 - sureness(plain["not"]))
    return min(parts, default=1)


def lists_of(values: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(values), max_size=3, unique=True).map(tuple)


def rules_of(within: st.SearchStrategy[Audience] | None) -> st.SearchStrategy[Audience]:
    several = st.lists(within, max_size=2).map(tuple) if within else st.just(())
    other = st.none() | within.filter(lambda rule: rule != EVERYONE) if within else st.none()
    return st.builds(
        Audience,
        identity=st.just(()) | lists_of(Identity),
        tier_min=st.none() | st.sampled_from(Tier),
        tags_any=st.just(()) | lists_of(TAGS),
        board_role=st.none() | st.sampled_from(ROLES),
        segment=st.none() | st.sampled_from(SEGMENTS),
        all=several,
        any=several,
        not_=other,
    )


flat = rules_of(None)
few = (
    st.builds(Audience, identity=lists_of(Identity))
    | st.builds(Audience, tier_min=st.sampled_from(Tier))
    | st.builds(Audience, tags_any=lists_of(TAGS))
    | st.sampled_from([Audience(board_role="moderator:x"), Audience(segment="s"), EVERYONE])
)


def fits(rule: dict[str, Any]) -> bool:
    try:
        msgspec.convert(rule, Audience)
    except msgspec.ValidationError:
        return False
    return True


def nested(within: st.SearchStrategy[Audience]) -> st.SearchStrategy[Audience]:
    some = st.lists(within, min_size=1, max_size=3)
    plain = (
        some.map(lambda rules: {"all": rules})
        | some.map(lambda rules: {"any": rules})
        | within.map(lambda rule: {"not": rule})
        | st.tuples(some, within).map(lambda both: {"any": both[0], "not": both[1]})
        | st.tuples(st.sampled_from(Tier), some).map(lambda t: {"tier_min": t[0], "any": t[1]})
    )
    return (
        plain.map(msgspec.to_builtins)
        .filter(fits)
        .map(lambda rule: msgspec.convert(rule, Audience))
    )


audiences = flat | nested(few) | nested(nested(few)) | nested(nested(nested(few)))
members = st.sampled_from(UNIVERSE)


@given(members, audiences)
def test_who_belongs_to_those_whom_a_rule_lets_in_gets_in_and_nobody_else(
    viewer: Member, audience: Audience
) -> None:
    belongs = UNIVERSE.index(viewer) in let_in(msgspec.to_builtins(audience))
    assert (unlock_for(viewer, audience) is None) == belongs


@given(audiences)
def test_a_guest_gets_in_only_where_it_does_not_matter_who_they_are(audience: Audience) -> None:
    sure = sureness(msgspec.to_builtins(audience)) == 1
    assert (unlock_for(GUEST, audience) is None) == sure
    if sure:
        assert let_in(msgspec.to_builtins(audience)) == EVERYBODY


def test_a_rule_that_asks_for_anything_keeps_guests_out() -> None:
    for rule in (SIGNED_IN, NOT_OWNERS, Audience(not_=INVITED), Audience(any=(OWNERS, NOT_OWNERS))):
        assert unlock_for(GUEST, rule)


@given(audiences)
def test_a_guest_is_told_to_sign_in_first(audience: Audience) -> None:
    if unlock_for(GUEST, audience):
        assert ways(GUEST, audience)[0] == "sign_in"


def gone(viewer: Member, steps: list[WayIn], tags: tuple[str, ...]) -> Member:
    """What becomes of somebody who does what they were told; they take part in these."""
    become = {"certify_owner": Identity.OWNER, "pay_deposit": Identity.DEPOSIT_HOLDER}
    for step in steps:
        if step.kind in become:
            viewer = msgspec.structs.replace(viewer, identity=become[step.kind])
        if step.kind == "reach_tier":
            tier = next(tier for tier in Tier if tier in step.text)
            viewer = msgspec.structs.replace(viewer, tier=tier)
        if step.kind == "take_part":
            viewer = msgspec.structs.replace(viewer, tags=(*viewer.tags, *tags))
    return viewer


@given(st.none() | members, audiences)
def test_who_does_what_they_are_told_gets_in(viewer: Member | None, audience: Audience) -> None:
    unlock = unlock_for(viewer, audience)
    if unlock is None or {step.kind for step in unlock.how} <= {"sign_in"}:
        return
    numbers = {step.way for step in unlock.how} - {None} or {None}
    for number in numbers:
        steps = [step for step in unlock.how if step.way in (None, number)]
        changed = [gone(viewer or PROSPECT, steps, tags) for tags in _SUBSETS]
        assert any(unlock_for(each, audience) is None for each in changed)
        for left_out in steps:
            if left_out.kind != "sign_in":
                fewer = [step for step in steps if step is not left_out]
                assert unlock_for(gone(viewer or PROSPECT, fewer, ()), audience) or "take_part" in {
                    step.kind for step in fewer
                }


@given(members, audiences)
def test_who_can_become_somebody_who_gets_in_is_told_how(
    viewer: Member, audience: Audience
) -> None:
    unlock = unlock_for(viewer, audience)
    if unlock is None or unlock.how:
        return
    order = list(Identity)
    higher = [
        msgspec.structs.replace(viewer, identity=identity, tier=tier)
        for identity in order[order.index(viewer.identity) :]
        for tier in Tier
        if tier >= viewer.tier
    ]
    assert all(unlock_for(each, audience) for each in higher)


@given(st.none() | members, audiences)
def test_whoever_is_kept_out_is_told_a_reason(viewer: Member | None, audience: Audience) -> None:
    if unlock := unlock_for(viewer, audience):
        assert unlock.reason.startswith("仅限")
        assert len(unlock.reason) > 2
        assert all(way.kind and way.text for way in unlock.how)


@given(members, flat)
def test_where_nothing_is_excluded_a_higher_tier_never_closes_a_door(
    viewer: Member, audience: Audience
) -> None:
    higher = msgspec.structs.replace(viewer, tier=Tier.T3)
    if unlock_for(viewer, audience) is None:
        assert unlock_for(higher, audience) is None


# As JSON


@given(audiences)
def test_a_rule_reads_as_it_was_written(audience: Audience) -> None:
    assert msgspec.json.decode(msgspec.json.encode(audience), type=Audience) == audience


@pytest.mark.parametrize(
    ("audience", "json"),
    [
        (EVERYONE, b"{}"),
        (OWNERS, b'{"identity":["owner"]}'),
        (Audience(any=(OWNERS, T2)), b'{"any":[{"identity":["owner"]},{"tier_min":"T2"}]}'),
        (NOT_OWNERS, b'{"not":{"identity":["owner"]}}'),
    ],
)
def test_nothing_is_written_of_what_is_not_said(audience: Audience, json: bytes) -> None:
    assert msgspec.json.encode(audience) == json


def deep(levels: int) -> dict[str, Any]:
    rule: dict[str, Any] = {"identity": ["owner"]}
    for _ in range(levels - 1):
        rule = {"all": [rule]}
    return rule


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
        {"board_role": "moderator"},
        {"board_role": "admin:car-care"},
        {"segment": ""},
        {"segment": "s" * 41},
        {"not": {}},
        {"not": [{"tier_min": "T1"}]},
        {"any": {"tier_min": "T1"}},
        {"all": [{"tier_max": "T1"}]},
        {"any": [{}] * (LEAVES_MAX + 1)},
        {"any": [{"tier_min": "T1", "identity": ["owner"]}] * (LEAVES_MAX // 2), "segment": "s"},
        {"not": {"any": [{"all": [{}] * LEAVES_MAX}, {}]}},
        deep(DEPTH_MAX + 1),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(rule), type=Audience)


@pytest.mark.parametrize(
    "rule",
    [
        deep(DEPTH_MAX),
        {"any": [{"tier_min": "T1", "identity": ["owner"]}] * (LEAVES_MAX // 2)},
        {"all": [], "any": []},
        {"board_role": "moderator:car-care", "segment": "spring_2026-A"},
    ],
)
def test_a_rule_up_to_the_bounds_is_kept(rule: dict[str, Any]) -> None:
    assert msgspec.json.decode(msgspec.json.encode(rule), type=Audience)


def test_the_largest_rule_is_answered_with_a_few_ways() -> None:
    pairs = tuple(
        Audience(any=(Audience(tags_any=(f"t{n}",)), Audience(identity=(Identity.OWNER,))))
        for n in range(LEAVES_MAX // 2)
    )
    assert ways(PROSPECT, Audience(all=pairs)) == ["take_part 1", "certify_owner 2"]


def test_what_somebody_wrote_into_a_rule_is_found_wherever_it_stands() -> None:
    rule = Audience(
        tags_any=("甲",),
        all=(Audience(any=(Audience(tags_any=("乙", "丙")),)),),
        not_=Audience(segment="s", board_role="moderator:x"),
    )
    assert sorted(texts_in(rule)) == sorted(["甲", "乙", "丙", "s", "moderator:x"])
    assert texts_in(OWNERS) == ()


def test_tiers_compare_in_order() -> None:
    assert Tier.T0 < Tier.T1 < Tier.T2 < Tier.T3


def test_everything_that_a_rule_can_ask_is_looked_at() -> None:
    asked = set(Audience.__struct_fields__) - {"all", "any", "not_"}
    assert asked == set(rules._LEAVES)
