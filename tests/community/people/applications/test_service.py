"""Applying: what speaks for an application, and what becomes of it by that."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.errors import Invalid, Unavailable
from chalicelib.lists import PageQuery
from chalicelib.wechat.refusals import LicenceUnreadable, OcrQuotaUsedUp
from community.commons.codes.rules import CodeExpired, CodeUnknown, CodeUsed
from community.commons.media import service as media
from community.commons.media.rules import NoSuchMedia, UsedAlready
from community.commons.subscriptions import service as subscriptions
from community.commons.subscriptions.rules import Template
from community.facts import CertificationDecision, MemberErased
from community.people.applications import service as applications
from community.people.applications.rules import A_DAY, BY_CAR, BY_MOBILE, Supplement
from community.people.attempts import service as attempts
from community.people.attempts.rules import TooManyAttempts
from community.people.certifications import service as certifications
from community.people.certifications.rules import (
    Certification,
    Kind,
    NoSuchCertification,
    NothingAskedFor,
    OpenAlready,
    OwnerAlready,
    Proof,
    State,
)
from community.people.identities import service as identities
from community.people.identities.rules import Kind as KnownBy
from community.people.invitations import service as invitations
from community.people.leaving import service as leaving
from community.people.licences import service as licences
from community.people.members import service as members
from community.people.members.rules import ConsentNeeded
from community.people.merges import service as merges
from community.people.merges.rules import Reason as MergeReason
from community.people.transfers import service as transfers
from community.people.transfers.rules import Said
from community.people.vehicles import service as vehicles
from tests.community.people.certifying import (
    BindPhone,
    Decide,
    Submit,
    Upload,
    in_archive,
    told,
)
from tests.fakes.usual import a_licence_photo
from tests.world import A_PLATE, A_VIN, Person, World

APPROVE, REJECT, ASK_MORE = CertificationDecision
OTHER_VIN = "LSVAA49J132000009"
MOBILE = "13812345678"
OCR = "/cv/ocr/driving"
NOTHING_TYPED = {"vin": None, "plate_number": None, "model": None}


@pytest.fixture
def li(world: World) -> Person:
    return world.joins("li")


@pytest.fixture
def wang(world: World) -> Person:
    return world.joins("wang")


def invite(world: World) -> str:
    request_id = world.new_request_id()
    return invitations.issue(by="wangwu", request_id=request_id, now=world.now).code


def mine(who: Person) -> list[Certification]:
    return certifications.mine(who.member, PageQuery()).items


def supplement(world: World, who: Person, about: Certification, **more: Any) -> Certification:
    return applications.supplement(
        who.member, about.certification_id, Supplement(**more), now=world.now
    )


# A photo


def test_a_photo_fills_in_what_was_not_typed(li: Person, submit: Submit, upload: Upload) -> None:
    photo = upload(li, vin=OTHER_VIN, plate_num="沪B88888", model="启程牌QC7150A")
    made = submit(li, **NOTHING_TYPED, licence_media_id=photo)
    assert (made.vin, made.plate_number, made.model) == (OTHER_VIN, "沪B88888", "启程牌QC7150A")
    assert (made.state, made.proof, made.photos) == (State.SUBMITTED, Proof.PHOTO, (photo,))
    assert made.differences == {}


def test_what_was_typed_stands_and_the_difference_is_kept_for_the_card(
    li: Person, submit: Submit, upload: Upload
) -> None:
    made = submit(li, licence_media_id=upload(li, vin=OTHER_VIN, plate_num="沪B88888"))
    assert (made.vin, made.plate_number, made.model) == (A_VIN, A_PLATE, "Model X")
    assert made.differences == {"vin": OTHER_VIN, "plate_number": "沪B88888"}


def test_a_reading_that_was_asked_for_before_is_not_paid_for_twice(
    world: World, li: Person, submit: Submit, upload: Upload
) -> None:
    photo = upload(li)
    licences.read(li.member, photo, now=world.now)
    submit(li, **NOTHING_TYPED, licence_media_id=photo)
    assert len(world.platform.asked_for(OCR)) == 1


@pytest.mark.parametrize("answer", [101001, 101003, -1, 45009])
def test_who_typed_everything_goes_on_without_a_reading(
    world: World, li: Person, submit: Submit, upload: Upload, answer: int
) -> None:
    photo = upload(li)
    world.platform.answers(OCR, answer)
    made = submit(li, licence_media_id=photo)
    assert (made.state, made.is_unread, made.photos) == (State.SUBMITTED, True, (photo,))


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [(101001, LicenceUnreadable), (101003, OcrQuotaUsedUp), (-1, Unavailable)],
)
def test_who_typed_too_little_is_told_why_nothing_could_be_read(
    world: World,
    li: Person,
    submit: Submit,
    upload: Upload,
    answer: int,
    refusal: type[Exception],
) -> None:
    photo = upload(li)
    world.platform.answers(OCR, answer)
    with pytest.raises(refusal):
        submit(li, vin=None, licence_media_id=photo)
    assert mine(li) == []
    found = media.find(photo)
    assert found
    assert not found.used


def test_what_a_photo_says_badly_has_to_be_typed(
    li: Person, submit: Submit, upload: Upload
) -> None:
    photo = upload(li, vin="LSVAA49J13200O00I", plate_num="沪A1")
    with pytest.raises(Invalid) as refused:
        submit(li, **NOTHING_TYPED, licence_media_id=photo)
    assert [error.field for error in refused.value.errors] == ["vin", "plate_number"]


def test_anothers_photo_proves_nothing(
    li: Person, wang: Person, submit: Submit, upload: Upload
) -> None:
    with pytest.raises(NoSuchMedia):
        submit(li, licence_media_id=upload(wang))
    assert mine(li) == []


def test_a_photo_is_for_one_application(li: Person, submit: Submit, upload: Upload) -> None:
    photo = upload(li)
    submit(li, licence_media_id=photo)
    with pytest.raises(UsedAlready):
        submit(li, vin=OTHER_VIN, licence_media_id=photo)


def test_the_same_photo_and_the_same_car_of_others_are_noted(
    li: Person, wang: Person, submit: Submit, upload: Upload
) -> None:
    photo = a_licence_photo()
    first = submit(li, licence_media_id=upload(li, photo))
    second = submit(wang, licence_media_id=upload(wang, photo))
    assert (first.same_photo, first.same_car) == (0, 0)
    assert (second.same_photo, second.same_car) == (1, 1)


# The owner archive


def test_who_stands_in_the_archive_with_car_and_number_is_an_owner_at_once(
    world: World, li: Person, submit: Submit, bind_phone: BindPhone
) -> None:
    in_archive(world, mobile=MOBILE, vin=A_VIN)
    bind_phone(li, MOBILE)
    world.settle()
    made = submit(li)
    assert (made.state, made.proof) == (State.APPROVED, Proof.ARCHIVE)
    world.settle()
    assert (li.member.identity, li.member.badges) == ("owner", ("owner",))
    assert "车主认证已通过" in told(li)
    assert world.sent("/cgi-bin/message/send") == []


@pytest.mark.parametrize("mobile", [MOBILE, "13900000000"])
def test_who_was_merged_stands_there_with_any_number_of_theirs(
    world: World, li: Person, wang: Person, submit: Submit, bind_phone: BindPhone, mobile: str
) -> None:
    bind_phone(li, MOBILE)
    bind_phone(wang, "13900000000")
    merges.merge(
        li.member_id, wang.member_id, reason=MergeReason.UNIONID, by="system", now=world.now
    )
    world.settle()
    in_archive(world, mobile=mobile, vin=A_VIN)
    assert (submit(li).proof, submit(li, vin=OTHER_VIN).proof) == (Proof.ARCHIVE, Proof.TYPED)


@pytest.mark.parametrize("mobile", [MOBILE, "13900000000"])
def test_tries_count_for_every_number_of_who_was_merged(
    world: World, li: Person, wang: Person, submit: Submit, bind_phone: BindPhone, mobile: str
) -> None:
    bind_phone(li, MOBILE)
    bind_phone(wang, "13900000000")
    merges.merge(
        li.member_id, wang.member_id, reason=MergeReason.UNIONID, by="system", now=world.now
    )
    world.settle()
    for _ in range(BY_MOBILE.most):
        attempts.count(BY_MOBILE, identities.key_of(KnownBy.MOBILE, mobile), now=world.now)
    with pytest.raises(TooManyAttempts):
        submit(li)


def test_the_archive_fills_in_what_it_knows(
    world: World, li: Person, submit: Submit, bind_phone: BindPhone
) -> None:
    in_archive(world, mobile=MOBILE, vin=A_VIN, plate_number=A_PLATE, model="途观 L")
    bind_phone(li, MOBILE)
    world.settle()
    made = submit(li, plate_number=None, model=None)
    assert (made.plate_number, made.model, made.state) == (A_PLATE, "途观 L", State.APPROVED)


def test_what_nobody_knows_still_has_to_be_typed(
    world: World, li: Person, submit: Submit, bind_phone: BindPhone
) -> None:
    bind_phone(li, MOBILE)
    with pytest.raises(Invalid) as refused:
        submit(li, plate_number=None)
    assert [error.field for error in refused.value.errors] == ["plate_number"]


@pytest.mark.parametrize("number", [None, "13900000000"])
def test_the_car_of_another_number_is_looked_at_by_moderators(
    world: World, li: Person, submit: Submit, bind_phone: BindPhone, number: str | None
) -> None:
    in_archive(world, mobile=MOBILE, vin=A_VIN)
    if number:
        bind_phone(li, number)
    assert submit(li).state is State.SUBMITTED


# An advisor's invitation


def test_whom_an_advisor_invited_is_an_owner_at_once_and_traced_to_them(
    world: World, li: Person, submit: Submit
) -> None:
    made = submit(li, invitation_code=invite(world))
    assert (made.state, made.proof, made.invited_by, made.decided_by) == (
        State.APPROVED,
        Proof.INVITATION,
        "wangwu",
        "王五",
    )
    world.settle()
    assert li.member.identity == "owner"
    assert world.sent("/cgi-bin/webhook/send")[-1]["text"]["content"].endswith("已由 王五 通过")


def test_an_invitation_alone_says_that_an_advisor_knows_them(
    world: World, li: Person, submit: Submit
) -> None:
    made = submit(li, kind="invitation", **NOTHING_TYPED, invitation_code=invite(world))
    assert (made.kind, made.state, made.vin) == (Kind.INVITATION, State.APPROVED, None)
    assert made.expires_at == world.now + timedelta(days=365)
    world.settle()
    assert (li.member.identity, li.member.badges) == ("prospect", ("invited",))


def test_a_code_is_for_one_and_what_is_refused_uses_none(
    world: World, li: Person, wang: Person, submit: Submit
) -> None:
    code = invite(world)
    with pytest.raises(Invalid):
        submit(li, vin="x", invitation_code=code)
    submit(li, invitation_code=code)
    with pytest.raises(CodeUsed):
        submit(wang, vin=OTHER_VIN, invitation_code=code)
    with pytest.raises(CodeUsed):
        submit(li, vin=OTHER_VIN, invitation_code=code)
    assert mine(wang) == []


def test_a_wrong_or_old_code_leaves_nothing_behind(
    world: World, li: Person, submit: Submit
) -> None:
    code = invite(world)
    with pytest.raises(CodeUnknown):
        submit(li, invitation_code="ABCDEFGHJK")
    world.later(days=7)
    with pytest.raises(CodeExpired):
        submit(li, invitation_code=code)
    assert mine(li) == []


def test_a_code_of_two_at_once_is_for_the_first(
    world: World, li: Person, wang: Person, submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, find, once = invite(world), certifications.holder_of, [1]

    def find_while_wang_is_faster(about: Certification) -> Any:
        found = find(about)
        if once:
            once.clear()
            submit(wang, vin=OTHER_VIN, invitation_code=code)
        return found

    monkeypatch.setattr(certifications, "holder_of", find_while_wang_is_faster)
    with pytest.raises(CodeUsed):
        submit(li, invitation_code=code)
    assert (mine(li), len(mine(wang))) == ([], 1)


# Intending to buy


def test_who_intends_to_buy_says_what_and_when_and_for_how_much(
    world: World, li: Person, submit: Submit
) -> None:
    made = submit(
        li,
        kind="purchase_intention",
        vin=None,
        plate_number=None,
        model="ID.7",
        when="three_months",
        budget_fen_max=25_000_000,
    )
    assert (made.kind, made.state, made.when) == (
        Kind.PURCHASE_INTENTION,
        State.APPROVED,
        "three_months",
    )
    assert made.expires_at == world.now + timedelta(days=90)
    world.settle()
    assert (li.member.identity, li.member.badges) == ("prospect", ())
    assert told(li) == ["购车意向已登记"]
    assert world.sent("/cgi-bin/webhook/send") == []


def test_an_intention_without_its_parts_names_them(li: Person, submit: Submit) -> None:
    with pytest.raises(Invalid) as refused:
        submit(li, kind="purchase_intention", **NOTHING_TYPED)
    assert [e.field for e in refused.value.errors] == ["model", "when", "budget_fen_max"]


def test_a_budget_from_more_to_less_is_none(li: Person, submit: Submit) -> None:
    with pytest.raises(Invalid) as refused:
        submit(
            li,
            kind="purchase_intention",
            model="ID.7",
            when="later",
            budget_fen_min=2,
            budget_fen_max=1,
        )
    assert [e.field for e in refused.value.errors] == ["budget_fen_max"]


# Who may, and how often


def test_who_does_not_consent_hands_nothing_in(li: Person, submit: Submit) -> None:
    members.change(li.member_id, lambda m: msgspec.structs.replace(m, consent=None))
    with pytest.raises(ConsentNeeded):
        submit(li)


def test_five_applications_a_day_are_enough(world: World, li: Person, submit: Submit) -> None:
    for number in range(A_DAY.most):
        submit(li, vin=f"LSVAA49J13200002{number}")
    with pytest.raises(TooManyAttempts):
        submit(li)
    assert len(mine(li)) == A_DAY.most
    world.later(days=1)
    submit(li)


def test_what_is_written_wrongly_is_no_attempt(li: Person, submit: Submit) -> None:
    for _ in range(A_DAY.most + 1):
        with pytest.raises(Invalid):
            submit(li, vin="x")
    submit(li)


def test_a_car_can_be_tried_by_so_many_only(world: World, submit: Submit) -> None:
    for number in range(BY_CAR.most):
        submit(world.joins(f"p{number}"))
    with pytest.raises(TooManyAttempts):
        submit(world.joins("late"))
    submit(world.joins("other"), vin=OTHER_VIN)


def test_who_tries_a_car_again_and_again_locks_nobody_else_out(
    world: World, li: Person, wang: Person, submit: Submit
) -> None:
    for number in range(BY_CAR.most):
        if number % A_DAY.most == 0:
            world.later(days=1)
        with suppress(OpenAlready):
            submit(wang)
    assert submit(li).state is State.SUBMITTED


def test_however_many_tried_it_who_can_prove_it_is_certified(
    world: World, li: Person, wang: Person, submit: Submit, bind_phone: BindPhone
) -> None:
    for number in range(BY_CAR.most):
        submit(world.joins(f"p{number}"))
    in_archive(world, mobile=MOBILE, vin=A_VIN)
    bind_phone(li, MOBILE)
    world.settle()
    approved = submit(li)
    assert (approved.state, approved.proof) == (State.APPROVED, Proof.ARCHIVE)
    asked = submit(wang, invitation_code=invite(world))
    assert (asked.state, asked.proof) == (State.SUBMITTED, Proof.INVITATION)


def test_however_many_tried_it_whose_it_is_may_renew(
    world: World, li: Person, submit: Submit, decide: Decide
) -> None:
    from community.people.certifications.records import AppliedRow

    decide(submit(li))
    world.settle()
    world.later(days=700)
    for row in AppliedRow.query(f"vin#{vehicles.vehicle_id_of(A_VIN)}"):
        if row.sk.startswith("applied#"):
            row.delete()  # It has died by then.
    for number in range(BY_CAR.most):
        submit(world.joins(f"p{number}"))
    assert submit(li).state is State.SUBMITTED


def test_a_number_can_be_used_so_often_only_whoever_has_it(
    world: World, li: Person, submit: Submit, bind_phone: BindPhone
) -> None:
    bind_phone(li, MOBILE)
    for number in range(BY_MOBILE.most):
        if number % A_DAY.most == 0:
            world.later(days=1)
        submit(li, vin=f"LSVAA49J13200002{number}")
    world.later(days=1)
    with pytest.raises(TooManyAttempts):
        submit(li)


def test_neither_car_nor_number_stand_in_the_counts(
    world: World, li: Person, submit: Submit, bind_phone: BindPhone
) -> None:
    bind_phone(li, MOBILE)
    submit(li)
    assert not [word for word in (A_VIN, MOBILE, "A12345") if word in str(world.rows("people"))]


# The car is somebody's


def test_the_owner_does_not_apply_again_before_it_is_time(
    world: World, li: Person, submit: Submit, decide: Decide
) -> None:
    decide(submit(li))
    world.later(days=669)
    with pytest.raises(OwnerAlready):
        submit(li)
    world.later(days=1)
    assert submit(li).state is State.SUBMITTED


@pytest.mark.parametrize("by", ["photo", "archive", "invitation"])
def test_whoever_applies_for_anothers_car_waits_for_their_word(
    world: World,
    li: Person,
    wang: Person,
    submit: Submit,
    decide: Decide,
    upload: Upload,
    bind_phone: BindPhone,
    by: str,
) -> None:
    decide(submit(li))
    more: dict[str, Any] = {}
    if by == "photo":
        more = {"licence_media_id": upload(wang)}
    elif by == "archive":
        in_archive(world, mobile=MOBILE, vin=A_VIN)
        bind_phone(wang, MOBILE)
    else:
        more = {"invitation_code": invite(world)}
    world.settle()
    made = submit(wang, **more)
    assert (made.state, made.cards) == (State.SUBMITTED, 0)
    assert made.transfer
    assert (made.transfer.holder_id, made.transfer.is_open) == (li.member_id, True)
    assert made.decided_at is made.decided_by is made.expires_at is None


# Supplements


def test_what_was_asked_for_is_handed_in_and_looked_at_again(
    world: World, li: Person, submit: Submit, decide: Decide, upload: Upload
) -> None:
    made = submit(li, licence_media_id=upload(li, vin=OTHER_VIN))
    world.settle()
    decide(made, ASK_MORE)
    world.settle()
    world.later(minutes=1)
    photo = upload(li)
    again = supplement(world, li, made, licence_media_id=photo)
    assert (again.state, again.cards, again.differences) == (State.SUBMITTED, 2, {})
    assert again.photos == (*made.photos, photo)
    assert (again.vin, again.model) == (made.vin, made.model)
    world.settle()
    tasks = [sent["template_card"]["task_id"] for sent in world.sent("/cgi-bin/message/send")]
    assert tasks == [
        f"certification-{made.certification_id}",
        f"certification-{made.certification_id}-2",
    ]
    decide(again)
    world.settle()
    assert li.member.identity == "owner"
    assert told(li) == ["车主认证已通过", "车主认证需补充资料"]


def test_a_photo_of_before_still_stands_beside_a_new_plate(
    world: World, li: Person, submit: Submit, decide: Decide, upload: Upload
) -> None:
    made = submit(li, licence_media_id=upload(li, plate_num="沪B88888"))
    assert made.differences == {"plate_number": "沪B88888"}
    decide(made, ASK_MORE)
    again = supplement(world, li, made, plate_number="沪B88888")
    assert (again.differences, again.photos) == ({}, made.photos)


def test_an_invitation_can_be_handed_in_later(
    world: World, li: Person, submit: Submit, decide: Decide
) -> None:
    made = submit(li)
    decide(made, ASK_MORE)
    again = supplement(world, li, made, invitation_code=invite(world))
    assert (again.state, again.invited_by) == (State.APPROVED, "wangwu")


def group_lines(world: World) -> list[str]:
    return [sent["text"]["content"] for sent in world.sent("/cgi-bin/webhook/send")]


def grant_messages(world: World, who: Person) -> None:
    request_id, now = world.new_request_id(), world.now
    template = Template.CERTIFICATION_DECIDED
    subscriptions.grant(who.member_id, template, 2, request_id=request_id, now=now)


def results_told(world: World) -> list[str]:
    sent = world.sent("/cgi-bin/message/subscribe/send")
    return [each["data"]["phrase2"]["value"] for each in sent]


def test_an_approval_at_once_after_a_card_is_told_like_any_other(
    world: World, li: Person, submit: Submit, decide: Decide
) -> None:
    grant_messages(world, li)
    made = submit(li)
    world.settle()
    decide(made, ASK_MORE)
    world.settle()
    world.later(minutes=1)
    supplement(world, li, made, invitation_code=invite(world))
    world.settle()
    assert results_told(world) == ["需补充", "审核通过"]
    assert group_lines(world)[-1] == "【车主认证】Model X 的认证已由 王五 通过"
    assert told(li) == ["车主认证已通过", "车主认证需补充资料"]
    assert len(world.sent("/cgi-bin/message/update_template_card")) == 1


@pytest.mark.parametrize(
    ("then", "result"), [("handed over", "审核通过"), ("taken back", "未通过")]
)
def test_what_becomes_of_a_held_car_after_a_card_is_told_too(
    world: World,
    li: Person,
    wang: Person,
    submit: Submit,
    decide: Decide,
    then: str,
    result: str,
) -> None:
    grant_messages(world, wang)
    decide(submit(li, vin=OTHER_VIN))
    made = submit(wang)
    world.settle()
    decide(made, ASK_MORE)
    world.settle()
    world.later(minutes=1)
    supplement(world, wang, made, vin=OTHER_VIN)
    world.settle()
    updated = len(world.sent("/cgi-bin/message/update_template_card"))
    if then == "handed over":
        transfers.answer(li.member, made.certification_id, Said.HAND_OVER, now=world.now)
    else:
        leaving.ask(wang.member, now=world.now)
    world.settle()
    assert results_told(world) == ["需补充", result]
    assert len(world.sent("/cgi-bin/message/update_template_card")) == updated


def test_nothing_new_is_no_supplement(
    world: World, li: Person, submit: Submit, decide: Decide
) -> None:
    made = submit(li)
    decide(made, ASK_MORE)
    with pytest.raises(Invalid):
        supplement(world, li, made)


def test_only_their_own_is_supplemented(
    world: World, li: Person, wang: Person, submit: Submit, decide: Decide
) -> None:
    made = submit(li)
    decide(made, ASK_MORE)
    with pytest.raises(NoSuchCertification):
        supplement(world, wang, made, model="ID.4")
    with pytest.raises(NoSuchCertification):
        applications.supplement(li.member, "x" * 3_000, Supplement(model="x"), now=world.now)
    assert certifications.get(made.certification_id).state is State.NEEDS_MORE


@pytest.mark.parametrize("decision", [None, APPROVE, REJECT])
def test_only_what_needs_more_is_supplemented(
    world: World,
    li: Person,
    submit: Submit,
    decide: Decide,
    decision: CertificationDecision | None,
) -> None:
    made = submit(li)
    if decision:
        decide(made, decision)
    with pytest.raises(NothingAskedFor):
        supplement(world, li, made, model="ID.4")


def test_one_of_a_member_is_open_for_a_car_at_most(
    world: World, li: Person, submit: Submit, decide: Decide
) -> None:
    """Whether it is handed in anew or supplemented."""
    made = submit(li)
    decide(made, ASK_MORE)
    submit(li)
    with pytest.raises(OpenAlready):
        supplement(world, li, made, model="ID.4")


def test_a_supplement_about_another_car_leaves_what_is_open_for_the_first_one(
    world: World, li: Person, wang: Person, submit: Submit, decide: Decide
) -> None:
    made = submit(li)
    decide(made, ASK_MORE)
    submit(li)
    supplement(world, li, made, vin=OTHER_VIN)
    for vin in (A_VIN, OTHER_VIN):
        with pytest.raises(OpenAlready):
            submit(li, vin=vin)
    assert submit(wang).same_car == 1


def test_that_somebody_tried_the_first_car_is_forgotten_with_them(
    world: World, li: Person, submit: Submit, decide: Decide
) -> None:
    made = submit(li)
    decide(made, ASK_MORE)
    supplement(world, li, made, vin=OTHER_VIN)
    assert certifications.who_applied(A_VIN) == {li.member_id}
    certifications.erase(MemberErased(fact_id="e", at=world.now, member_id=li.member_id))
    assert certifications.who_applied(A_VIN) == certifications.who_applied(OTHER_VIN) == set()


def test_supplements_are_attempts_too(
    world: World, li: Person, submit: Submit, decide: Decide
) -> None:
    made = submit(li)
    for number in range(A_DAY.most - 1):
        world.later(seconds=1)
        decide(made, ASK_MORE)
        supplement(world, li, made, model=f"ID.{number}")
    world.later(seconds=1)
    decide(made, ASK_MORE)
    with pytest.raises(TooManyAttempts):
        supplement(world, li, made, model="ID.9")
