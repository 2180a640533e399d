"""Members: who they are, by what they are known, and what changes about them."""

from __future__ import annotations

import msgspec
import pytest

from chalicelib.errors import NotFound, Unavailable
from chalicelib.tables import Overtaken
from community import facts
from community.commons.audience.rules import Identity
from community.people.identities.rules import Identity as KnownBy
from community.people.identities.rules import Kind
from community.people.members import records, rules
from community.people.members import service as members
from community.people.members.rules import Member, NeverHere, State
from tests.builders import a_member
from tests.world import Person, World


@pytest.fixture
def li(world: World) -> Person:
    return world.joins("li")


def member_facts(world: World) -> list[facts.AnyFact]:
    world.relay()
    return [facts.read(body) for body in world.take("facts")]


def test_how_wechat_calls_a_member_is_sealed_at_rest(world: World, li: Person) -> None:
    assert li.openid not in str(world.rows("people"))


def test_how_wechat_calls_a_member_is_known_to_the_senders(li: Person) -> None:
    assert members.openid_of(li.member_id) == li.openid


def test_who_was_never_here_is_not_called_anything_by_wechat(world: World) -> None:
    members.add(a_member(state=State.DORMANT), known_by=[KnownBy(Kind.MOBILE, "13812345678")])
    with pytest.raises(NeverHere):
        members.openid_of(a_member().member_id)


def test_a_member_is_found_by_their_openid(li: Person) -> None:
    assert members.with_openid(li.openid) == li.member
    assert members.with_openid("openid-of-wang") is None


def test_nobody_else_is_a_member(world: World) -> None:
    with pytest.raises(NotFound):
        members.get("01J0000000000000000000MBR1")
    assert members.presence("01J0000000000000000000MBR1", now=world.now) is None


def test_nobody_can_be_added_under_what_somebody_is_known_by(world: World, li: Person) -> None:
    before = world.rows("people")
    with pytest.raises(Overtaken):
        members.add(a_member(), known_by=[KnownBy(Kind.OPENID, li.openid)])
    assert world.rows("people") == before


# Changes


def test_changes_at_the_same_time_are_both_kept(li: Person) -> None:
    def as_owner(member: Member) -> Member:
        return msgspec.structs.replace(member, identity=Identity.OWNER)

    def rename_while_certified(member: Member) -> Member:
        if member.identity is not Identity.OWNER:
            records.change(li.member_id, as_owner)
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
    records.change(li.member_id, rules.with_unionid)
    assert member_facts(world) == []
