"""The steps of a certification: each from the states that it may be taken from, and from no other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from chalicelib.errors import Refusal
from community.commons.staff.rules import Role, Staff
from community.facts import CertificationDecision, CertificationEnd
from community.people.certifications import rules, steps
from community.people.certifications.rules import (
    Answer,
    Certification,
    DecidedAlready,
    HolderIsAsked,
    Kind,
    NotApproved,
    PhotoIsGone,
    State,
    Transfer,
)
from community.people.vehicles.rules import Holder
from tests.builders import a_certification

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
ZHANGSAN = Staff("zhangsan", "张三", (Role.MODERATOR,))
A_HOLDER = Holder(
    vehicle_id="v", member_id="h", certification_id="c0", model="X", plate_number="沪A12345"
)
Step = Callable[[Certification], object]


def decide(decision: CertificationDecision) -> Step:
    return lambda certification: steps.decided(certification, decision, by=ZHANGSAN, now=NOW)


def end(how: CertificationEnd) -> Step:
    return lambda certification: steps.ended(certification, how, now=NOW)


STEPS: dict[str, tuple[Step, set[State], type[Refusal]]] = {
    **{d: (decide(d), {State.SUBMITTED}, DecidedAlready) for d in CertificationDecision},
    **{e: (end(e), {State.APPROVED}, NotApproved) for e in CertificationEnd},
    "photo": (steps.check_has_photo, {State.SUBMITTED}, PhotoIsGone),
}


@pytest.mark.parametrize(("name", "state"), list(product(STEPS, State)))
def test_a_step_is_taken_from_its_states_only(name: str, state: State) -> None:
    step, allowed, refusal = STEPS[name]
    certification = a_certification(state=state, photos=("p",), decided_by="李四")
    if state in allowed:
        step(certification)
    else:
        with pytest.raises(refusal):
            step(certification)


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_holds_for_its_time(kind: Kind) -> None:
    approved = steps.approved(a_certification(kind=kind), by="张三", now=NOW)
    valid_for = {
        Kind.OWNER: 730,
        Kind.PURCHASE_INTENTION: 90,
        Kind.INVITATION: 365,
        Kind.DEPOSIT_HOLDER: None,
    }[kind]
    assert approved.expires_at == (NOW + timedelta(days=valid_for) if valid_for else None)


@pytest.mark.parametrize("answer", [None, *Answer])
def test_as_long_as_the_holder_is_asked_moderators_wait(answer: Answer | None) -> None:
    asking = steps.asking(a_certification(), A_HOLDER, now=NOW)
    assert asking.transfer
    assert asking.transfer.due_at == NOW + timedelta(days=7)
    answered = steps.answered(asking, answer) if answer else asking
    waits = answer in (None, Answer.SAME_PERSON)
    if waits:
        with pytest.raises(HolderIsAsked):
            decide(CertificationDecision.APPROVE)(answered)
    else:
        decide(CertificationDecision.APPROVE)(answered)
    assert steps.may_take_from(answered, A_HOLDER) is not waits


@pytest.mark.parametrize("answer", Answer)
def test_moderators_get_a_card_of_their_own_when_the_holder_does_not_agree(answer: Answer) -> None:
    asking = steps.asking(a_certification(cards=1), A_HOLDER, now=NOW)
    more = 1 if answer in (Answer.REFUSE, Answer.SILENCE) else 0
    assert steps.answered(asking, answer).cards == 1 + more


def test_who_was_not_asked_has_still_a_say() -> None:
    refused = steps.answered(steps.asking(a_certification(), A_HOLDER, now=NOW), Answer.REFUSE)
    for holder in (
        Holder(**{**_fields(A_HOLDER), "certification_id": "c1"}),
        Holder(**{**_fields(A_HOLDER), "member_id": "other", "certification_id": "c2"}),
    ):
        assert not steps.may_take_from(refused, holder)


def test_ones_own_car_can_be_certified_anew() -> None:
    own = Holder(**{**_fields(A_HOLDER), "member_id": "m"})
    assert steps.may_take_from(a_certification(), own)


@pytest.mark.parametrize(("days", "renewable"), [(61, False), (60, True), (0, True)])
def test_it_is_renewed_in_its_last_sixty_days(days: int, renewable: bool) -> None:
    held = a_certification(state=State.APPROVED, expires_at=NOW + timedelta(days=days))
    assert steps.is_renewable(held, NOW) is renewable
    assert not steps.is_renewable(a_certification(state=State.APPROVED), NOW)


def test_what_is_withdrawn_says_nothing_any_more() -> None:
    certification = a_certification(photos=("p",), differences={"vin": "x"})
    withdrawn = steps.withdrawn(certification, why="您已撤回授权", now=NOW)
    assert (withdrawn.state, withdrawn.reason) == (State.REJECTED, "您已撤回授权")
    assert (withdrawn.plate_number, withdrawn.photos, withdrawn.differences) == (None, (), {})


def test_a_transfer_without_an_answer_is_open() -> None:
    transfer = Transfer(holder_id="h", instead_of="c", asked_at=NOW, due_at=NOW)
    assert transfer.is_open
    assert rules.words_for(a_certification(transfer=transfer)) == (
        "这辆车已有认证车主，已请对方确认"
    )


def _fields(holder: Holder) -> dict[str, str]:
    return {name: getattr(holder, name) for name in holder.__struct_fields__}
