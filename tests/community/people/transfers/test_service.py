"""Cars that change hands: the owner is asked, and what they say, or do not say, decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from community.commons.subscriptions import service as subscriptions
from community.commons.subscriptions.rules import Template
from community.facts import CertificationDecision
from community.people.certifications import effects
from community.people.certifications import service as certifications
from community.people.certifications.rules import (
    Answer,
    Certification,
    HolderIsAsked,
    NoSuchCertification,
    State,
)
from community.people.members import service as members
from community.people.merges import service as merges
from community.people.merges.rules import Reason
from community.people.transfers import service as transfers
from community.people.transfers.rules import Said, TransferSettled
from tests.builders import a_certification
from tests.community.people.certifying import Decide, Pass, Submit, told
from tests.world import A_VIN, Person, World

APPROVE, REJECT, ASK_MORE = CertificationDecision
WEEK = timedelta(days=7)
CARD = "/cgi-bin/message/send"
UPDATE = "/cgi-bin/message/update_template_card"
Say = Callable[[Person, Said], Certification]


@pytest.fixture
def li(world: World) -> Person:
    """Whose the car is."""
    return world.joins("li")


@pytest.fixture
def wang(world: World) -> Person:
    """Who bought it."""
    world.later(seconds=1)
    return world.joins("wang")


@pytest.fixture
def held(world: World, li: Person, submit: Submit, decide: Decide) -> Certification:
    made = decide(submit(li))
    world.settle()
    world.later(days=100)
    return made


@pytest.fixture
def wanted(world: World, held: Certification, wang: Person, submit: Submit) -> Certification:
    """Wang has applied, and Li was asked."""
    made = submit(wang)
    world.settle()
    world.later(hours=1)
    return made


@pytest.fixture
def say(world: World, wanted: Certification) -> Say:
    def said(who: Person, what: Said) -> Certification:
        answered = transfers.answer(who.member, wanted.certification_id, what, now=world.now)
        world.settle()
        world.later(minutes=1)
        return answered

    return said


def now_is(certification: Certification) -> Certification:
    return certifications.get(certification.certification_id)


def owner() -> str | None:
    holder = certifications.holder_of(a_certification(vin=A_VIN))
    return holder.member_id if holder else None


def cards(world: World, about: Certification) -> list[dict[str, Any]]:
    sent = [each["template_card"] for each in world.sent(CARD)]
    return [card for card in sent if about.certification_id in card["task_id"]]


# Being asked


def test_the_owner_is_asked_and_who_applies_knows_it(
    world: World, li: Person, held: Certification, wang: Person, submit: Submit
) -> None:
    subscriptions.grant(li.member_id, Template.TRANSFER_ASKED, 1, request_id="r", now=world.now)
    made = submit(wang)
    world.settle()
    assert (told(li)[0], told(wang)[0]) == ("有人申请成为您爱车的车主", "已请原车主确认")
    (sent,) = world.sent("/cgi-bin/message/subscribe/send")
    assert (sent["touser"], sent["template_id"]) == ("openid-of-li", "template-4")
    assert sent["page"] == f"pages/certification/transfer?id={made.certification_id}"
    assert set(sent["data"]) == {"thing1", "thing2", "time3"}
    assert cards(world, made) == []
    assert (owner(), wang.member.identity) == (li.member_id, "prospect")


def test_moderators_do_not_decide_meanwhile(wanted: Certification, decide: Decide) -> None:
    with pytest.raises(HolderIsAsked):
        decide(wanted)


# Handing over


def test_who_hands_over_makes_the_other_one_the_owner(
    world: World,
    li: Person,
    wang: Person,
    held: Certification,
    wanted: Certification,
    say: Say,
) -> None:
    approved = say(li, Said.HAND_OVER)
    assert (approved.state, approved.decided_by) == (State.APPROVED, "原车主")
    assert now_is(held).state is State.TRANSFERRED
    assert (owner(), li.member.identity, wang.member.identity) == (
        wang.member_id,
        "prospect",
        "owner",
    )
    assert (told(li)[0], told(wang)[0]) == ("车辆已转移", "车主认证已通过")
    assert cards(world, wanted) == []
    assert world.dead == []


def test_to_hand_over_twice_changes_nothing(li: Person, wanted: Certification, say: Say) -> None:
    assert say(li, Said.HAND_OVER) == say(li, Said.HAND_OVER)


def test_it_is_done_or_it_is_not(
    li: Person,
    wang: Person,
    held: Certification,
    wanted: Certification,
    say: Say,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The old certification ends with the new one's beginning: one transaction."""

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(effects, "take_car", fails)
    with pytest.raises(RuntimeError):
        say(li, Said.HAND_OVER)
    assert (now_is(held).state, now_is(wanted).state) == (State.APPROVED, State.SUBMITTED)


# Refusing, and silence


def test_who_refuses_leaves_it_to_the_moderators(
    world: World, li: Person, wang: Person, wanted: Certification, say: Say, decide: Decide
) -> None:
    say(li, Said.REFUSE)
    assert told(wang)[0] == "车主认证已转交版主审核"
    (card,) = cards(world, wanted)
    assert "原车主表示车辆未转让" in card["sub_title_text"]
    decide(wanted, REJECT)
    world.settle()
    assert (owner(), li.member.identity, wang.member.identity) == (
        li.member_id,
        "owner",
        "prospect",
    )


def test_a_moderator_may_know_better_than_the_owner(
    world: World,
    li: Person,
    wang: Person,
    held: Certification,
    wanted: Certification,
    say: Say,
    decide: Decide,
) -> None:
    say(li, Said.REFUSE)
    decide(wanted)
    world.settle()
    assert (now_is(held).state, owner()) == (State.TRANSFERRED, wang.member_id)
    assert (li.member.identity, wang.member.identity) == ("prospect", "owner")
    assert told(li)[0] == "车辆已转移"


def test_who_says_nothing_for_a_week_leaves_it_to_the_moderators(
    world: World,
    li: Person,
    wang: Person,
    wanted: Certification,
    time_passes: Pass,
    decide: Decide,
) -> None:
    time_passes(WEEK - timedelta(hours=1, seconds=1))
    assert cards(world, wanted) == []
    time_passes(timedelta(seconds=1))
    (card,) = cards(world, wanted)
    assert "原车主 7 天内未回应" in card["sub_title_text"]
    assert told(wang)[0] == "车主认证已转交版主审核"
    decide(wanted)
    world.settle()
    assert owner() == wang.member_id


def test_after_the_answer_the_week_means_nothing(
    world: World, li: Person, wanted: Certification, say: Say, time_passes: Pass
) -> None:
    say(li, Said.REFUSE)
    time_passes(WEEK)
    assert len(cards(world, wanted)) == 1
    assert now_is(wanted).cards == 1


@pytest.mark.parametrize("said", Said)
def test_after_the_week_an_answer_comes_too_late(
    li: Person, wanted: Certification, time_passes: Pass, say: Say, said: Said
) -> None:
    time_passes(WEEK)
    with pytest.raises(TransferSettled):
        say(li, said)


def test_a_car_that_was_given_up_meanwhile_is_free(
    world: World,
    held: Certification,
    wanted: Certification,
    wang: Person,
    time_passes: Pass,
    decide: Decide,
) -> None:
    certifications.revoke(held.certification_id, by="zhangsan", why="x", now=world.now)
    time_passes(WEEK)
    assert decide(wanted).state is State.APPROVED
    world.settle()
    assert (owner(), wang.member.identity) == (wang.member_id, "owner")


# A moderator who did not know


def test_a_moderator_who_approves_a_car_with_an_owner_has_them_asked(
    world: World, li: Person, wang: Person, submit: Submit, decide: Decide
) -> None:
    for_wang = submit(wang)
    decide(submit(li))
    world.settle()
    world.later(minutes=1)
    decide(for_wang)
    world.settle()
    assert told(li)[0] == "有人申请成为您爱车的车主"
    assert world.sent(UPDATE)[-1]["button"]["replace_name"] == "这辆车已有认证车主，已请对方确认"
    transfers.answer(li.member, for_wang.certification_id, Said.REFUSE, now=world.now)
    world.settle()
    world.later(minutes=1)
    first, second = cards(world, for_wang)
    assert second["task_id"] == f"{first['task_id']}-2"
    assert decide(for_wang).state is State.APPROVED


# One person


def test_both_say_that_they_are_one_and_they_are(
    world: World, li: Person, wang: Person, held: Certification, wanted: Certification, say: Say
) -> None:
    said = say(li, Said.SAME_PERSON)
    assert said.state is State.SUBMITTED
    assert li.member.member_id != wang.member.member_id
    assert told(wang)[0] == "请确认是否为同一人"
    made_one = say(wang, Said.SAME_PERSON)
    assert made_one.state is State.APPROVED
    assert li.member == wang.member
    assert (li.member.member_id, li.member.identity) == (li.member_id, "owner")
    assert (owner(), li.member.badges) == (li.member_id, ("owner",))
    assert say(wang, Said.SAME_PERSON) == now_is(wanted)
    assert (now_is(held).state, now_is(held).reason) == (State.EXPIRED, "已由新的认证接替")
    assert "车辆已转移" not in told(li)


def test_who_turned_out_to_be_one_a_moment_ago_hands_nothing_over(
    world: World, li: Person, wang: Person, held: Certification, wanted: Certification, say: Say
) -> None:
    """What belongs to one of them has not followed yet."""
    say(li, Said.REFUSE)
    merges.merge(li.member_id, wang.member_id, reason=Reason.MOBILE, by="system", now=world.now)
    certifications.decide(wanted.certification_id, APPROVE, by="zhangsan", now=world.now)
    world.settle()
    assert (now_is(held).state, now_is(wanted).state) == (State.EXPIRED, State.APPROVED)
    assert "车辆已转移" not in told(li)
    assert (li.member.identity, li.member.badges) == ("owner", ("owner",))


def test_nobody_takes_an_account_over_by_saying_so_alone(
    world: World, li: Person, wang: Person, wanted: Certification, say: Say, time_passes: Pass
) -> None:
    say(li, Said.SAME_PERSON)
    say(li, Said.SAME_PERSON)
    time_passes(WEEK)
    assert li.member.member_id != wang.member.member_id
    assert len(cards(world, wanted)) == 1


def test_who_applies_does_not_say_it_first(wang: Person, wanted: Certification, say: Say) -> None:
    with pytest.raises(NoSuchCertification):
        say(wang, Said.SAME_PERSON)


@pytest.mark.parametrize("said", [Said.HAND_OVER, Said.REFUSE])
def test_the_owner_can_think_better_of_it(
    li: Person, wanted: Certification, say: Say, said: Said
) -> None:
    say(li, Said.SAME_PERSON)
    answered = say(li, said)
    assert answered.transfer
    assert answered.transfer.answer is Answer(said)


def test_what_stopped_in_the_middle_goes_on(
    world: World,
    li: Person,
    wang: Person,
    wanted: Certification,
    say: Say,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    say(li, Said.SAME_PERSON)
    approve = certifications.approve

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(certifications, "approve", fails)
    with pytest.raises(RuntimeError):
        say(wang, Said.SAME_PERSON)
    world.settle()
    monkeypatch.setattr(certifications, "approve", approve)
    assert say(wang, Said.SAME_PERSON).state is State.APPROVED
    assert owner() == li.member.member_id


# Who may answer


@pytest.mark.parametrize("said", Said)
def test_nobody_else_answers(
    world: World, wang: Person, wanted: Certification, say: Say, said: Said
) -> None:
    for who in (world.joins("zhao"), wang):
        with pytest.raises(NoSuchCertification):
            say(who, said)


def test_without_a_question_there_is_no_answer(
    world: World, li: Person, held: Certification
) -> None:
    for certification_id in (held.certification_id, "unknown"):
        with pytest.raises(NoSuchCertification):
            transfers.answer(li.member, certification_id, Said.REFUSE, now=world.now)


@pytest.mark.parametrize("second", Said)
def test_an_answer_is_the_last_one(
    li: Person, wanted: Certification, say: Say, second: Said
) -> None:
    say(li, Said.REFUSE)
    if second is Said.REFUSE:
        assert say(li, second) == now_is(wanted)
    else:
        with pytest.raises(TransferSettled):
            say(li, second)


def test_who_was_merged_answers_as_who_remains(
    world: World, li: Person, wanted: Certification, say: Say
) -> None:
    zhao = world.joins("zhao")
    merges.merge(li.member_id, zhao.member_id, reason=Reason.MOBILE, by="system", now=world.now)
    world.settle()
    assert say(zhao, Said.HAND_OVER).state is State.APPROVED
    assert members.get(li.member_id).identity == "prospect"
