"""Blocking: known with who calls; of both sides, so that it holds for whoever they turn out to be."""

from __future__ import annotations

import pytest

from chalicelib.lists import PageQuery
from community.forum.blocks import rules
from community.forum.blocks import service as blocks
from community.forum.blocks.rules import BlocksFull
from community.forum.ties.rules import NoSuchMember, Oneself
from community.people.members import service as members
from community.people.members.rules import Member
from tests.community.forum.follows.test_service import merge, unmerge
from tests.world import Person, World


def block(world: World, who: Person, other_id: str) -> None:
    world.later(seconds=1)
    blocks.block(who.member, other_id, now=world.now)


def calling(world: World, who: Person) -> Member:
    """A member as a call knows them."""
    presence = members.presence(who.member_id, now=world.now)
    assert presence
    return presence.member


def test_who_blocks_is_known_as_such_with_every_call(
    world: World, li: Person, wang: Person
) -> None:
    block(world, wang, li.member_id)
    block(world, wang, li.member_id)
    assert calling(world, wang).blocked == (li.member_id,)
    assert rules.hides(calling(world, wang), li.member_id)
    assert not rules.hides(calling(world, li), wang.member_id)
    assert not rules.hides(None, li.member_id)
    assert blocks.has_blocked(wang.member_id, li.member_id)
    assert blocks.blocked_by(wang.member_id) == {li.member_id}


def test_it_is_not_kept_on_the_member_whatever_changes(
    world: World, li: Person, wang: Person
) -> None:
    block(world, wang, li.member_id)
    caller = calling(world, wang)
    members.change(wang.member_id, lambda _: caller)
    (row,) = [
        row
        for row in world.rows("people")
        if (row["pk"], row["sk"]) == (f"member#{wang.member_id}", "member")
    ]
    assert "blocked" not in row["member"]


def test_a_block_can_be_taken_back(world: World, li: Person, wang: Person) -> None:
    block(world, wang, li.member_id)
    world.later(seconds=1)
    blocks.unblock(wang.member, li.member_id, now=world.now)
    blocks.unblock(wang.member, "whoever", now=world.now)
    assert calling(world, wang).blocked == ()


def test_nobody_blocks_themselves_or_somebody_who_is_not_there(world: World, wang: Person) -> None:
    with pytest.raises(Oneself):
        block(world, wang, wang.member_id)
    with pytest.raises(NoSuchMember):
        block(world, wang, "nobody")


def test_there_is_an_end_to_it(world: World, wang: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "BLOCKS_MAX", 2)
    others = [world.joins(who) for who in ("a", "b", "c")]
    for other in others[:2]:
        block(world, wang, other.member_id)
    with pytest.raises(BlocksFull):
        block(world, wang, others[2].member_id)
    assert blocks.page(wang.member, PageQuery()).items == [
        others[1].member_id,
        others[0].member_id,
    ]


def test_a_block_is_of_the_person_however_many_accounts_they_have(world: World) -> None:
    old, new, zhou = (world.joins(who) for who in ("old", "new", "zhou"))
    block(world, zhou, new.member_id)
    block(world, new, zhou.member_id)
    world.settle()
    merge(world, old, new)
    assert calling(world, zhou).blocked == (old.member_id,)
    assert calling(world, old).blocked == (zhou.member_id,)
    unmerge(world, new)
    assert calling(world, zhou).blocked == (new.member_id,)
    assert (calling(world, old).blocked, calling(world, new).blocked) == ((), (zhou.member_id,))
    assert (world.refused, world.dead) == ([], [])
