"""Following members, boards and topics; followers are counted, whatever is told how often."""

from __future__ import annotations

from random import Random

import pytest

from chalicelib.errors import Invalid
from chalicelib.lists import PageQuery
from community import consequences, facts
from community.commons.agenda import service as agenda
from community.facts import Followed
from community.forum.boards.rules import BoardClosed, NoSuchBoard
from community.forum.follows import rules
from community.forum.follows import service as follows
from community.forum.follows.rules import Follow, FollowsFull, Kind
from community.forum.ties import records as tie_records
from community.forum.ties.rules import NoSuchMember, Oneself
from community.people.leaving import service as leaving
from community.people.merges import service as merges
from community.people.merges.rules import Reason
from tests.world import Person, World


def follow(world: World, who: Person, kind: Kind, target_id: str) -> None:
    world.later(seconds=1)
    follows.follow(who.member, kind, target_id, now=world.now)


def unfollow(world: World, who: Person, kind: Kind, target_id: str) -> None:
    world.later(seconds=1)
    follows.unfollow(who.member, kind, target_id, now=world.now)


def follow_member(world: World, who: Person, whom: Person) -> None:
    follow(world, who, Kind.MEMBER, whom.member_id)


def followed(who: Person) -> list[tuple[str, str]]:
    return [(each.kind.value, each.id) for each in follows.followed_by(who.member_id)]


def holders(whom: Person) -> set[str]:
    return {row.sk for row in tie_records.HolderRow.query(f"follows.of#{whom.member_id}")} - {
        "~count"
    }


def test_one_follows_members_boards_and_topics(world: World, li: Person, wang: Person) -> None:
    follow_member(world, wang, li)
    follow(world, wang, Kind.BOARD, "car-care")
    follow(world, wang, Kind.TOPIC, " #自驾  游 ")
    assert followed(wang) == [
        ("member", li.member_id),
        ("board", "car-care"),
        ("topic", "自驾 游"),
    ]
    assert follows.is_following(wang.member, Kind.MEMBER, li.member_id)
    assert not follows.is_following(li.member, Kind.MEMBER, wang.member_id)
    assert not follows.is_following(None, Kind.BOARD, "car-care")


def test_followers_are_counted(world: World, li: Person, wang: Person) -> None:
    zhou = world.joins("zhou")
    for who in (wang, zhou, wang):
        follow_member(world, who, li)
    world.settle()
    assert (follows.followers(li.member_id), holders(li)) == (
        2,
        {wang.member_id, zhou.member_id},
    )
    unfollow(world, wang, Kind.MEMBER, li.member_id)
    world.settle()
    assert (follows.followers(li.member_id), holders(li)) == (1, {zhou.member_id})


def test_following_twice_is_following_once(world: World, wang: Person) -> None:
    for text in ("露营", "#露营", "露 营"):
        follow(world, wang, Kind.TOPIC, text)
    assert followed(wang) == [("topic", "露营")]
    unfollow(world, wang, Kind.TOPIC, "露 营")
    unfollow(world, wang, Kind.TOPIC, "露营")
    assert followed(wang) == []


def test_told_twice_late_and_out_of_order_the_count_is_right(
    world: World, li: Person, wang: Person
) -> None:
    for number in range(7):
        (follow if number % 2 == 0 else unfollow)(world, wang, Kind.MEMBER, li.member_id)
    world.relay()
    told = world.take("facts") * 2
    Random(7).shuffle(told)
    for text in told:
        consequences.follow(text)
    assert follows.followers(li.member_id) == 1
    unfollow(world, wang, Kind.MEMBER, li.member_id)
    for text in told:
        consequences.follow(text)
    assert follows.followers(li.member_id) == 0


def test_what_is_not_there_cannot_be_followed(world: World, wang: Person) -> None:
    for kind, target_id, refusal in (
        (Kind.MEMBER, "nobody", NoSuchMember),
        (Kind.MEMBER, "01J0000000000000000000MBR1", NoSuchMember),
        (Kind.MEMBER, wang.member_id, Oneself),
        (Kind.BOARD, "nowhere", NoSuchBoard),
        (Kind.BOARD, "members-only", BoardClosed),
        (Kind.TOPIC, "#", Invalid),
        (Kind.TOPIC, "字" * 21, Invalid),
    ):
        with pytest.raises(refusal):
            follow(world, wang, kind, target_id)
    assert followed(wang) == []


def test_there_is_an_end_to_it(world: World, wang: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "FOLLOWS_MAX", 3)
    for number in range(3):
        follow(world, wang, Kind.TOPIC, f"话题{number}")
    follow(world, wang, Kind.TOPIC, "话题1")
    with pytest.raises(FollowsFull):
        follow(world, wang, Kind.TOPIC, "话题3")
    unfollow(world, wang, Kind.TOPIC, "话题1")
    follow(world, wang, Kind.TOPIC, "话题3")


def test_the_list_is_paged_newest_first_and_stays_while_more_is_followed(
    world: World, wang: Person
) -> None:
    for number in range(5):
        follow(world, wang, Kind.TOPIC, f"话题{number}")
    first = follows.page(wang.member, PageQuery(limit=2))
    follow(world, wang, Kind.TOPIC, "话题5")
    second = follows.page(wang.member, PageQuery(limit=2, cursor=first.next_cursor))
    last = follows.page(wang.member, PageQuery(limit=2, cursor=second.next_cursor))
    found = [each.id for page in (first, second, last) for each in page.items]
    assert found == ["话题4", "话题3", "话题2", "话题1", "话题0"]
    assert last.next_cursor is None


# Two who are one


def merge(world: World, kept: Person, gone: Person) -> None:
    world.later(seconds=1)
    merges.merge(kept.member_id, gone.member_id, reason=Reason.VIN, by="system", now=world.now)
    world.settle()


def unmerge(world: World, gone: Person) -> None:
    world.later(seconds=1)
    merge_id = merges.merge_of(gone.member_id)
    assert merge_id
    merges.unmerge(merge_id, by="lisi", now=world.now)
    world.settle()


def test_who_is_merged_keeps_followers_and_follows_and_gets_them_back(world: World) -> None:
    old, new, zhou, sun = (world.joins(who) for who in ("old", "new", "zhou", "sun"))
    follow(world, zhou, Kind.TOPIC, "露营")
    for who, whom in ((zhou, new), (sun, new), (sun, old), (new, zhou), (old, sun), (new, sun)):
        follow_member(world, who, whom)
    follow(world, zhou, Kind.TOPIC, "脚垫")
    world.settle()
    merge(world, old, new)
    assert followed(zhou) == [("topic", "露营"), ("member", old.member_id), ("topic", "脚垫")]
    assert followed(sun) == [("member", old.member_id)]
    assert {each for _, each in followed(old)} == {zhou.member_id, sun.member_id}
    assert followed(new) == []
    counts = {who.who: follows.followers(who.member_id) for who in (old, new, zhou, sun)}
    assert counts == {"old": 2, "new": 0, "zhou": 1, "sun": 1}
    assert holders(sun) == {old.member_id}
    unmerge(world, new)
    assert followed(zhou) == [("topic", "露营"), ("member", new.member_id), ("topic", "脚垫")]
    assert {each for _, each in followed(sun)} == {new.member_id, old.member_id}
    assert (followed(old), holders(sun)) == (
        [("member", sun.member_id)],
        {old.member_id, new.member_id},
    )
    counts = {who.who: follows.followers(who.member_id) for who in (old, new, zhou, sun)}
    assert counts == {"old": 1, "new": 2, "zhou": 1, "sun": 2}
    assert (world.refused, world.dead) == ([], [])


def test_a_follow_of_somebody_who_was_merged_meanwhile_is_of_who_remains(world: World) -> None:
    old, new, zhou = (world.joins(who) for who in ("old", "new", "zhou"))
    merge(world, old, new)
    follow_member(world, zhou, new)
    world.settle()
    assert followed(zhou) == [("member", old.member_id)]
    assert follows.followers(old.member_id) == 1


def test_two_who_followed_each_other_do_not_follow_themselves(world: World) -> None:
    old, new = world.joins("old"), world.joins("new")
    follow_member(world, old, new)
    follow_member(world, new, old)
    world.settle()
    merge(world, old, new)
    assert follows.followers(old.member_id) == 0


def test_who_leaves_follows_nobody_and_is_followed_by_nobody(world: World, li: Person) -> None:
    zhou, sun = world.joins("zhou"), world.joins("sun")
    for who, whom in ((zhou, li), (li, zhou), (sun, zhou)):
        follow_member(world, who, whom)
    world.settle()
    leaving.ask(li.member, now=world.now)
    world.later(days=7)
    while agenda.let_happen(now=world.now):
        world.settle()
        world.later(minutes=3)
    assert (followed(li), followed(zhou)) == ([], [])
    assert (follows.followers(zhou.member_id), holders(zhou)) == (1, {sun.member_id})
    assert not [row for row in world.rows("forum") if f"follows.of#{li.member_id}" in row["pk"]]
    with pytest.raises(NoSuchMember):
        follow_member(world, zhou, li)


def test_what_they_follow_is_in_the_export(world: World, wang: Person, li: Person) -> None:
    follow_member(world, wang, li)
    assert follows.exported(wang.member_id) == [{"kind": "member", "id": li.member_id}]


def test_the_fact_says_who_follows_what(world: World, li: Person, wang: Person) -> None:
    follow_member(world, wang, li)
    (row,) = [row for row in world.rows("forum") if row["pk"] == f"follows#{wang.member_id}"]
    fact = facts.read(row["fact"])
    assert isinstance(fact, Followed)
    assert (fact.member_id, fact.kind, fact.target_id, fact.on) == (
        wang.member_id,
        "member",
        li.member_id,
        True,
    )


def test_topics_of_other_spelling_are_one() -> None:
    assert Follow(Kind.TOPIC, "ID.4 X").key == Follow(Kind.TOPIC, "id.4x").key
    assert Follow(Kind.MEMBER, "A").key != Follow(Kind.BOARD, "A").key
