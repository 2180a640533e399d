"""Tags that follow from facts: whatever is told when, what is true at the moment is there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import permutations
from typing import Any

import msgspec
import pytest

from community import facts
from community.commons.audience.rules import Identity
from community.facts import Fact
from community.people.members import records
from community.people.members import service as members
from community.people.members.rules import State, Touch, new_member
from community.people.profiles import service as profiles
from community.people.profiles.changes import Changes
from community.people.profiles.rules import DrivenCar, Household, Intention, When
from community.people.tagging import service as tagging
from community.people.tagging.service import RULES
from community.people.tags import service as tags
from tests.world import Person, World


@pytest.fixture
def li(world: World) -> Person:
    return world.joins("li")


def ids_of(world: World, member_id: str) -> set[str]:
    return {held.tag_id for held in tags.of(member_id, now=world.now)}


def becomes(world: World, who: Person, **fields: Any) -> None:
    members.change(who.member_id, lambda member: msgspec.structs.replace(member, **fields))


def a_fact(kind: type[Fact], world: World, who: Person, **fields: Any) -> Any:
    about = {"fact_id": f"{kind.__name__}", "at": world.now, "member_id": who.member_id}
    return kind(**about, **fields)


def decided(world: World, who: Person) -> facts.CertificationDecided:
    return a_fact(  # type: ignore[no-any-return]
        facts.CertificationDecided,
        world,
        who,
        certification_id="01J00000000000000000000CRT",
        decision=facts.CertificationDecision.APPROVE,
        staff_id="zhangsan",
    )


def joined(world: World, who: Person) -> facts.MemberJoined:
    return a_fact(facts.MemberJoined, world, who, touchpoint="organic")  # type: ignore[no-any-return]


def changed(world: World, who: Person, *fields: str) -> facts.ProfileChanged:
    return a_fact(facts.ProfileChanged, world, who, fields=fields)  # type: ignore[no-any-return]


def test_who_joins_is_a_new_prospect_for_a_month(world: World, li: Person) -> None:
    tagging.follow(joined(world, li))
    assert ids_of(world, li.member_id) == {"identity:prospect", "newcomer"}
    world.later(days=30)
    assert ids_of(world, li.member_id) == {"identity:prospect"}


def test_the_tag_follows_the_identity_there_and_back(world: World, li: Person) -> None:
    tagging.follow(joined(world, li))
    becomes(world, li, identity=Identity.OWNER)
    tagging.follow(decided(world, li))
    assert "identity:owner" in ids_of(world, li.member_id)
    becomes(world, li, identity=Identity.PROSPECT)
    ended = a_fact(
        facts.CertificationEnded,
        world,
        li,
        certification_id="01J00000000000000000000CRT",
        end=facts.CertificationEnd.EXPIRED,
    )
    tagging.follow(ended)
    assert ids_of(world, li.member_id) == {"identity:prospect", "newcomer"}


def told(told_facts: Sequence[Fact]) -> None:
    for fact in told_facts:
        tagging.follow(fact)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_facts_that_come_twice_and_in_any_order_find_what_is_true(
    world: World, li: Person, order: tuple[int, ...]
) -> None:
    profiles.change(li.member, Changes(city="上海"), now=world.now)
    becomes(world, li, identity=Identity.OWNER)
    all_facts = [joined(world, li), changed(world, li, "city"), decided(world, li)]
    told([all_facts[number] for number in (*order, *order)])
    assert ids_of(world, li.member_id) == {"identity:owner", "newcomer", "city:上海"}


def test_what_a_member_tells_replaces_what_they_told(world: World, li: Person) -> None:
    soon = Intention("ID.4 X", When.WITHIN_MONTH)
    changes = Changes(city="上海", birthday=date(1990, 7, 3), intentions=(soon,))
    profiles.change(li.member, changes, now=world.now)
    tagging.follow(changed(world, li, "city", "birthday", "intentions"))
    assert ids_of(world, li.member_id) == {
        "city:上海",
        "birthday:07",
        "buys:within-month",
        "buys-model:id.4x",
    }
    world.later(days=1)
    profiles.change(
        li.member, Changes(city="杭州", birthday=None, household=Household(1)), now=world.now
    )
    tagging.follow(changed(world, li, "city", "birthday", "household"))
    world.later(days=29)
    assert ids_of(world, li.member_id) == {"city:杭州", "household:独居", "buys-model:id.4x"}


def test_an_interest_that_a_member_names_fades_like_others(world: World, li: Person) -> None:
    profiles.change(li.member, Changes(interests=("camping",)), now=world.now)
    for _ in range(2):
        tagging.note_interests(changed(world, li, "interests"))
        (held,) = tags.of(li.member_id, now=world.now)
        assert (held.tag_id, held.strength) == ("topic:露营", 5)
    world.later(days=30)
    (held,) = tags.of(li.member_id, now=world.now)
    assert held.strength == 2.5


def test_a_model_that_a_member_drives_is_an_interest_and_no_proof(world: World, li: Person) -> None:
    profiles.change(li.member, Changes(vehicles=(DrivenCar("途观 L"),)), now=world.now)
    world.settle()
    (held,) = (each for each in tags.of(li.member_id, now=world.now) if "途观" in each.tag_id)
    assert (held.tag_id, held.strength) == ("model:途观l", 5)


def test_nobody_is_tagged_whom_we_have_not_met(world: World) -> None:
    dormant = new_member(request_id="r", touch=Touch("archive", world.now), state=State.DORMANT)
    members.add(dormant)
    tagging.follow(joined(world, Person("nobody", dormant.member_id, "")))
    assert ids_of(world, dormant.member_id) == set()


# Consent


def withdrawn(world: World, who: Person) -> facts.ConsentWithdrawn:
    return a_fact(facts.ConsentWithdrawn, world, who)  # type: ignore[no-any-return]


def given(world: World, who: Person) -> facts.ConsentGiven:
    return a_fact(facts.ConsentGiven, world, who, version="2026-11")  # type: ignore[no-any-return]


@pytest.mark.parametrize("in_order", [True, False])
def test_without_consent_nothing_is_kept_or_noted(world: World, li: Person, in_order: bool) -> None:
    tagging.follow(joined(world, li))
    tags.note(li.member_id, {"topic:露营": 5}, at=world.now)
    becomes(world, li, consent=None)
    for fact in (given(world, li), withdrawn(world, li))[:: 1 if in_order else -1]:
        tagging.follow_consent(fact)
    tags.note(li.member_id, {"topic:露营": 5}, at=world.now)
    tagging.follow(decided(world, li))
    assert ids_of(world, li.member_id) == set()


@pytest.mark.parametrize("in_order", [True, False])
def test_with_new_consent_rules_find_anew_what_is_true(
    world: World, li: Person, in_order: bool
) -> None:
    tags.note(li.member_id, {"topic:露营": 5}, at=world.now)
    becomes(world, li, consent=None)
    tagging.follow_consent(withdrawn(world, li))
    becomes(world, li, consent="2026-11", identity=Identity.OWNER)
    for fact in (withdrawn(world, li), given(world, li))[:: 1 if in_order else -1]:
        tagging.follow_consent(fact)
    assert ids_of(world, li.member_id) == {"identity:owner"}


# Two who are one


def test_of_one_person_there_is_one_identity(world: World, li: Person) -> None:
    wang = world.joins("wang")
    for who in (li, wang):
        tagging.follow(joined(world, who))
    becomes(world, li, identity=Identity.OWNER)
    becomes(world, wang, state=State.MERGED, merged_into=li.member_id)
    about = {
        "fact_id": "f",
        "at": world.now,
        "merge_id": "m",
        "kept_id": li.member_id,
        "gone_id": wang.member_id,
    }
    tags.follow_merge(facts.MembersMerged(**about))
    for _ in range(2):
        tagging.follow_merge(facts.MembersMerged(**about))
        for who in (li, wang):
            assert ids_of(world, who.member_id) == {"identity:owner", "newcomer"}
    becomes_again(world, wang)
    tags.follow_unmerge(facts.MembersUnmerged(**about))
    tagging.follow_merge(facts.MembersUnmerged(**about))
    assert ids_of(world, wang.member_id) == {"identity:prospect", "newcomer"}
    assert ids_of(world, li.member_id) == {"identity:owner", "newcomer"}


def becomes_again(world: World, who: Person) -> None:
    """A merge is taken back in the member's own row."""
    row = records.MemberRow.get(f"member#{who.member_id}", "member")
    gone = msgspec.structs.replace(
        msgspec.json.decode(row.member, type=type(who.member)), state=State.ACTIVE, merged_into=None
    )
    row.update([records.MemberRow.member.set(msgspec.json.encode(gone).decode())])


def test_every_fact_that_the_rules_know_is_about_a_member() -> None:
    assert all("member_id" in fact.__struct_fields__ for fact in RULES)
