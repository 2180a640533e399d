"""Leaving: a week to change one's mind, then nothing leads to the person; a race has one winner."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.errors import Unavailable
from chalicelib.lists import PageQuery
from community import facts
from community.commons.agenda import service as agenda
from community.commons.audit import service as audit
from community.commons.notifications import service as notifications
from community.commons.subscriptions import service as subscriptions
from community.commons.subscriptions.rules import Template
from community.people.identities import service as identities
from community.people.identities.rules import Identity, Kind
from community.people.leaving import service as leaving
from community.people.leaving.rules import GoneAlready, StaysAfterAll
from community.people.members import records as member_records
from community.people.members import rules as member_rules
from community.people.members import service as members
from community.people.members.rules import Member, MemberBlocked, NeverHere, State
from community.people.phones import service as phones
from community.people.sessions import service as sessions
from tests.world import Person, World

WEEK = timedelta(days=7)
SUBSCRIBE = "/cgi-bin/message/subscribe/send"


@pytest.fixture
def li(world: World) -> Person:
    person = world.joins("li~u")
    world.later(seconds=1)
    return person


def pass_time(world: World, **by: float) -> None:
    """Time passes, and what is due happens."""
    world.later(**by)
    agenda.let_happen(now=world.now)
    world.settle()


def due(world: World, li: Person) -> facts.LeavingDue:
    return facts.LeavingDue(fact_id="due", at=world.now, member_id=li.member_id)


def with_a_badge(member: Member) -> Member:
    return msgspec.structs.replace(member, badges=("owner",))


def deeds(li: Person) -> list[str]:
    return [entry.what for entry in audit.about(f"member#{li.member_id}")]


# Asking


def test_who_asks_has_a_week(world: World, li: Person) -> None:
    assert leaving.ask(li.member, now=world.now) == world.now + WEEK
    assert (li.member.state, li.member.erases_at) == (State.LEAVING, world.now + WEEK)
    assert sessions.recognise(li.token, world.now) is not None


def test_who_asks_again_is_not_put_off(world: World, li: Person) -> None:
    first = leaving.ask(li.member, now=world.now)
    world.later(days=3)
    assert leaving.ask(li.member, now=world.now) == first
    assert deeds(li) == ["member.asked_to_leave"]


def test_the_member_is_told_until_when_they_can_change_their_mind(world: World, li: Person) -> None:
    subscriptions.grant(li.member_id, Template.LEAVING_ASKED, 1, request_id="r", now=world.now)
    leaving.ask(li.member, now=world.now)
    world.settle()
    page, unread, _ = notifications.page(li.member_id, PageQuery())
    assert ([n.title for n in page.items], unread) == (["账号注销申请已收到"], 1)
    assert "2026-11-29 12:00" in page.items[0].text
    (sent,) = world.sent(SUBSCRIBE)
    assert (sent["touser"], sent["template_id"]) == (li.openid, "template-3")
    assert {name: field["value"] for name, field in sent["data"].items()} == {
        "thing1": "会员账号注销",
        "time2": "2026-11-29 12:00",
        "thing3": "到期前可在小程序内撤销",
    }


def test_who_changed_their_mind_meanwhile_is_told_nothing(world: World, li: Person) -> None:
    leaving.ask(li.member, now=world.now)
    leaving.stay(li.member, now=world.now)
    world.settle()
    assert notifications.page(li.member_id, PageQuery())[0].items == []


# Staying


def test_who_changes_their_mind_stays_as_they_were(world: World, li: Person) -> None:
    before = li.member
    leaving.ask(before, now=world.now)
    world.later(days=6)
    assert leaving.stay(li.member, now=world.now) == before
    pass_time(world, days=2)
    assert li.member == before
    assert deeds(li) == ["member.stays", "member.asked_to_leave"]


def test_who_does_not_want_to_leave_may_say_so(world: World, li: Person) -> None:
    before = world.rows("people"), world.rows("platform")
    assert leaving.stay(li.member, now=world.now) == li.member
    assert (world.rows("people"), world.rows("platform")) == before


def test_who_leaves_anew_has_another_week(world: World, li: Person) -> None:
    leaving.ask(li.member, now=world.now)
    first = facts.LeavingDue(fact_id="d", at=world.now + WEEK, member_id=li.member_id)
    leaving.stay(li.member, now=world.now)
    world.later(days=3)
    leaving.ask(li.member, now=world.now)
    leaving.erase_due(first)
    pass_time(world, days=6, hours=23)
    assert li.member.state is State.LEAVING
    pass_time(world, hours=1)
    assert li.member.state is State.ERASED


# Being erased


def test_after_a_week_nothing_leads_to_the_person(world: World, li: Person) -> None:
    leaving.ask(li.member, now=world.now)
    pass_time(world, days=6, hours=23)
    assert li.member.state is State.LEAVING
    pass_time(world, hours=1)
    assert li.member == member_rules.erased(
        member_rules.Member(member_id=li.member_id, nickname="", joined_at=li.member.joined_at)
    )
    assert identities.of_member(li.member_id) == []
    assert identities.owner_of(Kind.OPENID, "openid-of-li") is None
    with pytest.raises(NeverHere):
        members.openid_of(li.member_id)


def test_no_session_of_who_is_erased_goes_on(world: World, li: Person) -> None:
    leaving.ask(li.member, now=world.now)
    world.later(days=6)
    fresh = world.joins("li~u")
    pass_time(world, days=1)
    assert [sessions.recognise(p.token, world.now) for p in (li, fresh)] == [None, None]


def test_who_comes_again_is_somebody_new(world: World, li: Person) -> None:
    leaving.ask(li.member, now=world.now)
    pass_time(world, days=7)
    again = world.joins("li~u")
    assert again.member_id != li.member_id
    assert (again.member.state, again.member.badges) == (State.ACTIVE, ())
    assert identities.owner_of(Kind.UNIONID, "unionid-of-u") == again.member_id


def test_being_erased_is_one_fact_however_often_it_is_due(world: World, li: Person) -> None:
    leaving.ask(li.member, now=world.now)
    world.later(days=7)
    for _ in range(3):
        leaving.erase_due(due(world, li))
    world.relay()
    told = [facts.read(body) for body in world.take("facts")]
    erased = [fact for fact in told if isinstance(fact, facts.MemberErased)]
    assert erased == [
        facts.MemberErased(fact_id=f"{li.member_id}.erased", at=world.now, member_id=li.member_id)
    ]
    assert deeds(li) == ["member.erased", "member.asked_to_leave"]


def test_who_is_erased_changes_no_more(world: World, li: Person) -> None:
    leaving.ask(li.member, now=world.now)
    pass_time(world, days=7)
    gone = li.member
    assert members.change(li.member_id, with_a_badge) == gone
    assert li.member == gone
    for late in (leaving.ask, leaving.stay):
        with pytest.raises(GoneAlready):
            late(gone, now=world.now)


# A change of mind at the very last moment


def meanwhile(monkeypatch: pytest.MonkeyPatch, name: str, deed: Callable[[], object]) -> None:
    """Between what `records.<name>` reads and the transaction it joins, `deed` happens."""
    original = getattr(member_records, name)

    def joined(*told: Any, **also: Any) -> Any:
        made = original(*told, **also)
        monkeypatch.setattr(member_records, name, original)
        deed()
        return made

    monkeypatch.setattr(member_records, name, joined)


def test_who_stays_while_they_are_being_erased_stays(
    world: World, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving.ask(li.member, now=world.now)
    world.later(days=7)
    meanwhile(monkeypatch, "erase_in", lambda: leaving.stay(li.member, now=world.now))
    with pytest.raises(Unavailable):
        leaving.erase_due(due(world, li))
    leaving.erase_due(due(world, li))
    assert li.member.state is State.ACTIVE
    assert members.openid_of(li.member_id) == li.openid


def test_who_is_erased_while_they_say_that_they_stay_is_gone(
    world: World, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving.ask(li.member, now=world.now)
    world.later(days=7)
    meanwhile(monkeypatch, "change_in", lambda: leaving.erase_due(due(world, li)))
    with pytest.raises(Unavailable):
        leaving.stay(li.member, now=world.now)
    with pytest.raises(GoneAlready):
        leaving.stay(li.member, now=world.now)
    assert li.member.state is State.ERASED


def test_who_stays_before_the_transaction_is_made_stays(
    world: World, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving.ask(li.member, now=world.now)
    world.later(days=7)
    known_by = identities.of_member

    def stay_first(member_id: str) -> Any:
        leaving.stay(li.member, now=world.now)
        return known_by(member_id)

    monkeypatch.setattr(identities, "of_member", stay_first)
    with pytest.raises(StaysAfterAll):
        leaving.erase_due(due(world, li))
    assert li.member.state is State.ACTIVE


def test_who_is_known_by_something_new_at_that_moment_is_erased_all_the_same(
    world: World, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.tables import one_transaction

    mobile = Identity(Kind.MOBILE, "13812345678")

    def bind() -> None:
        with one_transaction() as write:
            identities.claim(write, mobile, member_id=li.member_id)
            members.change_in(write, li.member_id, with_a_badge)

    leaving.ask(li.member, now=world.now)
    world.later(days=7)
    meanwhile(monkeypatch, "erase_in", bind)
    with pytest.raises(Unavailable):
        leaving.erase_due(due(world, li))
    leaving.erase_due(due(world, li))
    assert identities.of_member(li.member_id) == []
    assert li.member.state is State.ERASED


# At once


def test_who_closed_their_wechat_account_is_erased_at_once(world: World, li: Person) -> None:
    leaving.erase_closed(li.member, now=world.now)
    assert li.member.state is State.ERASED
    assert identities.of_member(li.member_id) == []
    (entry,) = audit.about(f"member#{li.member_id}")
    assert (entry.by, entry.why) == ("system", "the WeChat account was closed")


def test_who_was_leaving_anyway_is_not_erased_twice(world: World, li: Person) -> None:
    leaving.ask(li.member, now=world.now)
    leaving.erase_closed(li.member, now=world.now)
    pass_time(world, days=7)
    assert deeds(li) == ["member.erased", "member.asked_to_leave"]


def test_a_minor_is_erased_at_once_and_cannot_come_in_again(world: World, li: Person) -> None:
    leaving.block_minor(li.member_id, now=world.now)
    assert (li.member.state, li.member.nickname) == (State.BLOCKED, "已注销用户")
    assert identities.of_member(li.member_id) == []
    with pytest.raises(NeverHere):
        members.openid_of(li.member_id)
    with pytest.raises(MemberBlocked):
        world.joins("li~u")
    assert sessions.recognise(li.token, world.now) is None
    assert len([row for row in world.rows("people") if row["sk"] == "member"]) == 1


def test_of_a_minor_all_who_keep_something_hear(world: World, li: Person) -> None:
    world.relay()
    world.take("facts")
    leaving.block_minor(li.member_id, now=world.now)
    world.relay()
    (fact,) = [facts.read(body) for body in world.take("facts")]
    assert isinstance(fact, facts.MemberErased)


def test_a_minor_cannot_come_in_with_a_second_account_of_theirs_either(
    world: World, li: Person
) -> None:
    second = world.joins("li-too")
    for number, who in enumerate((li, second)):
        phones.bind(who.member, f"phone-of-13812345678~{number}", now=world.now)
        world.settle()
        world.later(seconds=1)
    assert second.member.member_id == li.member_id
    leaving.block_minor(li.member_id, now=world.now)
    pass_time(world, minutes=3)
    for name in ("li~u", "li-too"):
        with pytest.raises(MemberBlocked):
            world.joins(name)


def test_a_blocked_minor_who_tries_to_come_in_leaves_nothing_new(world: World, li: Person) -> None:
    leaving.block_minor(li.member_id, now=world.now)
    pass_time(world, minutes=3)
    with pytest.raises(MemberBlocked):
        world.joins("li~u")
    assert identities.owner_of(Kind.UNIONID, "unionid-of-u") is None


def test_who_comes_while_they_are_being_let_go_is_asked_to_come_again(
    world: World, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving.erase_closed(li.member, now=world.now)
    with monkeypatch.context() as behind:
        behind.setattr(members, "with_openid", lambda openid: li.member)  # The index is behind.
        with pytest.raises(Unavailable):
            world.joins("li~u")
    assert world.joins("li~u").member_id != li.member_id
