"""Members: one person is one member, sessions end, nicknames are looked at first."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.errors import Invalid, NotFound, Refusal, Unavailable
from chalicelib.signing import signed
from community import facts
from community.commons.audience.rules import Identity
from community.commons.safety.service import ContentNotAllowed
from community.people.members import records, rules
from community.people.members import service as members
from community.people.members.rules import Member, Session
from community.people.members.service import NicknameNotAllowed
from tests.world import Person, World


def sign_in(world: World, who: str = "li", **told: Any) -> Session:
    given: dict[str, Any] = {"scene": None, "request_id": world.new_request_id(), **told}
    return members.sign_in(f"code-of-{who}", now=world.now, **given)


def member_facts(world: World) -> list[facts.AnyFact]:
    world.relay()
    return [facts.read(body) for body in world.take("facts")]


def test_who_comes_for_the_first_time_joins(world: World) -> None:
    member = sign_in(world).member
    assert members.get(member.member_id) == member


def test_who_comes_again_is_the_same_member(world: World) -> None:
    first = sign_in(world).member
    world.later(days=3)
    assert sign_in(world).member == first


def test_two_people_are_two_members(world: World) -> None:
    assert sign_in(world, "li").member.member_id != sign_in(world, "wang").member.member_id


def test_joining_is_a_fact_with_the_place_where_it_happened(world: World) -> None:
    member = sign_in(world, scene="live-7").member
    (fact,) = member_facts(world)
    assert fact == facts.MemberJoined(
        fact_id=f"{member.member_id}.joined",
        at=world.now,
        member_id=member.member_id,
        touchpoint="live-7",
    )


def test_who_came_by_themselves_is_organic(world: World) -> None:
    sign_in(world)
    (fact,) = member_facts(world)
    assert isinstance(fact, facts.MemberJoined)
    assert fact.touchpoint == "organic"


def test_coming_again_is_no_fact(world: World) -> None:
    sign_in(world)
    member_facts(world)
    sign_in(world)
    assert member_facts(world) == []


def test_two_first_sign_ins_at_once_make_one_member(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sign_in(world).member
    monkeypatch.setattr(records, "with_openid", lambda openid: None)  # The index is behind.
    assert sign_in(world).member == first
    assert len([row for row in world.rows("people") if row["sk"] == "member"]) == 1


def test_how_wechat_calls_a_member_is_sealed_at_rest(world: World) -> None:
    sign_in(world)
    assert "openid-of-li" not in str(world.rows("people"))


def test_how_wechat_calls_a_member_is_known_to_the_senders(world: World) -> None:
    member = sign_in(world).member
    assert members.openid_of(member.member_id) == "openid-of-li"


def test_a_member_is_found_by_their_openid(world: World) -> None:
    member = sign_in(world).member
    assert members.with_openid("openid-of-li") == member
    assert members.with_openid("openid-of-wang") is None


def test_nobody_else_is_a_member(world: World) -> None:
    with pytest.raises(NotFound):
        members.get("01J0000000000000000000MBR1")


@pytest.mark.parametrize(
    ("errcode", "code"),
    [
        (40029, "login_code_invalid"),
        (40226, "login_blocked"),
        (45011, "too_many_logins"),
        (-1, "unavailable"),
    ],
)
def test_a_sign_in_that_wechat_refuses_makes_no_member(
    world: World, errcode: int, code: str
) -> None:
    world.platform.answers("/sns/jscode2session", errcode)
    with pytest.raises(Refusal) as refused:
        sign_in(world)
    assert (refused.value.code, world.rows("people")) == (code, [])


# Sessions


def test_a_session_tells_whose_it_is(world: World) -> None:
    session = sign_in(world)
    assert members.from_session(session.token, world.now) == session.member


def test_a_session_lives_for_a_week(world: World) -> None:
    session = sign_in(world)
    assert session.expires_at == world.now + timedelta(days=7)
    before = session.expires_at - timedelta(seconds=1)
    assert members.from_session(session.token, before) == session.member
    assert members.from_session(session.token, session.expires_at) is None


def test_all_sessions_of_a_member_can_be_ended(world: World) -> None:
    session = sign_in(world)
    records.change(
        session.member.member_id, lambda m: msgspec.structs.replace(m, session_version=2)
    )
    assert members.from_session(session.token, world.now) is None
    assert members.from_session(sign_in(world).token, world.now) is not None


def test_a_session_of_nobody_is_none(world: World) -> None:
    token = signed(["01J0000000000000000000MBR1", 1, 4_000_000_000], purpose="session")
    assert members.from_session(token, world.now) is None


@pytest.mark.parametrize("token", ["", "x", "a.b", "WzFd.c2lnbmF0dXJl"])
def test_a_made_up_session_is_none(world: World, token: str) -> None:
    assert members.from_session(token, world.now) is None


def test_a_cursor_is_no_session(world: World) -> None:
    member = sign_in(world).member
    forged = signed([member.member_id, 1, 4_000_000_000], purpose="cursor notifications")
    assert members.from_session(forged, world.now) is None


def test_a_session_does_not_show_how_wechat_calls_its_member(world: World) -> None:
    session = sign_in(world)
    assert "openid" not in json.dumps(msgspec.to_builtins(session.member))
    assert "openid" not in session.token


def test_who_joined_a_moment_ago_is_known_although_reads_are_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = sign_in(world)
    get: Callable[..., Any] = records.MemberRow.get

    def behind(*key: str, consistent_read: bool = False) -> Any:
        if not consistent_read:
            raise records.MemberRow.DoesNotExist
        return get(*key, consistent_read=True)

    monkeypatch.setattr(records.MemberRow, "get", behind)
    assert members.from_session(session.token, world.now) == session.member


# Changes


@pytest.fixture
def li(world: World) -> Person:
    return world.joins("li")


def test_a_member_may_choose_a_nickname(li: Person) -> None:
    assert members.rename(li.member, " 老李 ").nickname == "老李"
    assert li.member.nickname == "老李"


@pytest.mark.parametrize(
    ("nickname", "refusal"),
    [("违规", ContentNotAllowed), ("存疑", NicknameNotAllowed), ("  ", Invalid)],
)
def test_a_nickname_that_others_should_not_see_is_refused(
    li: Person, nickname: str, refusal: type[Refusal]
) -> None:
    before = li.member
    with pytest.raises(refusal):
        members.rename(before, nickname)
    assert li.member == before


def test_a_nickname_that_nobody_could_look_at_is_not_shown(world: World, li: Person) -> None:
    world.platform.answers("/wxa/msg_sec_check", -1)
    with pytest.raises(Unavailable):
        members.rename(li.member, "老李")
    assert members.get(li.member.member_id).nickname == li.member.nickname


def decided(li: Person, decision: facts.CertificationDecision) -> facts.CertificationDecided:
    return facts.CertificationDecided(
        fact_id="c.decided",
        at=li.member.joined_at,
        certification_id="c",
        member_id=li.member_id,
        decision=decision,
        staff_id="zhangsan",
    )


def test_an_approved_certification_makes_an_owner(li: Person) -> None:
    members.note_certification(decided(li, facts.CertificationDecision.APPROVE))
    assert (li.member.identity, li.member.badges) == (Identity.OWNER, ("owner",))


@pytest.mark.parametrize(
    "decision", [facts.CertificationDecision.REJECT, facts.CertificationDecision.ASK_MORE]
)
def test_no_other_decision_does(li: Person, decision: facts.CertificationDecision) -> None:
    members.note_certification(decided(li, decision))
    assert li.member.identity is Identity.PROSPECT


def test_changes_at_the_same_time_are_both_kept(li: Person) -> None:
    def rename_while_certified(member: Member) -> Member:
        if member.identity is not Identity.OWNER:
            records.change(li.member_id, rules.certified)
        return msgspec.structs.replace(member, nickname="老李")

    records.change(li.member_id, rename_while_certified)
    assert (li.member.nickname, li.member.identity) == ("老李", Identity.OWNER)


def test_a_change_that_is_always_overtaken_may_be_tried_again(li: Person) -> None:
    numbers = iter(range(100))

    def overtaken(member: Member) -> Member:
        number = next(numbers)
        if number % 2 == 0:  # The change itself; the odd ones are those that come between.
            records.change(li.member_id, overtaken)
        return msgspec.structs.replace(member, nickname=f"老李 {number}")

    with pytest.raises(Unavailable):
        records.change(li.member_id, overtaken)


def test_a_change_that_changes_nothing_writes_nothing(world: World, li: Person) -> None:
    before = world.rows("people")
    records.change(li.member_id, lambda member: member)
    assert world.rows("people") == before


def test_a_change_does_not_tell_again_that_the_member_joined(world: World, li: Person) -> None:
    member_facts(world)
    members.rename(li.member, "老李")
    assert member_facts(world) == []
