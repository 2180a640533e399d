"""What goes when consent is withdrawn, and what goes when something is taken back in WeChat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from community.facts import Datum
from community.people.applications import service as applications
from community.people.certifications import service as certifications
from community.people.certifications.rules import State
from community.people.consents import service as consents
from community.people.identities import service as identities
from community.people.identities.rules import Kind
from community.people.leaving import service as leaving
from community.people.members import rules as member_rules
from community.people.phones import service as phones
from community.people.profiles import service as profiles
from community.people.profiles.changes import Changes
from tests.builders import an_application
from tests.world import Person, World

VERSION = member_rules.NOTICES[-1].version
MOBILE = "13812345678"


@pytest.fixture
def li(world: World) -> Person:
    """Somebody who told us everything."""
    li = world.joins("li")
    world.later(seconds=1)
    phones.bind(li.member, f"phone-of-{MOBILE}", now=world.now)
    profiles.change(li.member, Changes(nickname="老李", city="上海"), now=world.now)
    applications.submit(
        li.member, an_application(), request_id=world.new_request_id(), now=world.now
    )
    world.settle()
    world.later(days=2)
    return li


def told(li: Person) -> dict[str, Any]:
    """What is known of a member."""
    known = {each.kind: each.value for each in identities.of_member(li.member_id)}
    city = profiles.of_member(li.member_id).city
    (applied,) = [each["state"] for each in certifications.exported(li.member_id)]
    return {
        "phone": (known.get(Kind.MOBILE), li.member.phone),
        "nickname": li.member.nickname,
        "city": city and city.value,
        "application": applied,
    }


def withdraw(world: World, li: Person) -> None:
    consents.answer(li.member, VERSION, agreed=False, now=world.now)


def take_back(world: World, li: Person, *data: Datum) -> None:
    consents.take_back(
        li.member_id,
        news="user_authorization_revoke",
        codes=frozenset({8}),
        data=data,
        at=world.now,
    )


def test_who_withdraws_consent_is_known_by_what_the_membership_needs_only(
    world: World, li: Person
) -> None:
    withdraw(world, li)
    world.settle()
    assert told(li) == {
        "phone": (None, None),
        "nickname": member_rules.first_nickname(li.member_id),
        "city": None,
        "application": State.REJECTED.value,
    }
    assert identities.owner_of(Kind.OPENID, li.openid) == li.member_id
    assert identities.owner_of(Kind.MOBILE, MOBILE) is None
    assert li.member.state is member_rules.State.ACTIVE


def test_a_number_that_was_let_go_is_free_for_whoever_has_it_now(world: World, li: Person) -> None:
    withdraw(world, li)
    world.settle()
    wang = world.joins("wang")
    phones.bind(wang.member, f"phone-of-{MOBILE}", now=world.now)
    world.settle()
    assert identities.owner_of(Kind.MOBILE, MOBILE) == wang.member_id
    assert li.member.state is member_rules.State.ACTIVE


@pytest.mark.parametrize(
    ("datum", "gone"),
    [(Datum.PHONE, "phone"), (Datum.NAME, "nickname"), (Datum.LICENCE, "application")],
)
def test_what_was_taken_back_goes_and_nothing_else(
    world: World, li: Person, datum: Datum, gone: str
) -> None:
    before = told(li)
    take_back(world, li, datum)
    world.settle()
    after = told(li)
    assert {name for name in before if before[name] != after[name]} == {gone}


@pytest.mark.parametrize("lets_go", [withdraw, lambda w, p: take_back(w, p, *Datum)])
def test_what_was_given_anew_since_stays_although_the_fact_is_late(
    world: World, li: Person, lets_go: Callable[[World, Person], None]
) -> None:
    lets_go(world, li)
    world.later(minutes=1)
    consents.answer(li.member, VERSION, agreed=True, now=world.now)
    phones.bind(li.member, "phone-of-13987654321", now=world.now)
    profiles.change(li.member, Changes(city="北京"), now=world.now)
    world.settle()
    after = told(li)
    assert (after["phone"], after["city"]) == (("13987654321", "139******21"), "北京")


def test_hearing_of_it_again_changes_nothing_more(world: World, li: Person) -> None:
    withdraw(world, li)
    world.settle()
    before = told(li)
    take_back(world, li, *Datum)
    world.settle()
    assert told(li) == before


def test_who_wants_to_leave_has_no_application_to_be_decided(world: World, li: Person) -> None:
    leaving.ask(li.member, now=world.now)
    world.settle()
    assert told(li)["application"] == State.REJECTED.value
    (applied,) = certifications.exported(li.member_id)
    assert applied["reason"] == "您已申请注销账号"
    assert "plate_number" not in applied
