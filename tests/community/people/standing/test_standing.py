"""Standing: identity and badges follow from all that speaks for a member, whatever comes first."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.tables import one_transaction
from community.commons.audience.rules import Identity
from community.facts import MemberErased, MembersMerged, MembersUnmerged
from community.people.members import service as members
from community.people.members.rules import Member
from community.people.standing import records, rules
from community.people.standing import service as standing
from community.people.standing.rules import Ground
from tests.builders import a_member
from tests.world import Person, World


@pytest.fixture
def li(world: World) -> Person:
    return world.joins("li")


def begin(who: Person, ground: Ground, ref_id: str = "1") -> None:
    with one_transaction() as write:
        standing.begin(write, who.member_id, ground, ref_id=ref_id)


def end(who: Person, ground: Ground, ref_id: str = "1") -> None:
    with one_transaction() as write:
        standing.end(write, who.member_id, ground, ref_id=ref_id)


@pytest.mark.parametrize(
    ("grounds", "identity", "badges"),
    [
        ((), Identity.PROSPECT, ()),
        ((Ground.OWNER,), Identity.OWNER, ("owner",)),
        ((Ground.DEPOSIT_HOLDER,), Identity.DEPOSIT_HOLDER, ("deposit-holder",)),
        ((Ground.INVITATION,), Identity.PROSPECT, ("invited",)),
        ((Ground.CO_DRIVER,), Identity.PROSPECT, ("co-driver",)),
        ((Ground.CO_DRIVER, Ground.OWNER), Identity.OWNER, ("owner", "co-driver")),
        (
            (Ground.DEPOSIT_HOLDER, Ground.OWNER),
            Identity.OWNER,
            ("owner", "deposit-holder"),
        ),
    ],
)
def test_the_strongest_ground_makes_the_identity(
    grounds: tuple[Ground, ...], identity: Identity, badges: tuple[str, ...]
) -> None:
    for order in permutations(grounds):
        member = rules.standing_as(a_member(), order)
        assert (member.identity, member.badges) == (identity, badges)


@given(st.lists(st.sampled_from(Ground)), st.lists(st.sampled_from(Ground)))
def test_only_what_speaks_now_counts(before: list[Ground], now: list[Ground]) -> None:
    once = rules.standing_as(a_member(badges=("pioneer",)), before)
    after = rules.standing_as(once, now)
    assert after == rules.standing_as(a_member(badges=("pioneer",)), now)
    assert "pioneer" in after.badges


def test_what_begins_and_ends_is_followed(li: Person) -> None:
    begin(li, Ground.OWNER)
    assert standing.refresh(li.member_id).identity is Identity.OWNER
    assert li.member.badges == ("owner",)
    end(li, Ground.OWNER)
    assert standing.refresh(li.member_id).identity is Identity.PROSPECT
    assert li.member.badges == ()


def test_who_has_two_cars_and_loses_one_stays_an_owner(li: Person) -> None:
    begin(li, Ground.OWNER, "1")
    begin(li, Ground.OWNER, "2")
    end(li, Ground.OWNER, "1")
    assert standing.refresh(li.member_id).identity is Identity.OWNER


def test_a_late_look_does_not_write_over_a_newer_one(
    li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While one looks, an approval comes in between and is followed first."""
    look, once = records.of_member, [1]

    def look_while_it_changes(member_id: str) -> list[rules.Standing]:
        seen = look(member_id)
        if once:
            once.clear()
            begin(li, Ground.OWNER)
            standing.refresh(li.member_id)
        return seen

    members.change(li.member_id, _with_badge)
    monkeypatch.setattr(records, "of_member", look_while_it_changes)
    standing.refresh(li.member_id)
    assert li.member.identity is Identity.OWNER


def _with_badge(member: Member) -> Member:
    """So that the first look has something to take away."""
    return rules.standing_as(member, [Ground.CO_DRIVER])


def test_what_speaks_for_one_speaks_for_who_remains_and_goes_back(world: World, li: Person) -> None:
    wang = world.joins("wang")
    begin(li, Ground.OWNER)
    begin(wang, Ground.INVITATION)
    ids = {"merge_id": "m1", "kept_id": wang.member_id, "gone_id": li.member_id}
    merged = MembersMerged(fact_id="m1.merged", at=world.now, **ids)
    for _ in range(2):
        standing.follow_merge(merged)
        assert wang.member.badges == ("owner", "invited")
        assert standing.of_member(li.member_id) == []
    unmerged = MembersUnmerged(fact_id="m1.unmerged", at=world.now, **ids)
    for _ in range(2):
        standing.follow_unmerge(unmerged)
        assert (li.member.badges, wang.member.badges) == (("owner",), ("invited",))


def test_all_of_it_can_be_told_and_forgotten(world: World, li: Person) -> None:
    begin(li, Ground.OWNER, "c1")
    assert standing.exported(li.member_id) == [{"ground": "owner", "ref_id": "c1"}]
    standing.erase(MemberErased(fact_id="e", at=world.now, member_id=li.member_id))
    assert standing.exported(li.member_id) == []
