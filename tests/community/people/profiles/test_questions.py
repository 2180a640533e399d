"""What a member is asked next, and how complete their profile is."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import msgspec
import pytest

from community.people.members.rules import first_nickname
from community.people.profiles import questions, texts
from community.people.profiles.questions import Answer, Askable, Identity
from community.people.profiles.rules import FIELDS, Profile, Said, When
from tests.builders import a_member, an_owner
from tests.world import START

NAMED = a_member()
NAMELESS = a_member(nickname=first_nickname(a_member().member_id))
ASKABLE = get_args(Askable)


def knowing(*fields: str) -> Profile:
    """A profile that says something of these; what exactly does not matter here."""
    return Profile(**{field: Said(at=START, value="x") for field in fields})  # type: ignore[arg-type]


def asked(profile: Profile, member: object = NAMED, *, days: float = 0) -> str | None:
    now = START + timedelta(days=days)
    question = questions.next_question(member, profile, now=now)  # type: ignore[arg-type]
    return question.field if question else None


def test_everything_that_can_be_told_can_be_asked_and_weighs() -> None:
    assert set(ASKABLE) == {"nickname", *FIELDS} == set(questions.WEIGHTS) == set(texts.QUESTIONS)
    assert sum(questions.WEIGHTS.values()) == 100


@pytest.mark.parametrize(
    ("identity", "first"),
    [
        (Identity.PROSPECT, "intentions"),
        (Identity.DEPOSIT_HOLDER, "intentions"),
        (Identity.OWNER, "accessories"),
    ],
)
def test_who_may_buy_is_asked_for_intentions_first_and_owners_for_accessories(
    identity: Identity, first: str
) -> None:
    assert asked(Profile(), a_member(identity=identity)) == first


@pytest.mark.parametrize("member", [NAMELESS, an_owner(nickname=NAMELESS.nickname)])
def test_everything_is_asked_once_until_all_is_known(member: object) -> None:
    told: list[str] = []
    while (field := asked(knowing(*told), member)) not in (None, "nickname"):
        assert field not in told
        told.append(str(field))
    assert field == "nickname"
    rest = [f for f in FIELDS if f not in told]
    assert asked(knowing(*FIELDS), member) == "nickname"
    assert {*told, *rest} == set(FIELDS)


def test_who_told_everything_is_asked_nothing() -> None:
    assert asked(knowing(*FIELDS)) is None


def test_a_skipped_question_is_not_asked_for_a_week() -> None:
    profile = Profile(skipped={"intentions": START})
    assert asked(profile, days=6.99) == "city"
    assert asked(profile, days=7) == "intentions"


def test_what_has_aged_is_asked_again_and_counts_no_longer() -> None:
    profile = knowing(*FIELDS)
    assert asked(profile, days=89) is None
    assert asked(profile, days=90) == "intentions"
    later = START + timedelta(days=90)
    assert questions.completeness(NAMED, profile, now=START) == 100
    assert questions.completeness(NAMED, profile, now=later) == 85


def test_completeness_counts_what_is_known() -> None:
    assert questions.completeness(NAMELESS, Profile(), now=START) == 0
    assert questions.completeness(NAMED, Profile(), now=START) == 5
    assert questions.completeness(NAMED, knowing("city", "bio"), now=START) == 25


def test_a_question_comes_with_its_answers_to_choose_from() -> None:
    owner = questions.next_question(an_owner(), Profile(), now=START)
    assert owner is not None
    assert (owner.kind, owner.text) == (Answer.CHOICES, texts.QUESTIONS["accessories"])
    assert owner.options is not None
    assert ("dashcam", "行车记录仪") in [(option.id, option.text) for option in owner.options]


def test_an_intention_comes_with_when_it_can_be() -> None:
    question = questions.next_question(NAMED, Profile(), now=START)
    assert question is not None
    assert [option.id for option in question.options or ()] == [when.value for when in When]


def test_a_prospect_is_asked_what_they_drive_before_an_owner_whose_car_is_certified() -> None:
    known = ("intentions", "accessories", "city")
    assert asked(knowing(*known)) == "vehicles"
    assert asked(knowing(*known), an_owner()) == "interests"


def test_what_somebody_drives_is_asked_again_after_a_year() -> None:
    profile = knowing(*FIELDS)
    still = msgspec.structs.replace(profile, **dict.fromkeys(("intentions", "interests")))
    later = START + timedelta(days=365)
    assert questions.completeness(NAMED, still, now=START) == 75
    assert questions.completeness(NAMED, still, now=later) == 65


def test_a_birthday_has_nothing_to_choose_from() -> None:
    known = knowing("intentions", "city", "vehicles", "interests")
    question = questions.next_question(NAMED, known, now=START)
    assert question is not None
    assert (question.field, question.kind, question.options) == ("birthday", Answer.DATE, None)
