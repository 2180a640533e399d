"""Merges: one transaction, whatever happens at the same moment; and back again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from chalicelib import tables
from chalicelib.errors import NotFound, Unavailable
from community import consequences, facts
from community.commons.audit import service as audit
from community.commons.audit.rules import SYSTEM
from community.commons.staff.rules import NotStaff
from community.people.identities import service as identities
from community.people.identities.rules import Identity, Kind
from community.people.members import service as members
from community.people.members.rules import Member, NeverHere, State, Touch, new_member
from community.people.merges import service as merges
from community.people.merges.rules import (
    MergedOn,
    MergeTooOld,
    MergeUndone,
    NoSuchMerge,
    NotToBeMerged,
    Reason,
)
from community.people.sessions import service as sessions
from tests.world import Person, World


@pytest.fixture
def li(world: World) -> Person:
    """The older one."""
    return world.joins("li")


@pytest.fixture
def wang(world: World, li: Person) -> Person:
    world.later(days=1)
    return world.joins("wang")


def merge(world: World, one: str, other: str, reason: Reason = Reason.MOBILE) -> str:
    return merges.merge(one, other, reason=reason, by=SYSTEM, now=world.now)


def merge_id_of(gone: Person) -> str:
    merge_id = merges.merge_of(gone.member_id)
    assert merge_id
    return merge_id


def unmerge(world: World, gone: Person) -> None:
    merges.unmerge(merge_id_of(gone), by="lisi", now=world.now)


def put_into(who: Person | Member, state: State) -> None:
    members.change(who.member_id, lambda m: msgspec.structs.replace(m, state=state))


def somebody_dormant(world: World) -> Member:
    touch = Touch("archive", world.now)
    asleep = new_member(request_id=world.new_request_id(), touch=touch, state=State.DORMANT)
    members.add(asleep, known_by=[Identity(Kind.MOBILE, "13812345678")])
    return asleep


def news(world: World) -> list[facts.AnyFact]:
    world.relay()
    return [facts.read(body) for body in world.take("facts")]


def is_signed_in(world: World, who: Person) -> bool:
    return sessions.recognise(who.token, world.now) is not None


def test_the_older_one_remains_whoever_is_named_first(
    world: World, li: Person, wang: Person
) -> None:
    assert merge(world, wang.member_id, li.member_id) == li.member_id
    assert wang.member.member_id == li.member_id
    assert members.openid_of(wang.member_id) == "openid-of-li"


def test_both_ways_to_sign_in_lead_to_who_remains(world: World, li: Person, wang: Person) -> None:
    merge(world, li.member_id, wang.member_id)
    assert world.joins("wang").member_id == world.joins("li").member_id == li.member_id


def test_a_merge_is_a_fact_and_told_once(world: World, li: Person, wang: Person) -> None:
    news(world)
    for _ in range(2):
        merge(world, li.member_id, wang.member_id)
    (fact,) = news(world)
    assert fact == facts.MembersMerged(
        fact_id=f"{merge_id_of(wang)}.merged",
        at=world.now,
        merge_id=merge_id_of(wang),
        kept_id=li.member_id,
        gone_id=wang.member_id,
    )


def test_a_merge_is_written_down_without_anything_personal(
    world: World, li: Person, wang: Person
) -> None:
    merge(world, li.member_id, wang.member_id)
    (entry,) = audit.about(f"member#{li.member_id}")
    assert (entry.what, entry.by, entry.why) == ("members.merge", SYSTEM, "mobile")
    assert set(entry.before) == {li.member_id, wang.member_id}
    rows = [row for row in world.rows("people") if row["sk"] == "merge"]
    assert len(rows) == 1
    assert li.member.nickname not in str(rows) + str(entry)


def test_running_twice_changes_nothing(world: World, li: Person, wang: Person) -> None:
    merge(world, li.member_id, wang.member_id)
    before = world.rows("people")
    world.later(days=1)
    assert merge(world, wang.member_id, li.member_id) == li.member_id
    assert world.rows("people") == before


def test_a_chain_leads_to_who_remains(world: World, li: Person, wang: Person) -> None:
    world.later(days=1)
    zhao = world.joins("zhao")
    merge(world, wang.member_id, zhao.member_id)
    merge(world, zhao.member_id, li.member_id)
    assert zhao.member.member_id == wang.member.member_id == li.member_id
    assert is_signed_in(world, zhao)


def test_nobody_is_merged_with_who_is_not_there(world: World, li: Person) -> None:
    with pytest.raises(NotFound):
        merge(world, li.member_id, "01J0000000000000000000MBR1")


@pytest.mark.parametrize("state", [State.LEAVING, State.ERASED])
def test_who_asked_to_be_erased_is_not_carried_on(
    world: World, li: Person, wang: Person, state: State
) -> None:
    put_into(wang, state)
    before = world.rows("people")
    with pytest.raises(NotToBeMerged):
        merge(world, li.member_id, wang.member_id)
    assert world.rows("people") == before


def test_who_is_blocked_as_one_of_two_stays_blocked(world: World, li: Person, wang: Person) -> None:
    put_into(wang, State.BLOCKED)
    merge(world, li.member_id, wang.member_id)
    assert li.member.state is State.BLOCKED


@pytest.mark.parametrize("first", ["archive", "member"])
def test_somebody_from_an_archive_wakes_when_they_turn_out_to_be_here(
    world: World, first: str
) -> None:
    if first == "archive":
        asleep = somebody_dormant(world)
        world.later(days=1)
    li = world.joins("li")
    if first == "member":
        world.later(days=1)
        asleep = somebody_dormant(world)
    news(world)
    kept_id = merge(world, li.member_id, asleep.member_id)
    member = members.get(kept_id)
    assert (member.state, members.openid_of(kept_id)) == (State.ACTIVE, "openid-of-li")
    assert [f.member_id for f in news(world) if isinstance(f, facts.MemberWoken)] == [kept_id]


def test_both_change_or_none(
    world: World, li: Person, wang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = world.rows("people")
    monkeypatch.setattr(merges.audit, "note_in", _break_off)
    with pytest.raises(MemoryError):
        merge(world, li.member_id, wang.member_id)
    assert world.rows("people") == before


def _break_off(*_: Any) -> None:
    raise MemoryError


@pytest.fixture
def before_the_write() -> Iterator[Callable[[Callable[[], Any]], None]]:
    """Let something happen at the last moment before the next transaction."""
    events = tables.connection().client.meta.events
    waiting: list[Callable[[], Any]] = []

    def happen(**_: Any) -> None:
        if waiting:
            waiting.pop()()

    name = "before-call.dynamodb.TransactWriteItems"
    events.register(name, happen)
    yield waiting.append
    events.unregister(name, happen)


Before = Callable[[Callable[[], Any]], None]


def test_merges_in_opposite_directions_at_once_end_the_same(
    world: World, li: Person, wang: Person, before_the_write: Before
) -> None:
    before_the_write(lambda: merge(world, wang.member_id, li.member_id))
    assert merge(world, li.member_id, wang.member_id) == li.member_id
    assert len([row for row in world.rows("people") if row["sk"] == "merge"]) == 1


def test_what_changes_at_the_last_moment_is_merged_too(
    world: World, li: Person, wang: Person, before_the_write: Before
) -> None:
    def a_phone(member: Member) -> Member:
        return msgspec.structs.replace(member, phone="138******78")

    before_the_write(lambda: members.change(wang.member_id, a_phone))
    merge(world, li.member_id, wang.member_id)
    assert li.member.phone == "138******78"


def test_a_member_who_changes_again_and_again_is_merged_later(
    world: World, li: Person, wang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = members.get
    count = iter(range(100))

    def another_each_time(member_id: str) -> Member:
        return msgspec.structs.replace(get(member_id), nickname=f"老李 {next(count)}")

    monkeypatch.setattr(merges.members, "get", another_each_time)
    with pytest.raises(Unavailable):
        merge(world, li.member_id, wang.member_id)


# Sessions


def test_a_merge_ends_no_session(world: World, li: Person, wang: Person) -> None:
    merge(world, li.member_id, wang.member_id)
    for who in (li, wang):
        found = sessions.recognise(who.token, world.now)
        assert found
        assert found.member.member_id == li.member_id


def test_a_session_of_who_is_gone_ends_with_all_of_who_remains(
    world: World, li: Person, wang: Person
) -> None:
    merge(world, li.member_id, wang.member_id)
    sessions.sign_out_everywhere(wang.member_id)
    assert not is_signed_in(world, wang)
    assert not is_signed_in(world, li)


def test_a_session_that_was_signed_out_before_a_merge_stays_so(
    world: World, li: Person, wang: Person
) -> None:
    sessions.sign_out(wang.token, now=world.now)
    merge(world, li.member_id, wang.member_id)
    assert not is_signed_in(world, wang)


def test_a_session_that_ended_in_the_middle_of_a_chain_stays_so(
    world: World, li: Person, wang: Person
) -> None:
    world.later(days=1)
    zhao = world.joins("zhao")
    merge(world, wang.member_id, zhao.member_id)
    sessions.sign_out_everywhere(wang.member_id)
    merge(world, li.member_id, wang.member_id)
    assert not is_signed_in(world, zhao)
    assert is_signed_in(world, li)


def test_who_is_gone_can_sign_out(world: World, li: Person, wang: Person) -> None:
    merge(world, li.member_id, wang.member_id)
    sessions.sign_out(wang.token, now=world.now)
    assert (is_signed_in(world, wang), is_signed_in(world, li)) == (False, True)


def test_a_renewed_session_of_who_is_gone_is_one_of_who_remains(
    world: World, li: Person, wang: Person
) -> None:
    merge(world, li.member_id, wang.member_id)
    world.later(days=2)
    found = sessions.recognise(wang.token, world.now)
    assert found
    assert found.fresh
    again = sessions.recognise(found.fresh.token, world.now)
    assert again
    assert again.member.member_id == li.member_id


def test_a_unionid_that_somebody_else_has_tells_that_both_are_one(world: World) -> None:
    li = world.joins("li")
    world.later(days=1)
    wang = world.joins("wang~u")
    assert wang.member_id != li.member_id
    world.later(days=1)
    assert world.joins("li~u").member_id == li.member_id
    assert wang.member.member_id == li.member_id
    assert li.member.has_unionid
    assert merges.exported(li.member_id)[0]["reason"] == "unionid"
    assert world.joins("wang~u").member_id == li.member_id


def test_who_is_leaving_is_not_merged_by_a_unionid_and_can_still_come_in(world: World) -> None:
    li = world.joins("li")
    wang = world.joins("wang~u")
    put_into(wang, State.LEAVING)
    assert world.joins("li~u").member_id == li.member_id
    assert wang.member.member_id == wang.member_id


# Parting


def test_a_colleague_may_undo_a_merge(world: World, li: Person, wang: Person) -> None:
    before = (li.member, wang.member)
    merge(world, li.member_id, wang.member_id)
    news(world)
    merge_id = merge_id_of(wang)
    world.later(days=30)
    unmerge(world, wang)
    after = (li.member, wang.member)
    assert after == tuple(msgspec.structs.replace(m, session_version=2) for m in before)
    assert [members.openid_of(who.member_id) for who in (li, wang)] == [li.openid, wang.openid]
    (fact,) = news(world)
    assert isinstance(fact, facts.MembersUnmerged)
    assert (fact.merge_id, fact.gone_id) == (merge_id, wang.member_id)
    newest = audit.about(f"member#{li.member_id}")[0]
    assert (newest.what, newest.by) == ("members.unmerge", "lisi")
    assert newest.after["merge_id"] == merge_id


def test_all_sessions_of_both_end_with_it(world: World, li: Person, wang: Person) -> None:
    merge(world, li.member_id, wang.member_id)
    as_both = world.joins("wang")
    unmerge(world, wang)
    assert [is_signed_in(world, who) for who in (li, wang, as_both)] == [False, False, False]
    assert world.joins("wang").member_id == wang.member_id


def test_who_was_dormant_is_so_again(world: World) -> None:
    asleep = somebody_dormant(world)
    world.later(days=1)
    li = world.joins("li")
    merge(world, li.member_id, asleep.member_id)
    assert world.joins("li").member_id == asleep.member_id
    unmerge(world, li)
    assert members.get(asleep.member_id).state is State.DORMANT
    with pytest.raises(NeverHere):
        members.openid_of(asleep.member_id)
    assert world.joins("li").member_id == li.member_id


def test_nobody_else_may_undo_it(world: World, li: Person, wang: Person) -> None:
    merge(world, li.member_id, wang.member_id)
    with pytest.raises(NotStaff):
        merges.unmerge(merge_id_of(wang), by="mallory", now=world.now)


def test_it_can_be_undone_for_thirty_days(world: World, li: Person, wang: Person) -> None:
    merge(world, li.member_id, wang.member_id)
    world.later(days=30, seconds=1)
    with pytest.raises(MergeTooOld):
        unmerge(world, wang)


def test_it_can_be_undone_once(world: World, li: Person, wang: Person) -> None:
    merge(world, li.member_id, wang.member_id)
    merge_id = merge_id_of(wang)
    unmerge(world, wang)
    with pytest.raises(MergeUndone):
        merges.unmerge(merge_id, by="lisi", now=world.now)


def test_what_was_never_merged_cannot_be_parted(world: World) -> None:
    with pytest.raises(NoSuchMerge):
        merges.unmerge("01J0000000000000000000MBR1", by="lisi", now=world.now)


def test_who_was_merged_on_parts_from_that_first(world: World, li: Person, wang: Person) -> None:
    world.later(days=1)
    zhao = world.joins("zhao")
    merge(world, wang.member_id, zhao.member_id)
    merge(world, li.member_id, wang.member_id)
    with pytest.raises(MergedOn):
        unmerge(world, zhao)
    unmerge(world, wang)
    unmerge(world, zhao)
    assert zhao.member.member_id == zhao.member_id


def test_they_may_be_merged_again(world: World, li: Person, wang: Person) -> None:
    merge(world, li.member_id, wang.member_id)
    unmerge(world, wang)
    world.later(days=1)
    assert merge(world, li.member_id, wang.member_id) == li.member_id
    world.later(days=1)
    unmerge(world, wang)
    assert wang.member.member_id == wang.member_id


# Erasing


def erase(world: World, who: Person) -> None:
    merges.erase(facts.MemberErased(fact_id="f", at=world.now, member_id=who.member_id))


def test_who_was_merged_into_a_member_is_erased_with_them(
    world: World, li: Person, wang: Person
) -> None:
    merge(world, li.member_id, wang.member_id)
    news(world)
    merge_id = merge_id_of(wang)
    for _ in range(2):
        erase(world, li)
    gone = members.alone(wang.member_id)
    assert gone
    assert gone.state is State.ERASED
    (fact,) = news(world)
    assert isinstance(fact, facts.MemberErased)
    assert fact.member_id == wang.member_id
    assert members.with_openid(wang.openid) is None
    with pytest.raises(NoSuchMerge):
        merges.unmerge(merge_id, by="lisi", now=world.now)


def test_who_was_parted_from_a_member_stays(world: World, li: Person, wang: Person) -> None:
    merge(world, li.member_id, wang.member_id)
    unmerge(world, wang)
    erase(world, li)
    assert wang.member.state is State.ACTIVE


def test_identities_follow_and_go_back(world: World, li: Person, wang: Person) -> None:
    merge(world, li.member_id, wang.member_id)
    world.settle()
    assert identities.owner_of(Kind.OPENID, wang.openid) == li.member_id
    assert {each.value for each in identities.of_member(li.member_id)} == {li.openid, wang.openid}
    unmerge(world, wang)
    world.settle()
    assert identities.owner_of(Kind.OPENID, wang.openid) == wang.member_id
    assert [each.value for each in identities.of_member(li.member_id)] == [li.openid]


def test_a_merge_told_late_is_done_as_it_holds_by_then(
    world: World, li: Person, wang: Person
) -> None:
    merge(world, li.member_id, wang.member_id)
    world.relay()
    late = world.take("facts")
    unmerge(world, wang)
    world.settle()
    for body in late:
        consequences.follow(body)
    assert identities.owner_of(Kind.OPENID, wang.openid) == wang.member_id
