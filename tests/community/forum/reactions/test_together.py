"""Many reactions to one post are counted at once: exactly once, in few writes, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pynamodb.transactions import TransactWrite

from chalicelib.errors import Unavailable
from community.facts import Reacted
from community.forum.comments import service as comments
from community.forum.comments.rules import CommentDraft
from community.forum.posts import editing
from community.forum.posts import service as posts
from community.forum.posts.rules import Counts, Post
from community.forum.reactions import records
from community.forum.reactions import service as reactions
from community.forum.reactions.records import ReactionRow
from community.forum.reactions.rules import COUNT_OF, Kind, Thing
from tests.builders import a_member
from tests.community.forum.conftest import Publish
from tests.conftest import stage_in_memory
from tests.world import Person, World


@pytest.fixture
def post(li: Person, publish: Publish) -> Post:
    return publish(li)


def crowd(number: int) -> list[Any]:
    return [a_member(member_id=f"01J00000000000000000000{each:03d}") for each in range(number)]


def counts(post: Post) -> Counts:
    return posts.several_cards([(post.board_id, post.post_id)], as_they_are_now=True)[
        post.post_id
    ].counts


def reacted(member_id: str, post: Post, world: World, **more: Any) -> Reacted:
    return Reacted(
        **{
            "fact_id": "told",
            "at": world.now,
            "member_id": member_id,
            "board_id": post.board_id,
            "post_id": post.post_id,
            "kind": "like",
            **more,
        }
    )


@pytest.fixture
def transactions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many items each transaction had."""
    sizes: list[int] = []
    commit = TransactWrite._commit

    def counted(self: TransactWrite) -> None:
        items = (self._put_items, self._update_items, self._delete_items)
        sizes.append(sum(map(len, items)))
        commit(self)

    monkeypatch.setattr(TransactWrite, "_commit", counted)
    return sizes


def test_a_hundred_likes_are_three_writes_of_the_card(
    world: World, post: Post, transactions: list[int]
) -> None:
    members = crowd(100)
    for member in members:
        reactions.like(member, post.post_id, now=world.now)
    reactions.count_all(reacted(member.member_id, post, world) for member in members)
    assert transactions == [41, 41, 21]
    assert counts(post).likes == 100


def test_what_is_told_twice_in_a_batch_is_counted_once(world: World, post: Post) -> None:
    (member,) = crowd(1)
    reactions.like(member, post.post_id, now=world.now)
    reactions.count_all([reacted(member.member_id, post, world)] * 5)
    assert counts(post).likes == 1


def test_every_kind_is_counted_in_a_count_of_its_own(
    world: World, wang: Person, post: Post
) -> None:
    for kind in Kind:
        reactions.react(kind, wang.member, post.post_id, now=world.now)
    world.settle()
    assert counts(post) == Counts(**dict.fromkeys(COUNT_OF.values(), 1))
    for kind in Kind:
        reactions.take_back(kind, wang.member, post.post_id, now=world.now)
    world.settle()
    assert counts(post) == Counts()


def test_who_shares_on_many_days_is_counted_once(world: World, wang: Person, post: Post) -> None:
    for _ in range(3):
        world.later(days=1)
        reactions.react(Kind.SHARE, wang.member, post.post_id, now=world.now)
        world.settle()
    assert counts(post).shares == 1


def test_one_who_changes_their_mind_all_the_time_keeps_nobody_else_from_being_counted(
    world: World, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = crowd(10)
    fickle = members[3]
    for member in members:
        reactions.like(member, post.post_id, now=world.now)
    read = records.several

    def changes_after_reading(thing: Thing, member_ids: Iterable[str]) -> list[ReactionRow]:
        rows = read(thing, list(member_ids))
        if fickle.member_id in {row.pk.split("#")[1] for row in rows}:
            row = next(row for row in rows if fickle.member_id in row.pk)
            (reactions.unlike if row.like else reactions.like)(fickle, post.post_id, now=world.now)
        return rows

    monkeypatch.setattr(records, "several", changes_after_reading)
    told = [reacted(member.member_id, post, world) for member in members]
    with suppress(Unavailable):
        reactions.count_all(told)
    assert counts(post).likes >= 9
    monkeypatch.setattr(records, "several", read)
    reactions.count_all(told)
    assert counts(post).likes == len(liking(members, post))


def liking(members: list[Any], post: Post) -> list[Any]:
    thing = Thing(post.board_id, post.post_id)
    return [m for m in members if Kind.LIKE in records.of(m.member_id, thing)[0]]


def test_likes_of_comments_are_counted_and_seen(
    world: World, li: Person, wang: Person, post: Post
) -> None:
    said = [say(world, wang, post, number) for number in range(3)]
    world.settle()
    for who in (li, wang):
        reactions.like_comment(who.member, post.post_id, said[1], now=world.now)
    reactions.like_comment(li.member, post.post_id, said[2], now=world.now)
    reactions.unlike_comment(li.member, post.post_id, said[2], now=world.now)
    world.settle()
    assert [comments.get(post.post_id, each).likes for each in said] == [0, 2, 0]
    assert reactions.liked_comments(li.member, post.post_id, said) == {said[1]}
    assert reactions.liked_comments(None, post.post_id, said) == frozenset()
    assert counts(post).likes == 0


def test_a_like_of_a_comment_that_is_gone_is_forgotten(
    world: World, li: Person, wang: Person, post: Post
) -> None:
    said = say(world, wang, post, 1)
    world.settle()
    reactions.like_comment(li.member, post.post_id, said, now=world.now)
    comments.delete(wang.member, post.post_id, said, now=world.now)
    world.settle()
    assert world.dead == []


def say(world: World, who: Person, post: Post, number: int) -> str:
    world.later(seconds=1)
    request_id = f"said {number}"
    draft = CommentDraft(text=f"第{number}条")
    made = comments.publish(who.member, post.post_id, draft, request_id=request_id, now=world.now)
    return made.comment_id


def test_a_deleted_posts_reactions_are_counted_all_the_same(
    world: World, li: Person, wang: Person, post: Post
) -> None:
    """So that they are there when it is restored."""
    world.settle()
    reactions.like(wang.member, post.post_id, now=world.now)
    editing.delete(li.member, post.post_id, now=world.now)
    world.settle()
    editing.restore(li.member, post.post_id, now=world.now)
    world.settle()
    assert counts(post).likes == 1


Step = tuple[str, int, bool]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["turn", "turn", "count", "count meanwhile"]),
        st.integers(0, 5),
        st.booleans(),
    ),
    min_size=5,
    max_size=25,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS, seed=st.integers(0, 10_000))
def test_counts_never_drift(steps: list[Step], seed: int) -> None:
    """Six members like and unlike; counts are brought in step late, twice, in any order, and while
    others go on."""
    random = Random(seed)
    with pytest.MonkeyPatch.context() as patch, stage_in_memory(patch) as world:
        author, members = world.becomes_owner("li"), crowd(6)
        post = published(world, author)
        world.settle()
        holds = [False] * len(members)

        def turn(who: int, on: bool) -> None:
            holds[who] = on
            act = reactions.like if on else reactions.unlike
            act(members[who], post.post_id, now=world.now)

        def count(meanwhile: Callable[[], None]) -> None:
            read = records.several

            def read_and_then(thing: Thing, member_ids: Iterable[str]) -> list[ReactionRow]:
                rows = read(thing, member_ids)
                patch.setattr(records, "several", read)
                meanwhile()
                return rows

            patch.setattr(records, "several", read_and_then)
            told = random.choices(members, k=random.randint(1, 8))
            reactions.count_all(reacted(each.member_id, post, world) for each in told)
            patch.setattr(records, "several", read)

        for step, who, on in steps:
            if step == "turn":
                turn(who, on)
            elif step == "count":
                count(lambda: None)
            else:
                count(lambda who=who, on=on: turn(who, on))  # type: ignore[misc]
        world.settle()
        assert counts(post).likes == sum(holds)
        assert [Kind.LIKE in did(each, post) for each in members] == holds
        world.dead.clear()


def did(member: Any, post: Post) -> frozenset[Kind]:
    return records.of(member.member_id, Thing(post.board_id, post.post_id))[0]


def published(world: World, who: Person) -> Post:
    from tests.builders import a_draft

    request_id = world.new_request_id()
    return posts.publish(who.member, "car-care", a_draft(), request_id=request_id, now=world.now)


@pytest.mark.parametrize("seed", range(4))
def test_64_likes_and_unlikes_of_one_member_end_in_the_last_state(
    world: World, wang: Person, post: Post, seed: int
) -> None:
    random, told = Random(seed), []
    for _ in range(64):
        last = random.random() < 0.5
        (reactions.like if last else reactions.unlike)(wang.member, post.post_id, now=world.now)
        told.append(reacted(wang.member_id, post, world, on=last))
        if random.random() < 0.2:
            random.shuffle(told)
            reactions.count_all(told[: random.randint(1, len(told))])
    world.settle()
    assert counts(post).likes == int(last)
    assert (Kind.LIKE in did(wang.member, post)) is last
