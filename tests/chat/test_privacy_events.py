"""The privacy events of WeChat: each is taken in once, and what was taken back goes."""

from __future__ import annotations

from typing import Any

import pytest
import xmltodict

from community import facts
from community.commons.audit import service as audit
from community.facts import Datum
from community.people.consents import service as consents
from community.people.identities import service as identities
from community.people.members import service as members
from community.people.members.rules import NeverHere, State
from community.people.merges import service as merges
from community.people.merges.rules import Reason
from tests.chat.conftest import WECHAT, Pushes
from tests.world import Person, World


def an_event(event: str, *, who: str, world: World, **also: Any) -> str:
    """A privacy event as WeChat says it: from the platform, about a person."""
    fields = {
        "ToUserName": "gh_1",
        "FromUserName": "oPlatformPushService",
        "CreateTime": str(int(world.now.timestamp())),
        "MsgType": "event",
        "Event": event,
        "OpenID": f"openid-of-{who}",
        "AppID": WECHAT.receiver_id,
        **also,
    }
    return xmltodict.unparse({"xml": fields}, full_document=False)


@pytest.fixture
def wang(world: World) -> Person:
    return world.joins("wang")


def told(world: World) -> list[facts.DataTakenBack]:
    """Work the inbox, and see what follows from it."""
    from chat import worker

    world.relay()
    world.take("facts")
    for body in world.take("inbox"):
        worker.work(body)
    world.relay()
    news = [facts.read(body) for body in world.take("facts")]
    return [fact for fact in news if isinstance(fact, facts.DataTakenBack)]


@pytest.mark.parametrize(
    ("codes", "data"),
    [
        ("8", (Datum.PHONE,)),
        ("6", (Datum.AVATAR, Datum.NAME)),
        ("19", (Datum.NAME,)),
        ("20", (Datum.AVATAR,)),
        ("1", (Datum.LICENCE,)),
        ("7", (Datum.AVATAR, Datum.LICENCE)),
        ("14", (Datum.AVATAR, Datum.LICENCE)),
        ("8,19", (Datum.NAME, Datum.PHONE)),
        ("8,99", (Datum.PHONE,)),
    ],
)
def test_what_was_taken_back_is_told_in_our_words(
    pushes: Pushes, world: World, wang: Person, codes: str, data: tuple[Datum, ...]
) -> None:
    pushes.wechat(an_event("user_authorization_revoke", who="wang", world=world, RevokeInfo=codes))
    assert [(fact.member_id, fact.data) for fact in told(world)] == [(wang.member_id, data)]


def test_a_profile_that_wechat_had_to_clean_is_cleaned_here_too(
    pushes: Pushes, world: World, wang: Person
) -> None:
    pushes.wechat(an_event("user_info_modified", who="wang", world=world))
    assert [fact.data for fact in told(world)] == [(Datum.NAME, Datum.AVATAR)]


@pytest.mark.parametrize("code", ["2", "5", "12", "13", "16", "99"])
def test_what_we_keep_nothing_of_is_noted_and_nothing_follows(
    pushes: Pushes, world: World, wang: Person, code: str
) -> None:
    pushes.wechat(an_event("user_authorization_revoke", who="wang", world=world, RevokeInfo=code))
    assert told(world) == []
    (noted,) = consents.exported(wang.member_id)["taken_back"]
    assert list(noted["codes"]) == [int(code)]


def test_an_event_that_is_pushed_three_times_is_one(
    pushes: Pushes, world: World, wang: Person
) -> None:
    event = an_event("user_authorization_revoke", who="wang", world=world, RevokeInfo="8")
    assert [pushes.wechat(event).text for _ in range(3)] == ["success"] * 3
    assert len(told(world)) == 1
    assert pushes.wechat(event).text == "success"
    assert told(world) == []


def test_who_closed_their_account_is_erased_at_once(
    pushes: Pushes, world: World, wang: Person
) -> None:
    event = an_event("user_authorization_cancellation", who="wang", world=world)
    for _ in range(3):
        pushes.wechat(event)
    world.settle()
    assert wang.member.state is State.ERASED
    assert identities.of_member(wang.member_id) == []
    assert [entry.what for entry in audit.about(f"member#{wang.member_id}")] == ["member.erased"]


@pytest.fixture
def two_accounts(world: World) -> tuple[Person, Person]:
    """Of one person: the first was here before the second."""
    first = world.joins("anna~a")
    world.later(days=1)
    second = world.joins("anna-too~b")
    merges.merge(
        first.member_id, second.member_id, reason=Reason.MOBILE, by="system", now=world.now
    )
    return first, second


@pytest.mark.parametrize("closed_is_first", [True, False])
@pytest.mark.parametrize("is_followed", [True, False])
def test_who_closed_one_of_two_accounts_goes_on_with_the_other(
    pushes: Pushes,
    world: World,
    two_accounts: tuple[Person, Person],
    closed_is_first: bool,
    is_followed: bool,
) -> None:
    if is_followed:
        world.settle()
    closed, stays = two_accounts if closed_is_first else reversed(two_accounts)
    before = stays.member
    name, _, union = closed.who.partition("~")
    event = an_event(
        "user_authorization_cancellation", who=name, world=world, UnionID=f"unionid-of-{union}"
    )
    for _ in range(3):
        pushes.wechat(event)
    world.settle()
    assert world.joins(stays.who).member_id == before.member_id
    assert stays.member == before
    assert members.openid_of(before.member_id) == stays.openid
    left = {each.value for each in identities.of_member(before.member_id)}
    assert left == {stays.openid, f"unionid-of-{stays.who.partition('~')[2]}"}
    noted = [entry.what for entry in audit.about(f"member#{before.member_id}")]
    assert noted.count("member.account_closed") == 1
    world.later(days=1)
    assert world.joins(closed.who).member.member_id != before.member_id


def test_who_closed_both_of_two_accounts_is_erased(
    pushes: Pushes, world: World, two_accounts: tuple[Person, Person]
) -> None:
    first, second = two_accounts
    for who in ("anna", "anna-too"):
        pushes.wechat(an_event("user_authorization_cancellation", who=who, world=world))
        world.settle()
    assert first.member.state is second.member.state is State.ERASED
    assert identities.of_member(first.member_id) == []


def test_a_merge_is_undone_as_ever_although_one_account_is_closed(
    pushes: Pushes, world: World, two_accounts: tuple[Person, Person]
) -> None:
    first, second = two_accounts
    world.settle()
    pushes.wechat(an_event("user_authorization_cancellation", who="anna", world=world))
    world.settle()
    merge_id = merges.merge_of(second.member_id)
    assert merge_id
    merges.unmerge(merge_id, by="lisi", now=world.now)
    world.settle()
    assert world.joins(second.who).member_id == second.member_id
    assert members.openid_of(second.member_id) == second.openid
    with pytest.raises(NeverHere):
        members.openid_of(first.member_id)


@pytest.mark.parametrize(
    "event",
    ["user_info_modified", "user_authorization_revoke", "user_authorization_cancellation"],
)
def test_of_somebody_whom_we_do_not_know_nothing_becomes_and_nothing_is_said(
    pushes: Pushes,
    world: World,
    wang: Person,
    event: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = wang.member
    pushes.wechat(an_event(event, who="nobody-we-know", world=world, RevokeInfo="8"))
    assert told(world) == []
    assert wang.member == before
    logged = capsys.readouterr().out
    assert "a privacy event about nobody we know" in logged
    assert "nobody-we-know" not in logged


def test_an_event_is_not_answered_in_the_chat(pushes: Pushes, world: World, wang: Person) -> None:
    pushes.wechat(an_event("user_info_modified", who="wang", world=world))
    world.settle()
    assert world.sent("/cgi-bin/message/custom/send") == []
