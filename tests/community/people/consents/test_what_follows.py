"""What goes when consent is withdrawn, and what goes when something is taken back in WeChat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import storage
from community.commons.audience.viewers import Identity
from community.facts import CertificationDecision, ConsentWithdrawn, Datum, MemberErased
from community.people.applications import service as applications
from community.people.certifications import afterwards
from community.people.certifications import service as certifications
from community.people.certifications.rules import State
from community.people.consents import service as consents
from community.people.identities import service as identities
from community.people.identities.rules import Kind
from community.people.leaving import service as leaving
from community.people.licences import service as licences
from community.people.members import rules as member_rules
from community.people.phones import service as phones
from community.people.profiles import service as profiles
from community.people.profiles.changes import Changes
from community.people.vehicles import service as vehicles
from tests.builders import an_application
from tests.community.people.certifying import Decide, Submit, Upload
from tests.world import A_PLATE, A_VIN, Person, World

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


@pytest.fixture
def wang(world: World) -> Person:
    return world.joins("wang")


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


# What was decided before


def take_back_licence(world: World, who: Person) -> None:
    take_back(world, who, Datum.LICENCE)


def certified(who: Person) -> dict[str, Any]:
    (found,) = certifications.exported(who.member_id)
    return found


def is_kept(photo: str) -> bool:
    """Whether there is a photo, or what was read off it."""
    licence = licences.find(photo)
    return storage.exists(f"licence/{photo}") or bool(licence and licence.reading)


@pytest.mark.parametrize("lets_go", [withdraw, take_back_licence])
def test_of_what_stands_the_photo_goes_at_once_and_the_car_stays(
    world: World,
    wang: Person,
    submit: Submit,
    decide: Decide,
    upload: Upload,
    lets_go: Callable[[World, Person], None],
) -> None:
    photo = upload(wang, plate_num="沪B88888")
    decide(submit(wang, licence_media_id=photo))
    world.settle()
    world.later(days=1)
    assert is_kept(photo)
    lets_go(world, wang)
    world.settle()
    found = certified(wang)
    assert not is_kept(photo)
    assert (found["state"], found["vin"], found["plate_number"]) == ("approved", A_VIN, A_PLATE)
    assert not {"photos", "differences"} & set(found)
    assert wang.member.identity is Identity.OWNER


@pytest.mark.parametrize("lets_go", [withdraw, take_back_licence])
def test_of_what_was_refused_the_car_goes_too_but_not_that_somebody_tried_it(
    world: World,
    wang: Person,
    submit: Submit,
    decide: Decide,
    upload: Upload,
    lets_go: Callable[[World, Person], None],
) -> None:
    photo = upload(wang)
    decide(submit(wang, licence_media_id=photo), CertificationDecision.REJECT)
    world.settle()
    world.later(days=1)
    lets_go(world, wang)
    world.settle()
    found = certified(wang)
    assert not is_kept(photo)
    assert (found["state"], found["decided_by"]) == ("rejected", "张三")
    assert not {"vin", "plate_number"} & set(found)
    assert certifications.who_applied(A_VIN) == {wang.member_id}
    erased = MemberErased(fact_id="e", at=world.now, member_id=wang.member_id)
    certifications.erase(erased)
    assert certifications.who_applied(A_VIN) == set()


def test_what_waits_loses_its_car_and_frees_it_for_another_try(world: World, li: Person) -> None:
    withdraw(world, li)
    world.settle()
    assert "vin" not in certified(li)
    assert certifications.open_for(A_VIN, li.member_id) is None
    assert certifications.who_applied(A_VIN) == {li.member_id}


def test_who_may_still_change_their_mind_keeps_what_was_decided(
    world: World, wang: Person, submit: Submit, decide: Decide, upload: Upload
) -> None:
    photo = upload(wang)
    decide(submit(wang, licence_media_id=photo), CertificationDecision.REJECT)
    before = certified(wang)
    leaving.ask(wang.member, now=world.now)
    world.settle()
    assert is_kept(photo)
    assert certified(wang) == before


def test_seats_are_cleared_although_the_car_was_taken_back_first(
    world: World, wang: Person, submit: Submit, decide: Decide
) -> None:
    made = decide(submit(wang))
    world.settle()
    vehicle_id = vehicles.vehicle_id_of(A_VIN)
    code = vehicles.offer_seat(
        wang.member, vehicle_id, request_id=world.new_request_id(), now=world.now
    ).code
    zhao = world.joins("zhao")
    vehicles.take_seat(zhao.member, code, now=world.now)
    world.settle()
    world.later(days=1)
    certifications.revoke(made.certification_id, by="zhangsan", why="x", now=world.now)
    withdrawn = ConsentWithdrawn(fact_id="w", at=world.now, member_id=wang.member_id)
    afterwards.forget_taken_back(withdrawn)
    assert "vin" not in certified(wang)
    world.settle()
    assert zhao.member.badges == ()
