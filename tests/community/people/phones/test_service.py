"""Phone numbers: shown to be theirs by one member, who may turn out to be somebody we knew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from chalicelib.errors import Unavailable
from chalicelib.wechat.refusals import PhoneCodeInvalid
from community import facts
from community.people.attempts.rules import TooManyAttempts
from community.people.identities import service as identities
from community.people.identities.rules import Identity, Kind, shown_phone
from community.people.members import service as members
from community.people.members.rules import (
    ConsentNeeded,
    Member,
    MemberBlocked,
    State,
    Touch,
    new_member,
)
from community.people.merges import service as merges
from community.people.merges.rules import NotToBeMerged, Reason
from community.people.phones import service as phones
from tests.world import Person, World

NUMBER, OTHER = "13812345678", "13987654321"
PATH = "/wxa/business/getuserphonenumber"


@pytest.fixture
def li(world: World) -> Person:
    return world.joins("li")


@pytest.fixture
def wang(world: World, li: Person) -> Person:
    world.later(days=1)
    return world.joins("wang")


def bind(world: World, who: Person, number: str = NUMBER) -> Member:
    """With the code that this person's button gave for the number, the same each time."""
    return phones.bind(who.member, f"phone-of-{number}~{who.who}", now=world.now)


def holder(number: str) -> str | None:
    return identities.owner_of(Kind.MOBILE, number)


def news(world: World) -> list[facts.AnyFact]:
    world.relay()
    return [facts.read(body) for body in world.take("facts")]


def put_into(who: Person, state: State) -> None:
    members.change(who.member_id, lambda m: msgspec.structs.replace(m, state=state))


def somebody_dormant(world: World) -> Member:
    touch = Touch("archive", world.now)
    asleep = new_member(request_id=world.new_request_id(), touch=touch, state=State.DORMANT)
    members.add(asleep, known_by=[Identity(Kind.MOBILE, NUMBER)])
    return asleep


def test_a_member_has_the_number_that_wechat_tells(world: World, li: Person) -> None:
    assert bind(world, li).phone == li.member.phone == "138******78"
    assert holder(NUMBER) == li.member_id
    (asked,) = world.platform.asked_for(PATH)
    assert asked.json == {"code": f"phone-of-{NUMBER}~li", "openid": li.openid}


@pytest.mark.parametrize(
    ("number", "shown"), [("13812345678", "138******78"), ("+85261234567", "+85*******67")]
)
def test_a_number_is_shown_by_its_first_three_and_last_two(number: str, shown: str) -> None:
    assert shown_phone(number) == shown


def test_the_number_is_sealed_at_rest(world: World, li: Person) -> None:
    bind(world, li)
    world.settle()
    everything = str([world.rows(district) for district in ("people", "platform")])
    assert NUMBER not in everything
    assert "phone-of-" not in everything


def test_it_is_a_fact_that_does_not_say_the_number(world: World, li: Person) -> None:
    news(world)
    bind(world, li)
    (fact,) = news(world)
    assert isinstance(fact, facts.PhoneBound)
    assert fact.member_id == li.member_id
    assert NUMBER[-4:] not in facts.written(fact)


def test_a_new_number_takes_the_place_of_the_earlier_one(world: World, li: Person) -> None:
    bind(world, li)
    bind(world, li, OTHER)
    assert (holder(NUMBER), holder(OTHER)) == (None, li.member_id)
    assert li.member.phone == "139******21"


def test_a_number_that_was_given_up_is_free(world: World, li: Person, wang: Person) -> None:
    bind(world, li)
    bind(world, li, OTHER)
    bind(world, wang)
    assert (holder(NUMBER), wang.member.member_id) == (wang.member_id, wang.member_id)


# The same number


def test_who_had_the_number_before_is_the_same_person(
    world: World, li: Person, wang: Person
) -> None:
    bind(world, li)
    world.later(minutes=1)
    assert bind(world, wang).member_id == li.member_id
    assert wang.member == li.member
    assert merges.exported(li.member_id)[0]["reason"] == "mobile"


def test_if_they_are_older_they_are_who_remains(world: World, li: Person, wang: Person) -> None:
    bind(world, wang)
    assert bind(world, li).member_id == li.member_id
    world.settle()
    assert (wang.member.member_id, holder(NUMBER)) == (li.member_id, li.member_id)


def test_somebody_from_an_archive_wakes_and_keeps_their_id(world: World) -> None:
    asleep = somebody_dormant(world)
    world.later(days=1)
    li = world.joins("li")
    member = bind(world, li)
    assert (member.member_id, member.state, member.phone) == (
        asleep.member_id,
        State.ACTIVE,
        "138******78",
    )
    assert merges.exported(asleep.member_id)[0]["reason"] == "archive"
    world.settle()
    assert holder(NUMBER) == asleep.member_id


def test_an_earlier_number_of_the_caller_is_given_up_in_a_merge_too(world: World) -> None:
    asleep = somebody_dormant(world)
    world.later(days=1)
    li = world.joins("li")
    bind(world, li, OTHER)
    world.settle()
    bind(world, li)
    world.settle()
    known_by = {each.value for each in identities.of_member(asleep.member_id)}
    assert known_by == {li.openid, NUMBER}


def test_a_number_of_somebody_who_is_leaving_cannot_be_taken(
    world: World, li: Person, wang: Person
) -> None:
    bind(world, li)
    put_into(li, State.LEAVING)
    with pytest.raises(NotToBeMerged):
        bind(world, wang)
    assert (holder(NUMBER), wang.member.phone) == (li.member_id, None)


def test_who_was_blocked_under_the_number_is_blocked(
    world: World, li: Person, wang: Person
) -> None:
    bind(world, li)
    put_into(li, State.BLOCKED)
    with pytest.raises(MemberBlocked):
        bind(world, wang)
    assert wang.member.state is State.BLOCKED


def test_two_who_bind_one_number_at_once_are_one(
    world: World, li: Person, wang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    bind(world, li)
    owner_of = identities.owner_of
    answers: Iterator[str | None] = iter([None])  # Who asks first finds that nobody has it.
    monkeypatch.setattr(identities, "owner_of", lambda *asked: next(answers, owner_of(*asked)))
    assert bind(world, wang).member_id == li.member_id


# Again


def test_the_same_code_again_asks_nobody_and_changes_nothing(world: World, li: Person) -> None:
    first = bind(world, li)
    before = world.rows("people")
    world.later(minutes=1)
    assert bind(world, li) == first
    assert (len(world.platform.asked_for(PATH)), world.rows("people")) == (1, before)


def test_a_late_repeat_does_not_bring_an_earlier_number_back(world: World, li: Person) -> None:
    bind(world, li)
    bind(world, li, OTHER)
    bind(world, li)
    assert (li.member.phone, holder(NUMBER)) == ("139******21", None)


def test_a_call_that_broke_off_goes_on_without_asking_again(
    world: World, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(phones, "_bind", _break_off)
        with pytest.raises(MemoryError):
            bind(world, li)
    assert bind(world, li).phone == "138******78"
    assert len(world.platform.asked_for(PATH)) == 1


def _break_off(*_: Any) -> Member:
    raise MemoryError


def test_a_repeat_after_a_merge_goes_on_as_who_remains(world: World) -> None:
    somebody_dormant(world)
    world.later(days=1)
    li = world.joins("li")
    assert bind(world, li) == bind(world, li) == li.member


def test_somebody_elses_code_is_refused(world: World, li: Person, wang: Person) -> None:
    bind(world, li)
    with pytest.raises(PhoneCodeInvalid):
        phones.bind(wang.member, f"phone-of-{NUMBER}~li", now=world.now)
    assert wang.member.phone is None


# Refusals


def test_without_consent_no_number_is_asked_for(world: World, li: Person) -> None:
    members.change(li.member_id, lambda m: msgspec.structs.replace(m, consent=None))
    with pytest.raises(ConsentNeeded):
        bind(world, li)
    assert world.platform.asked_for(PATH) == []


@pytest.mark.parametrize(("errcode", "refusal"), [(40029, PhoneCodeInvalid), (-1, Unavailable)])
def test_what_wechat_refuses_binds_nothing(
    world: World, li: Person, errcode: int, refusal: type[Exception]
) -> None:
    world.platform.answers(PATH, errcode)
    with pytest.raises(refusal):
        bind(world, li)
    assert li.member.phone is None


def test_ten_tries_a_day_are_enough(world: World, li: Person) -> None:
    for number in range(10):
        world.platform.answers(PATH, 40029)
        with pytest.raises(PhoneCodeInvalid):
            phones.bind(li.member, f"bad-code-{number}", now=world.now)
    with pytest.raises(TooManyAttempts) as refused:
        bind(world, li)
    assert refused.value.retry_after_s
    world.later(days=1)
    assert bind(world, li).phone == "138******78"


# What is kept


def test_what_was_told_is_exported_follows_and_is_forgotten(
    world: World, li: Person, wang: Person
) -> None:
    bind(world, wang)
    merges.merge(li.member_id, wang.member_id, reason=Reason.VIN, by="system", now=world.now)
    world.settle()
    assert [told["mobile"] for told in phones.exported(li.member_id)] == [NUMBER]
    assert phones.exported(wang.member_id) == []
    phones.erase(facts.MemberErased(fact_id="f", at=world.now, member_id=li.member_id))
    assert phones.exported(li.member_id) == []
