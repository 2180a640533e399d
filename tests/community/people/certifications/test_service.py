"""Applying and deciding: one open application per car and member, one owner per car."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Invalid
from chalicelib.lists import PageQuery
from community.commons.staff.rules import NotAModerator
from community.facts import CertificationDecision
from community.people.certifications import service as certifications
from community.people.certifications.rules import (
    Certification,
    DecidedAlready,
    NoSuchCertification,
    OpenAlready,
    OwnerAlready,
    State,
    words_for,
)
from tests.community.people.certifications.conftest import Decide, Submit
from tests.world import Person, World

APPROVE, REJECT, ASK_MORE = CertificationDecision
OTHER_VIN = "LSVAA49J132000002"


def mine(who: Person, **query: Any) -> list[Certification]:
    return certifications.mine(who.member, PageQuery(**query)).items


# Applying


def test_an_application_waits_and_is_mine(li: Person, submit: Submit) -> None:
    submitted = submit(li)
    assert submitted.state is State.SUBMITTED
    assert mine(li) == [submitted]


def test_what_is_written_is_tidied_first(li: Person, submit: Submit) -> None:
    submitted = submit(li, plate_number="沪a·12345", vin=" lsvaa49j132000001")
    assert (submitted.plate_number, submitted.vin) == ("沪A12345", "LSVAA49J132000001")


def test_a_wrong_application_is_not_kept(li: Person, submit: Submit) -> None:
    with pytest.raises(Invalid):
        submit(li, vin="x")
    assert mine(li) == []


def test_the_same_car_is_looked_at_once_per_member(li: Person, submit: Submit) -> None:
    submit(li)
    with pytest.raises(OpenAlready):
        submit(li, plate_number="沪B12345")


def test_the_same_request_again_gives_the_same_application(li: Person, submit: Submit) -> None:
    first = submit(li, request_id="r1")
    assert submit(li, request_id="r1") == first
    assert mine(li) == [first]


def test_a_member_may_have_two_cars(world: World, li: Person, submit: Submit) -> None:
    first = submit(li)
    world.later(seconds=1)
    second = submit(li, vin=OTHER_VIN)
    assert mine(li) == [second, first]


def test_two_members_may_apply_for_the_same_car(li: Person, wang: Person, submit: Submit) -> None:
    submit(li)
    submit(wang)
    assert [len(mine(who)) for who in (li, wang)] == [1, 1]


def test_mine_are_paged_newest_first(world: World, li: Person, submit: Submit) -> None:
    made = []
    for number in range(3):
        made.append(submit(li, vin=f"LSVAA49J13200000{number}").certification_id)
        world.later(seconds=1)
    first = certifications.mine(li.member, PageQuery(limit=2))
    rest = certifications.mine(li.member, PageQuery(limit=2, cursor=first.next_cursor))
    assert [c.certification_id for c in [*first.items, *rest.items]] == made[::-1]
    assert rest.next_cursor is None


def test_car_and_plate_are_sealed_at_rest(world: World, li: Person, submit: Submit) -> None:
    submit(li)
    kept = str(world.rows("people"))
    assert [word for word in ("LSVAA49J132000001", "A12345", "Model X") if word in kept] == []


# Deciding


def test_a_moderator_decides(li: Person, submit: Submit, decide: Decide) -> None:
    decided = decide(submit(li))
    assert (decided.state, decided.decided_by) == (State.APPROVED, "张三")
    assert mine(li) == [decided]


@pytest.mark.parametrize("by", ["wangwu", "stranger"])
def test_nobody_else_decides(li: Person, submit: Submit, decide: Decide, by: str) -> None:
    submitted = submit(li)
    with pytest.raises(NotAModerator):
        decide(submitted, by=by)
    assert mine(li) == [submitted]


def test_what_is_not_there_cannot_be_decided(world: World) -> None:
    with pytest.raises(NoSuchCertification):
        certifications.decide("unknown", APPROVE, by="zhangsan", now=world.now)


def test_the_second_moderator_is_told_who_was_first(
    li: Person, submit: Submit, decide: Decide
) -> None:
    submitted = submit(li)
    decide(submitted, REJECT)
    with pytest.raises(DecidedAlready) as refused:
        decide(submitted, APPROVE, by="lisi")
    assert refused.value.detail == "已由 张三 驳回"


def test_two_moderators_at_once_decide_once(
    li: Person, submit: Submit, decide: Decide, monkeypatch: pytest.MonkeyPatch
) -> None:
    from community.people.certifications import records

    submitted = submit(li)
    look, first = records.get, [True]

    def look_while_lisi_decides(certification_id: str) -> Certification:
        seen = look(certification_id)
        if first:
            first.clear()
            decide(submitted, REJECT, by="lisi")
        return seen

    monkeypatch.setattr(records, "get", look_while_lisi_decides)
    with pytest.raises(DecidedAlready) as refused:
        decide(submitted, APPROVE)
    assert refused.value.detail == "已由 李四 驳回"


def test_a_car_has_one_owner(li: Person, wang: Person, submit: Submit, decide: Decide) -> None:
    """A moderator who approves it for another one too rejects, whether they know or not."""
    decide(submit(li))
    late = decide(submit(wang))
    assert (late.state, late.reason) == (State.REJECTED, "这辆车已有认证车主")
    assert words_for(late) == "已由 张三 驳回：这辆车已有认证车主"


def test_who_owns_the_car_already_need_not_apply(
    world: World, li: Person, submit: Submit, decide: Decide
) -> None:
    decide(submit(li))
    world.later(days=1)
    with pytest.raises(OwnerAlready):
        submit(li)


@pytest.mark.parametrize("decision", [REJECT, ASK_MORE])
def test_after_a_refusal_one_may_apply_again(
    world: World,
    li: Person,
    submit: Submit,
    decide: Decide,
    decision: CertificationDecision,
) -> None:
    decide(submit(li), decision)
    world.later(days=1)
    assert submit(li).state is State.SUBMITTED
