"""Sessions: one person is one member, who comes again stays signed in, and sessions can be ended."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.errors import NotFound, Refusal, Unavailable
from chalicelib.signing import signed
from chalicelib.tables import Overtaken
from community import facts
from community.commons.audit import service as audit
from community.commons.staff.rules import NotStaff
from community.people.identities import service as identities
from community.people.identities.rules import Identity, Kind
from community.people.members import records as member_records
from community.people.members import rules as member_rules
from community.people.members import service as members
from community.people.members.rules import MemberBlocked, State, Touch
from community.people.sessions import rules
from community.people.sessions import service as sessions
from community.people.sessions.rules import Session
from tests.world import World

NOBODY = "01J0000000000000000000MBR1"


def sign_in(world: World, who: str = "li", **told: Any) -> Session:
    given: dict[str, Any] = {"scene": None, "request_id": world.new_request_id(), **told}
    return sessions.sign_in(f"code-of-{who}", now=world.now, **given)


def news(world: World) -> list[facts.AnyFact]:
    world.relay()
    return [facts.read(body) for body in world.take("facts")]


def member_rows(world: World) -> list[dict[str, Any]]:
    return [row for row in world.rows("people") if row["sk"] == "member"]


def is_signed_in(world: World, session: Session) -> bool:
    return sessions.recognise(session.token, world.now) is not None


def with_unionid(world: World, unionid: str) -> None:
    """From now on WeChat tells a unionid, whoever signs in."""
    told = world.platform.reply_to

    def reply_to(asked: Any) -> Any:
        reply = told(asked)
        if asked.path != "/sns/jscode2session":
            return reply
        return type(reply)(json.dumps({**json.loads(reply.body), "unionid": unionid}).encode())

    world.platform.reply_to = reply_to  # type: ignore[method-assign]


# Joining


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
    joined = facts.MemberJoined(
        fact_id=f"{member.member_id}.joined",
        at=world.now,
        member_id=member.member_id,
        touchpoint="live-7",
    )
    assert joined in news(world)


def test_who_came_by_themselves_is_organic(world: World) -> None:
    member = sign_in(world).member
    assert member.first_touch == Touch("organic", world.now)


@pytest.mark.parametrize("scene", ["archive", "organic", "wecom-contact", ""])
def test_nobody_comes_by_a_code_from_where_there_is_none(world: World, scene: str) -> None:
    session = sign_in(world, scene=scene)
    assert session.member.first_touch == Touch("organic", world.now)
    assert [fact.touchpoint for fact in news(world) if isinstance(fact, facts.MemberJoined)] == [
        "organic"
    ]
    world.later(days=1)
    again = sign_in(world, scene=scene)
    assert sessions.recognise(again.token, world.now)
    assert [fact.touchpoint for fact in news(world) if isinstance(fact, facts.MemberSeen)] == [None]


def test_coming_again_is_no_fact_and_writes_nothing(world: World) -> None:
    sign_in(world)
    news(world)
    before = world.rows("people")
    sign_in(world)
    assert (news(world), world.rows("people")) == ([], before)


def test_two_first_sign_ins_at_once_make_one_member(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sign_in(world).member
    monkeypatch.setattr(member_records, "with_openid", lambda openid: None)  # The index is behind.
    assert sign_in(world).member == first
    assert len(member_rows(world)) == 1


def test_who_is_known_by_their_unionid_comes_twice_at_once_and_is_written_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch = Touch("archive", world.now)
    asleep = member_rules.new_member(request_id="row-1", touch=touch, state=State.DORMANT)
    members.add(asleep, known_by=[Identity(Kind.UNIONID, "union-1")])
    with_unionid(world, "union-1")
    first = sign_in(world).member
    monkeypatch.setattr(member_records, "with_openid", lambda openid: None)  # The index is behind.
    before = world.rows("people")
    assert sign_in(world).member == first
    assert (first.member_id, world.rows("people")) == (asleep.member_id, before)


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("found", [Overtaken, Unavailable])
def test_who_meets_another_sign_in_of_theirs_looks_again(
    world: World, monkeypatch: pytest.MonkeyPatch, is_known: bool, found: type[Exception]
) -> None:
    if is_known:
        touch = Touch("archive", world.now)
        asleep = member_rules.new_member(request_id="row-1", touch=touch, state=State.DORMANT)
        members.add(asleep, known_by=[Identity(Kind.UNIONID, "union-1")])
    with_unionid(world, "union-1")
    note_joining, met = sessions.consents.note_joining, [1, 2]

    def meet(*told: Any, **more: Any) -> None:
        if met:
            met.pop()
            raise found
        note_joining(*told, **more)

    monkeypatch.setattr(sessions.consents, "note_joining", meet)
    member = sign_in(world).member
    assert members.get(member.member_id) == member
    assert len(member_rows(world)) == 1


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
    assert (refused.value.code, member_rows(world)) == (code, [])


def test_a_unionid_is_an_identity_from_the_first_sign_in_on(world: World) -> None:
    with_unionid(world, "union-1")
    member = sign_in(world).member
    assert member.has_unionid
    assert identities.owner_of(Kind.UNIONID, "union-1") == member.member_id


def test_a_unionid_that_comes_later_is_learnt_once(world: World) -> None:
    first = sign_in(world).member
    with_unionid(world, "union-1")
    learnt = sign_in(world).member
    assert (learnt.member_id, learnt.has_unionid) == (first.member_id, True)
    before = world.rows("people")
    sign_in(world)
    assert world.rows("people") == before


def test_who_is_known_by_their_unionid_wakes_up_when_they_come(world: World) -> None:
    touch = Touch("archive", world.now)
    asleep = member_rules.new_member(request_id="row-1", touch=touch, state=State.DORMANT)
    members.add(asleep, known_by=[Identity(Kind.UNIONID, "union-1")])
    with_unionid(world, "union-1")
    world.later(days=1)
    woken = sign_in(world).member
    assert (woken.member_id, woken.state) == (asleep.member_id, State.ACTIVE)
    assert members.openid_of(woken.member_id) == "openid-of-li"
    assert news(world)[-1] == facts.MemberWoken(
        fact_id=f"{woken.member_id}.woken", at=world.now, member_id=woken.member_id
    )
    assert sign_in(world).member == woken


# Staying


def test_a_session_tells_whose_it_is(world: World) -> None:
    session = sign_in(world)
    found = sessions.recognise(session.token, world.now)
    assert found is not None
    assert (found.member, found.fresh) == (session.member, None)


def test_a_session_lives_for_a_week(world: World) -> None:
    session = sign_in(world)
    assert session.expires_at == world.now + timedelta(days=7)
    before = session.expires_at - timedelta(seconds=1)
    assert sessions.recognise(session.token, before) is not None
    assert sessions.recognise(session.token, session.expires_at) is None


def test_who_is_here_every_day_stays_signed_in_for_ninety_days(world: World) -> None:
    token, signed_in_at = sign_in(world).token, world.now
    while (found := sessions.recognise(token, world.now)) is not None:
        token = found.fresh.token if found.fresh else token
        world.later(days=1)
    assert world.now - signed_in_at == timedelta(days=90 + 7)


@pytest.mark.parametrize("token", ["", "x", "a.b", "WzFd.c2lnbmF0dXJl"])
def test_a_made_up_session_is_none(world: World, token: str) -> None:
    assert sessions.recognise(token, world.now) is None


@pytest.mark.parametrize("member_id", [NOBODY, "", "member"])
def test_a_session_of_nobody_is_none(world: World, member_id: str) -> None:
    claims = [member_id, 1, "s", 1_795_320_000, 4_000_000_000, None]
    assert sessions.recognise(signed(claims, purpose="session"), world.now) is None


def test_a_session_of_an_older_shape_is_none(world: World) -> None:
    member = sign_in(world).member
    token = signed([member.member_id, 1, 4_000_000_000], purpose="session")
    assert sessions.recognise(token, world.now) is None


def test_a_cursor_is_no_session(world: World) -> None:
    claims = [sign_in(world).member.member_id, 1, "s", 1_795_320_000, 4_000_000_000, None]
    forged = signed(claims, purpose="cursor notifications")
    assert sessions.recognise(forged, world.now) is None


def test_a_session_does_not_show_how_wechat_calls_its_member(world: World) -> None:
    session = sign_in(world)
    assert "openid" not in json.dumps(msgspec.to_builtins(session.member))
    assert "openid" not in session.token


def test_who_joined_a_moment_ago_is_known_although_reads_are_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = sign_in(world)
    raw_page: Callable[..., Any] = member_records.MemberRow.raw_page

    def behind(*asked: Any, consistent: bool = False, **told: Any) -> Any:
        return raw_page(*asked, consistent=True, **told) if consistent else []

    monkeypatch.setattr(member_records.MemberRow, "raw_page", behind)
    assert is_signed_in(world, session)


# Being seen


def seen(world: World) -> list[dict[str, Any]]:
    return [json.loads(row["seen"]) for row in world.rows("people") if row["sk"] == "member.seen"]


def test_a_member_is_seen_once_a_day(world: World) -> None:
    session = sign_in(world)
    news(world)
    for _ in range(3):
        is_signed_in(world, session)
    (fact,) = news(world)
    assert isinstance(fact, facts.MemberSeen)
    assert (fact.member_id, fact.touchpoint) == (session.member.member_id, None)
    assert [row["day"] for row in seen(world)] == ["2026-11-22"]
    world.later(hours=12)  # Midnight in Beijing.
    is_signed_in(world, session)
    assert ([row["day"] for row in seen(world)], len(news(world))) == (["2026-11-23"], 1)


def test_a_touch_of_somebody_seen_today_is_noted_once(world: World) -> None:
    is_signed_in(world, sign_in(world))
    world.later(hours=1)
    session, touched_at = sign_in(world, scene="store-42"), world.now
    news(world)
    world.later(hours=1)
    for _ in range(2):
        is_signed_in(world, session)
    (fact,) = news(world)
    assert isinstance(fact, facts.MemberSeen)
    assert fact.touchpoint == "store-42"
    presence = members.presence(session.member.member_id, now=world.now)
    assert presence is not None
    assert (presence.seen.touchpoint, presence.seen.touched_at) == ("store-42", touched_at)


def test_two_sessions_that_came_by_codes_are_two_touches_however_they_take_turns(
    world: World,
) -> None:
    phone = sign_in(world, scene="store-42")
    is_signed_in(world, phone)
    world.later(hours=1)
    tablet, touched_at = sign_in(world, scene="live-7"), world.now
    is_signed_in(world, tablet)
    news(world)
    before = world.rows("people")
    for session in (phone, tablet, phone):
        world.later(minutes=1)
        assert is_signed_in(world, session)
    assert (news(world), world.rows("people")) == ([], before)
    world.later(days=1)
    is_signed_in(world, phone)
    presence = members.presence(phone.member.member_id, now=world.now)
    assert presence is not None
    assert (presence.seen.touchpoint, presence.seen.touched_at) == ("live-7", touched_at)


def test_the_last_touch_stays_when_they_come_by_themselves(world: World) -> None:
    is_signed_in(world, sign_in(world, scene="store-42"))
    world.later(days=1)
    is_signed_in(world, sign_in(world))
    assert [row["touchpoint"] for row in seen(world)] == ["store-42"]


# Ending


def test_who_signs_out_is_out_and_their_other_sessions_go_on(world: World) -> None:
    phone, tablet = sign_in(world), sign_in(world)
    for _ in range(2):
        sessions.sign_out(phone.token, now=world.now)
    assert (is_signed_in(world, phone), is_signed_in(world, tablet)) == (False, True)


def test_a_renewed_token_ends_with_the_session_it_is_of(world: World) -> None:
    first = sign_in(world)
    world.later(days=2)
    found = sessions.recognise(first.token, world.now)
    assert found is not None
    assert found.fresh is not None
    sessions.sign_out(first.token, now=world.now)
    assert not is_signed_in(world, found.fresh)


def test_signing_out_with_what_is_no_token_does_nothing(world: World) -> None:
    sign_in(world)
    before = world.rows("people")
    sessions.sign_out("x", now=world.now)
    assert world.rows("people") == before


def test_who_signs_out_again_and_again_ends_all_their_sessions_at_last(world: World) -> None:
    stays = sign_in(world)
    for _ in range(rules.SIGNED_OUT_MAX):
        sessions.sign_out(sign_in(world).token, now=world.now)
    assert is_signed_in(world, stays)
    sessions.sign_out(sign_in(world).token, now=world.now)
    assert not is_signed_in(world, stays)


def test_all_sessions_of_a_member_can_be_ended(world: World) -> None:
    session, other = sign_in(world), sign_in(world, "wang")
    sessions.sign_out_everywhere(session.member.member_id)
    assert (is_signed_in(world, session), is_signed_in(world, other)) == (False, True)
    assert is_signed_in(world, sign_in(world))


def test_a_stolen_token_dies_with_the_version_number(world: World) -> None:
    stolen = sign_in(world)
    world.later(days=2)
    found = sessions.recognise(stolen.token, world.now)
    assert found is not None
    assert found.fresh is not None
    sessions.sign_out_everywhere(stolen.member.member_id)
    assert [is_signed_in(world, session) for session in (stolen, found.fresh)] == [False, False]


def test_a_colleague_may_end_all_sessions_and_says_why(world: World) -> None:
    session = sign_in(world)
    sessions.revoke(session.member.member_id, by="LiSi", why="手机丢失", now=world.now)
    assert not is_signed_in(world, session)
    (entry,) = audit.about(f"member#{session.member.member_id}")
    assert (entry.what, entry.by, entry.why) == ("sessions.revoke", "lisi", "手机丢失")


def test_nobody_else_may_end_them(world: World) -> None:
    session = sign_in(world)
    with pytest.raises(NotStaff):
        sessions.revoke(session.member.member_id, by="mallory", why="", now=world.now)
    assert is_signed_in(world, session)


def test_sessions_of_nobody_cannot_be_revoked(world: World) -> None:
    with pytest.raises(NotFound):
        sessions.revoke(NOBODY, by="lisi", why="", now=world.now)
    assert audit.about(f"member#{NOBODY}") == []


def put_into(world: World, session: Session, state: State) -> None:
    members.change(session.member.member_id, lambda m: msgspec.structs.replace(m, state=state))


def test_who_is_blocked_neither_comes_in_nor_stays(world: World) -> None:
    session = sign_in(world)
    put_into(world, session, State.BLOCKED)
    with pytest.raises(MemberBlocked):
        sessions.recognise(session.token, world.now)
    with pytest.raises(MemberBlocked):
        sign_in(world)


def test_who_is_leaving_can_still_come_in_to_change_their_mind(world: World) -> None:
    session = sign_in(world)
    put_into(world, session, State.LEAVING)
    assert is_signed_in(world, session)
    assert sign_in(world).member.state is State.LEAVING


def test_who_was_erased_is_not_signed_in(world: World) -> None:
    session = sign_in(world)
    put_into(world, session, State.ERASED)
    assert not is_signed_in(world, session)
