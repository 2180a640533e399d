"""Consents: recorded with the first row of a member, withdrawn, given anew; what WeChat says was taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.errors import Unavailable
from community import facts
from community.facts import Datum, MembersMerged, MembersUnmerged
from community.people.consents import records
from community.people.consents import service as consents
from community.people.consents.rules import NoSuchNotice, NoticeOutdated, Way
from community.people.identities.rules import Identity, Kind
from community.people.members import records as member_records
from community.people.members import rules as member_rules
from community.people.members import service as members
from community.people.members.rules import Member, Notice, State, Touch
from community.people.merges import service as merges
from community.people.merges.rules import Reason
from community.people.sessions import service as sessions
from tests.world import Person, World

VERSION = member_rules.NOTICES[-1].version


@pytest.fixture
def li(world: World) -> Person:
    person = world.joins("li")
    world.later(seconds=1)
    return person


def news(world: World, *types: type[facts.Fact]) -> list[facts.AnyFact]:
    world.relay()
    told = [facts.read(body) for body in world.take("facts")]
    return [fact for fact in told if isinstance(fact, types)]


def member_rows(world: World) -> list[dict[str, Any]]:
    return [row for row in world.rows("people") if row["pk"].startswith("member#")]


def with_a_badge(member: Member) -> Member:
    return msgspec.structs.replace(member, badges=("owner",))


def answer(world: World, who: Person, *, agreed: bool, version: str = VERSION) -> Any:
    return consents.answer(who.member, version, agreed=agreed, now=world.now)


# Joining


def test_who_joins_has_agreed_to_the_notice_at_that_moment(world: World) -> None:
    li = world.joins("li")
    consent = consents.latest(li.member)
    assert consent
    assert (consent.version, consent.agreed, consent.way) == (VERSION, True, Way.JOINING)
    assert (consent.at, li.member.consent) == (world.now, VERSION)


def test_a_member_and_their_consent_are_there_together_or_not_at_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise Unavailable

    with monkeypatch.context() as broken:
        broken.setattr(consents, "note_joining", refuse)
        with pytest.raises(Unavailable):
            world.joins("li")
    assert member_rows(world) == []


def test_joining_tells_that_consent_was_given(world: World) -> None:
    li = world.joins("li")
    (fact,) = news(world, facts.ConsentGiven)
    assert fact == facts.ConsentGiven(
        fact_id=f"{li.member_id}.consent.20261122T040000.000000",
        at=world.now,
        member_id=li.member_id,
        version=VERSION,
    )


def test_coming_again_adds_nothing(world: World, li: Person) -> None:
    world.joins("li")
    assert len(consents.exported(li.member_id)["consents"]) == 1


@pytest.mark.parametrize("version", ["2020-01", ""])
def test_who_was_shown_another_notice_does_not_come_in_and_keeps_their_code(
    world: World, version: str
) -> None:
    with pytest.raises(NoSuchNotice):
        sessions.sign_in(
            "code-of-li", scene=None, consent_version=version, request_id="r", now=world.now
        )
    assert (world.platform.asked, member_rows(world)) == ([], [])


def test_who_was_known_from_elsewhere_agrees_when_they_come(world: World) -> None:
    contact = member_rules.new_member(
        request_id="r", touch=Touch("store-1", world.now), state=State.DORMANT
    )
    members.add(contact, known_by=[Identity(Kind.UNIONID, "unionid-of-u")])
    assert not member_rules.has_consented(members.get(contact.member_id))
    world.later(days=1)
    li = world.joins("li~u")
    assert li.member_id == contact.member_id
    consent = consents.latest(li.member)
    assert consent
    assert (consent.way, consent.at) == (Way.JOINING, world.now)
    assert member_rules.has_consented(li.member)


# Answers


def test_consent_can_be_withdrawn_and_given_anew(world: World, li: Person) -> None:
    withdrawn = answer(world, li, agreed=False)
    assert (withdrawn.agreed, withdrawn.at, li.member.consent) == (False, world.now, None)
    world.later(days=1)
    given = answer(world, li, agreed=True)
    assert (given.agreed, given.way, li.member.consent) == (True, Way.ASKED, VERSION)
    history = consents.exported(li.member_id)["consents"]
    assert [told["agreed"] for told in history] == [True, False, True]


def test_each_answer_is_a_fact(world: World, li: Person) -> None:
    news(world)
    answer(world, li, agreed=False)
    world.later(days=1)
    answer(world, li, agreed=True)
    told = news(world, facts.ConsentWithdrawn, facts.ConsentGiven)
    assert {type(fact) for fact in told} == {facts.ConsentWithdrawn, facts.ConsentGiven}


@pytest.mark.parametrize("agreed", [True, False])
def test_saying_the_same_again_changes_nothing(world: World, li: Person, agreed: bool) -> None:
    first = answer(world, li, agreed=agreed)
    before = world.rows("people")
    world.later(days=1)
    assert answer(world, li, agreed=agreed) == first
    assert world.rows("people") == before


@pytest.mark.parametrize("agreed", [True, False])
def test_there_is_no_answer_to_what_never_was_a_notice(
    world: World, li: Person, agreed: bool
) -> None:
    before = world.rows("people")
    with pytest.raises(NoSuchNotice):
        answer(world, li, agreed=agreed, version="2020-01")
    assert world.rows("people") == before


def test_when_the_notice_changes_members_agree_anew(
    world: World, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = Notice("2027-03", date(2027, 3, 1))
    monkeypatch.setattr(member_rules, "NOTICES", (*member_rules.NOTICES, newer))
    assert not member_rules.has_consented(li.member)
    with pytest.raises(NoticeOutdated):
        answer(world, li, agreed=True, version=VERSION)
    answer(world, li, agreed=True, version=newer.version)
    assert member_rules.has_consented(li.member)


def test_an_answer_that_is_overtaken_by_another_change_comes_again(
    world: World, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_in = member_records.change_in

    def overtaken(*told: Any, **also: Any) -> Any:
        made = change_in(*told, **also)
        members.change(li.member_id, with_a_badge)
        return made

    with monkeypatch.context() as busy:
        busy.setattr(member_records, "change_in", overtaken)
        with pytest.raises(Unavailable):
            answer(world, li, agreed=False)
    assert member_rules.has_consented(li.member)
    answer(world, li, agreed=False)
    assert (li.member.consent, li.member.badges) == (None, ("owner",))


# Taken back in WeChat


def take_back(world: World, who: Person, *codes: int, data: tuple[Datum, ...]) -> None:
    consents.take_back(
        who.member_id,
        news="user_authorization_revoke",
        codes=frozenset(codes),
        data=data,
        at=world.now,
    )


def test_what_was_taken_back_is_kept_and_told_once(world: World, li: Person) -> None:
    news(world)
    for _ in range(3):
        take_back(world, li, 8, data=(Datum.PHONE,))
    (fact,) = news(world, facts.DataTakenBack)
    assert isinstance(fact, facts.DataTakenBack)
    assert (fact.member_id, fact.data) == (li.member_id, (Datum.PHONE,))
    (kept,) = consents.exported(li.member_id)["taken_back"]
    assert (kept["news"], list(kept["codes"])) == ("user_authorization_revoke", [8])


def test_two_things_taken_back_in_the_same_second_are_two(world: World, li: Person) -> None:
    news(world)
    take_back(world, li, 8, data=(Datum.PHONE,))
    take_back(world, li, 6, data=(Datum.NAME, Datum.AVATAR))
    assert len(news(world, facts.DataTakenBack)) == 2


def test_what_we_keep_nothing_of_is_noted_only(world: World, li: Person) -> None:
    news(world)
    take_back(world, li, 12, 99, data=())
    assert news(world, facts.DataTakenBack) == []
    (kept,) = consents.exported(li.member_id)["taken_back"]
    assert list(kept["codes"]) == [12, 99]


# Two who are one person


def test_the_histories_of_two_become_one_and_two_again(world: World, li: Person) -> None:
    wang = world.joins("wang")
    world.later(days=1)
    answer(world, wang, agreed=False)
    take_back(world, wang, 8, data=(Datum.PHONE,))
    both = {"merge_id": "m", "kept_id": li.member_id, "gone_id": wang.member_id}
    before = [consents.exported(who.member_id) for who in (li, wang)]
    merged = MembersMerged(fact_id="m", at=world.now, **both)
    for _ in range(2):
        consents.follow_merge(merged)
    told = consents.exported(li.member_id)
    assert (len(told["consents"]), len(told["taken_back"])) == (3, 1)
    assert consents.exported(wang.member_id) == {"consents": [], "taken_back": []}
    unmerged = MembersUnmerged(fact_id="u", at=world.now + timedelta(days=1), **both)
    for _ in range(2):
        consents.follow_unmerge(unmerged)
    assert [consents.exported(who.member_id) for who in (li, wang)] == before


def merge(world: World, one: Person, other: Person) -> None:
    merges.merge(one.member_id, other.member_id, reason=Reason.MOBILE, by="system", now=world.now)


def consent_of(member_id: str) -> str | None:
    """As the member's own row says, merged or not."""
    member = members.alone(member_id)
    assert member
    return member.consent


def test_who_was_merged_a_moment_ago_answers_as_who_remains(world: World, li: Person) -> None:
    wang = world.joins("wang")
    as_they_were = wang.member
    merge(world, li, wang)
    world.later(seconds=1)
    consents.answer(as_they_were, VERSION, agreed=False, now=world.now)
    assert consent_of(li.member_id) is None
    last = consents.latest(li.member)
    assert last
    assert (last.agreed, last.at) == (False, world.now)
    (fact,) = news(world, facts.ConsentWithdrawn)
    assert isinstance(fact, facts.ConsentWithdrawn)
    assert fact.member_id == li.member_id


def test_who_is_merged_while_they_answer_answers_again(
    world: World, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    wang = world.joins("wang")
    as_they_were, latest = wang.member, records.latest

    def latest_while_they_are_merged(member_id: str) -> Any:
        monkeypatch.setattr(records, "latest", latest)
        merge(world, li, wang)
        return latest(member_id)

    monkeypatch.setattr(records, "latest", latest_while_they_are_merged)
    world.later(seconds=1)
    with pytest.raises(Unavailable):
        consents.answer(as_they_were, VERSION, agreed=False, now=world.now)
    assert (consent_of(wang.member_id), consent_of(li.member_id)) == (VERSION, VERSION)
    assert news(world, facts.ConsentWithdrawn) == []
    consents.answer(as_they_were, VERSION, agreed=False, now=world.now)
    assert consent_of(li.member_id) is None


def test_the_answers_outlive_the_member_because_they_prove_that_we_were_allowed(
    world: World, li: Person
) -> None:
    before = consents.exported(li.member_id)
    consents.erase(facts.MemberErased(fact_id="e", at=world.now, member_id=li.member_id))
    assert consents.exported(li.member_id) == before
    assert "li" not in str(before)
