"""Applying and deciding: one open application per car and member, one owner per car."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib import storage
from chalicelib.errors import Invalid
from chalicelib.lists import PageQuery
from community import belongings
from community.commons.audit import service as audit
from community.commons.media import service as media
from community.commons.staff.rules import NotAModerator, NotStaff
from community.facts import CertificationDecision, MemberErased
from community.people.applications import service as applications
from community.people.applications.rules import Supplement
from community.people.archive import service as archive
from community.people.certifications import service as certifications
from community.people.certifications.rules import (
    Certification,
    DecidedAlready,
    HolderIsAsked,
    NoSuchCertification,
    NotApproved,
    NothingAskedFor,
    OpenAlready,
    OwnerAlready,
    Reason,
    State,
    words_for,
)
from community.people.deposits import service as deposits
from community.people.identities import service as identities
from community.people.identities.rules import Kind
from community.people.leaving import service as leaving
from community.people.licences import service as licences
from community.people.merges import service as merges
from community.people.merges.rules import Reason as MergeReason
from tests.community.people.certifying import (
    BindPhone,
    Decide,
    Pass,
    Submit,
    Upload,
    in_archive,
    told,
)
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
    """A moderator who approves it for another one too has its owner asked, whether they know or not."""
    for_li, for_wang = submit(li), submit(wang)
    decide(for_li)
    late = decide(for_wang)
    assert (late.state, late.decided_by) == (State.SUBMITTED, None)
    assert late.transfer
    assert late.transfer.holder_id == li.member_id
    assert words_for(late) == "这辆车已有认证车主，已请对方确认"
    with pytest.raises(HolderIsAsked):
        decide(for_wang)


def test_two_approvals_of_a_car_at_once_make_one_owner(
    world: World,
    li: Person,
    wang: Person,
    submit: Submit,
    decide: Decide,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for_li, for_wang = submit(li), submit(wang)
    look, once = certifications.holder_of, [1]

    def look_while_lisi_approves(about: Certification) -> Any:
        holder = look(about)
        if once:
            once.clear()
            decide(for_wang, by="lisi")
        return holder

    monkeypatch.setattr(certifications, "holder_of", look_while_lisi_approves)
    late = decide(for_li)
    assert (late.state, certifications.get(for_wang.certification_id).state) == (
        State.SUBMITTED,
        State.APPROVED,
    )
    world.settle()
    assert (li.member.identity, wang.member.identity) == ("prospect", "owner")


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


# What a decision is worth


def test_a_decision_stands_in_the_audit_log(
    world: World, li: Person, submit: Submit, decide: Decide
) -> None:
    made = submit(li)
    decide(made, REJECT, reason=Reason.UNREADABLE)
    (entry,) = audit.about(f"certification#{made.certification_id}")
    assert (entry.what, entry.by, entry.why, entry.after["state"]) == (
        "certification.reject",
        "zhangsan",
        "照片不清晰或不完整",
        "rejected",
    )


def test_an_owner_is_certified_for_two_years(
    world: World, li: Person, submit: Submit, decide: Decide, time_passes: Pass
) -> None:
    decided = decide(submit(li))
    assert decided.expires_at == world.now + timedelta(days=730)
    time_passes(timedelta(days=730) - timedelta(seconds=1))
    assert li.member.identity == "owner"
    time_passes(timedelta(seconds=1))
    (expired,) = mine(li)
    assert (expired.state, expired.ended_at) == (State.EXPIRED, decided.expires_at)
    assert (li.member.identity, li.member.badges) == ("prospect", ())
    assert told(li)[0] == "车主认证已到期"
    submit(li)


def test_an_earlier_end_is_the_only_one(
    world: World, li: Person, submit: Submit, decide: Decide, time_passes: Pass
) -> None:
    made = decide(submit(li))
    certifications.revoke(made.certification_id, by="zhangsan", why="冒用", now=world.now)
    time_passes(timedelta(days=731))
    assert mine(li)[0].state is State.REVOKED
    assert world.refused == []


def test_what_is_revoked_makes_no_owner_any_longer(
    world: World, li: Person, wang: Person, submit: Submit, decide: Decide
) -> None:
    made = decide(submit(li))
    world.settle()
    world.later(seconds=1)
    certifications.revoke(made.certification_id, by="zhangsan", why="资料冒用", now=world.now)
    world.settle()
    assert (li.member.identity, mine(li)[0].state) == ("prospect", State.REVOKED)
    assert told(li)[0] == "车主认证已被撤销"
    entry = audit.about(f"certification#{made.certification_id}")[0]
    assert (entry.what, entry.by, entry.why) == ("certification.revoked", "zhangsan", "资料冒用")
    assert decide(submit(wang)).state is State.APPROVED


def test_a_second_car_keeps_its_owner_an_owner(
    world: World, li: Person, submit: Submit, decide: Decide
) -> None:
    first, _ = decide(submit(li)), decide(submit(li, vin=OTHER_VIN))
    certifications.revoke(first.certification_id, by="zhangsan", why="已报废", now=world.now)
    world.settle()
    assert (li.member.identity, li.member.badges) == ("owner", ("owner",))


@pytest.mark.parametrize("decision", [None, REJECT, ASK_MORE])
def test_only_what_holds_is_revoked(
    world: World,
    li: Person,
    submit: Submit,
    decide: Decide,
    decision: CertificationDecision | None,
) -> None:
    made = submit(li)
    if decision:
        decide(made, decision)
    with pytest.raises(NotApproved):
        certifications.revoke(made.certification_id, by="zhangsan", why="x", now=world.now)


def test_only_moderators_revoke(world: World, li: Person, submit: Submit, decide: Decide) -> None:
    made = decide(submit(li))
    with pytest.raises(NotAModerator):
        certifications.revoke(made.certification_id, by="wangwu", why="x", now=world.now)


def test_a_new_certification_takes_the_place_of_the_one_that_ends_soon(
    world: World, li: Person, submit: Submit, decide: Decide, time_passes: Pass
) -> None:
    old = decide(submit(li))
    time_passes(timedelta(days=700))
    new = decide(submit(li))
    world.settle()
    states = {each.certification_id: each.state for each in mine(li)}
    assert states == {
        old.certification_id: State.EXPIRED,
        new.certification_id: State.APPROVED,
    }
    ended = certifications.get(old.certification_id)
    assert (ended.reason, ended.ended_at) == ("已由新的认证接替", world.now)
    assert told(li) == ["车主认证已通过", "车主认证已通过"]
    time_passes(timedelta(days=31))
    assert li.member.identity == "owner"


# The photo


def test_the_photo_of_a_decided_certification_is_deleted_after_30_days(
    world: World,
    li: Person,
    submit: Submit,
    decide: Decide,
    upload: Upload,
    time_passes: Pass,
) -> None:
    photo = upload(li)
    decide(submit(li, licence_media_id=photo), REJECT)
    time_passes(timedelta(days=30) - timedelta(seconds=1))
    assert storage.exists(f"licence/{photo}")
    time_passes(timedelta(seconds=1))
    assert not storage.exists(f"licence/{photo}")
    assert media.find(photo) is None
    found = licences.find(photo)
    assert found
    assert found.reading is None


def test_a_photo_that_is_looked_at_again_stays_until_30_days_after_that(
    world: World,
    li: Person,
    submit: Submit,
    decide: Decide,
    upload: Upload,
    time_passes: Pass,
) -> None:
    photo = upload(li)
    made = submit(li, licence_media_id=photo)
    decide(made, ASK_MORE)
    time_passes(timedelta(days=29))
    more = Supplement(model="ID.4")
    applications.supplement(li.member, made.certification_id, more, now=world.now)
    time_passes(timedelta(days=10))
    decide(made)
    time_passes(timedelta(days=29))
    assert storage.exists(f"licence/{photo}")
    time_passes(timedelta(days=1))
    assert not storage.exists(f"licence/{photo}")


def test_what_a_moderator_asked_for_and_did_not_get_ends_with_the_photo(
    world: World,
    li: Person,
    submit: Submit,
    decide: Decide,
    upload: Upload,
    time_passes: Pass,
) -> None:
    photo = upload(li)
    made = submit(li, licence_media_id=photo)
    decide(made, ASK_MORE)
    time_passes(timedelta(days=30) - timedelta(seconds=1))
    assert mine(li)[0].state is State.NEEDS_MORE
    updated = len(world.sent("/cgi-bin/message/update_template_card"))
    time_passes(timedelta(seconds=1))
    (ended,) = mine(li)
    assert (ended.state, ended.reason) == (State.REJECTED, "资料未补充")
    assert not storage.exists(f"licence/{photo}")
    assert told(li) == ["车主认证未通过", "车主认证需补充资料"]
    assert len(world.sent("/cgi-bin/message/update_template_card")) == updated
    with pytest.raises(NothingAskedFor):
        applications.supplement(
            li.member, made.certification_id, Supplement(model="ID.4"), now=world.now
        )


# Who the archive knows


def test_whom_the_archive_knows_by_the_car_is_woken(
    world: World, li: Person, submit: Submit, decide: Decide
) -> None:
    in_archive(world, mobile="13812345678", vin="LSVAA49J132000001", city="上海")
    world.later(seconds=1)
    zhao = world.joins("zhao")
    decide(submit(zhao))
    world.settle()
    assert zhao.member.member_id != zhao.member_id
    assert (zhao.member.state, zhao.member.identity) == ("active", "owner")
    assert certifications.mine(zhao.member, PageQuery()).items[0].state is State.APPROVED


def test_a_number_that_only_the_archive_told_is_of_who_shows_that_it_is_theirs(
    world: World, li: Person, submit: Submit, decide: Decide, bind_phone: BindPhone
) -> None:
    in_archive(world, mobile="13812345678", vin="LSVAA49J132000001", name="赵先生")
    world.later(seconds=1)
    bought_it = world.joins("zhao")
    decide(submit(bought_it))
    world.settle()
    assert identities.owner_of(Kind.MOBILE, "13812345678") is None
    assert archive.exported(bought_it.member.member_id)["person"]["name"] == "赵先生"
    bind_phone(li, "13812345678")
    world.settle()
    assert li.member.member_id == li.member_id != bought_it.member.member_id
    assert identities.owner_of(Kind.MOBILE, "13812345678") == li.member_id
    assert [each.state for each in mine(bought_it)] == [State.APPROVED]
    assert mine(li) == []


def test_who_shows_the_number_before_the_car_wakes_them_is_them(
    world: World,
    li: Person,
    submit: Submit,
    decide: Decide,
    bind_phone: BindPhone,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    in_archive(world, mobile="13812345678", vin="LSVAA49J132000001")
    world.later(seconds=1)
    zhao = world.joins("zhao")
    decide(submit(zhao))
    release = identities.release
    raced: list[str] = []

    def be_late(*told_of: Any, **more: Any) -> None:
        if not raced:
            raced.append("now")
            bind_phone(li, "13812345678")
        release(*told_of, **more)

    monkeypatch.setattr(identities, "release", be_late)
    world.settle()
    assert zhao.member.member_id != li.member.member_id
    assert identities.owner_of(Kind.MOBILE, "13812345678") == li.member.member_id
    assert (world.dead, zhao.member.identity) == ([], "owner")


def test_a_car_that_changed_hands_wakes_nobody(
    world: World, li: Person, submit: Submit, decide: Decide, bind_phone: BindPhone
) -> None:
    in_archive(world, mobile="13812345678", vin="LSVAA49J132000001")
    bind_phone(li, "13900000000")
    decide(submit(li))
    world.settle()
    assert (li.member.member_id, li.member.identity) == (li.member_id, "owner")


# Going along, and being forgotten


def test_certifications_go_along_in_a_merge_and_back(
    world: World, li: Person, wang: Person, submit: Submit, decide: Decide
) -> None:
    car, open_one = decide(submit(li)), submit(li, vin=OTHER_VIN)
    kept_id = merges.merge(
        li.member_id, wang.member_id, reason=MergeReason.MOBILE, by="system", now=world.now
    )
    world.settle()
    kept, gone = (li, wang) if kept_id == li.member_id else (wang, li)
    ids = {car.certification_id, open_one.certification_id}
    assert {each["certification_id"] for each in certifications.exported(kept_id)} == ids
    assert certifications.exported(gone.member_id) == []
    assert (kept.member.identity, kept.member.badges) == ("owner", ("owner",))
    with pytest.raises(OpenAlready):
        submit(kept, vin=OTHER_VIN)
    assert decide(open_one).state is State.APPROVED


def test_what_is_open_for_a_car_stays_so_in_a_merge_beside_what_was_decided_about_it(
    world: World, li: Person, wang: Person, submit: Submit, decide: Decide
) -> None:
    decide(submit(li), REJECT)
    world.later(seconds=1)
    submit(li)
    kept_id = merges.merge(
        li.member_id, wang.member_id, reason=MergeReason.MOBILE, by="system", now=world.now
    )
    world.settle()
    kept = li if kept_id == li.member_id else wang
    with pytest.raises(OpenAlready):
        submit(kept)
    assert certifications.who_applied("LSVAA49J132000001") == {kept_id}


def test_of_who_is_erased_no_certification_is_left(
    world: World, li: Person, wang: Person, submit: Submit, decide: Decide, upload: Upload
) -> None:
    decide(submit(li, licence_media_id=upload(li)))
    submit(li, vin=OTHER_VIN)
    world.settle()
    fact = MemberErased(fact_id="e", at=world.now, member_id=li.member_id)
    for _ in range(2):
        for keeper in belongings.KEEPERS.values():
            keeper.erase(fact)
    left = [row["pk"] for row in world.rows("people") if li.member_id in str(row)]
    assert [pk for pk in left if pk.startswith(("certification#", "vin#", "vehicle#"))] == []
    assert decide(submit(wang)).state is State.APPROVED


def test_moderators_have_nothing_to_decide_about_who_is_erased(
    world: World, li: Person, submit: Submit, decide: Decide
) -> None:
    open_one, decided, sent_back = (submit(li, vin=f"LSVAA49J13200000{n}") for n in range(3))
    decide(decided)
    decide(sent_back, ASK_MORE)
    world.settle()
    before = len(world.sent("/cgi-bin/message/update_template_card"))
    leaving.erase_closed(li.member, now=world.now)
    world.settle()
    (closed,) = world.sent("/cgi-bin/message/update_template_card")[before:]
    assert closed["response_code"] == f"code-of-certification-{open_one.certification_id}"
    assert closed["button"]["replace_name"] == "已由 系统 关闭：会员已注销"
    assert world.dead == []


def test_a_deposit_that_is_granted_once_more_later_is_the_same(world: World, li: Person) -> None:
    def grant(request_id: str = "r") -> str:
        made = deposits.grant(
            li.member_id, by="wangwu", why="订单 1", request_id=request_id, now=world.now
        )
        world.later(hours=1)
        return made.certification_id

    first = grant()
    assert grant() == first
    assert grant("another") != first
    certifications.revoke(first, by="zhangsan", why="已退款", now=world.now)
    assert grant() == first
    assert len(mine(li)) == 2


def test_a_deposit_makes_a_deposit_holder_until_it_is_revoked(world: World, li: Person) -> None:
    def grant(by: str = "wangwu") -> Certification:
        return deposits.grant(li.member_id, by=by, why="订单 1", request_id="r", now=world.now)

    with pytest.raises(NotStaff):
        grant(by="stranger")
    made = grant()
    assert grant() == made
    world.settle()
    assert (li.member.identity, li.member.badges) == ("deposit_holder", ("deposit-holder",))
    assert (made.expires_at, told(li)) == (None, ["意向金用户认证已生效"])
    world.later(seconds=1)
    certifications.revoke(made.certification_id, by="zhangsan", why="已退款", now=world.now)
    world.settle()
    assert (li.member.identity, told(li)[0]) == ("prospect", "意向金用户认证已被撤销")


def test_an_owner_who_paid_a_deposit_is_a_deposit_holder_when_the_car_is_gone(
    world: World, li: Person, submit: Submit, decide: Decide
) -> None:
    deposits.grant(li.member_id, by="wangwu", why="订单 1", request_id="r", now=world.now)
    made = decide(submit(li))
    world.settle()
    assert (li.member.identity, li.member.badges) == ("owner", ("owner", "deposit-holder"))
    certifications.revoke(made.certification_id, by="zhangsan", why="x", now=world.now)
    world.settle()
    assert li.member.identity == "deposit_holder"
