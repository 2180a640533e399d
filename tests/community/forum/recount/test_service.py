"""A daily look at the counts: what is wrong is found, repaired and told; what is right is left alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import logs
from chalicelib.errors import Unavailable
from chalicelib.lists import PageQuery
from chalicelib.tables import one_transaction
from community.commons.agenda import service as agenda
from community.facts import MemberErased, RecountDue
from community.forum.comments import service as comments
from community.forum.comments.rules import Comment, CommentDraft
from community.forum.posts import editing
from community.forum.posts import service as posts
from community.forum.posts.rules import Counts, Post
from community.forum.reactions import service as reactions
from community.forum.reactions.rules import Kind
from community.forum.recount import rules
from community.forum.recount import service as recount
from tests.community.forum.conftest import Publish
from tests.world import Person, World

BOARD = "car-care"


@pytest.fixture
def metrics(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    told: dict[str, float] = {}
    monkeypatch.setattr(logs, "metric", lambda name, value=1, **_: told.update({name: value}))
    return told


@pytest.fixture
def post(world: World, li: Person, wang: Person, publish: Publish) -> Post:
    """One that two read, one likes, keeps and comments on."""
    post = publish(li)
    world.settle()
    for who in (li, wang):
        sight = posts.read(who.member, post.post_id, now=world.now)
        reactions.note_read(who.member, sight, now=world.now)
    for kind in (Kind.LIKE, Kind.FAVOURITE):
        reactions.react(kind, wang.member, post.post_id, now=world.now)
    draft = CommentDraft(text="好")
    comments.publish(wang.member, post.post_id, draft, request_id="r", now=world.now)
    world.settle()
    return post


RIGHT = Counts(views=2, likes=1, comments=1, favourites=1)


def counts(post: Post) -> Counts:
    place = (post.board_id, post.post_id)
    return posts.several_cards([place], as_they_are_now=True)[post.post_id].counts


def falsify(post: Post, **by: int) -> None:
    with one_transaction() as write:
        posts.add_to_counts(write, (post.board_id, post.post_id), by)


def recounted(world: World, post: Post) -> None:
    fact = RecountDue(fact_id="r", at=world.now, board_id=post.board_id, post_id=post.post_id)
    recount.follow(fact)


def test_what_is_right_is_left_alone(world: World, post: Post, metrics: dict[str, float]) -> None:
    recounted(world, post)
    assert counts(post) == RIGHT
    assert metrics == {"recounted": 1}


@pytest.mark.parametrize(
    "by", [{"likes": 3}, {"views": -1}, {"comments": 2, "favourites": -1}, {"useful": 1}]
)
def test_what_is_wrong_is_repaired_and_told(
    world: World, post: Post, metrics: dict[str, float], by: dict[str, int]
) -> None:
    falsify(post, **by)
    recounted(world, post)
    assert counts(post) == RIGHT
    assert metrics["count_repaired"] == sum(map(abs, by.values()))


def test_what_waits_to_be_counted_is_not_a_mistake(
    world: World, li: Person, post: Post, metrics: dict[str, float]
) -> None:
    reactions.like(li.member, post.post_id, now=world.now)
    recounted(world, post)
    assert metrics == {"recounted": 1}
    world.settle()
    assert counts(post).likes == 2


def comment_of(post: Post) -> Comment:
    (comment,) = comments.page(None, post.post_id, PageQuery(), now=post.created_at).items
    return comment


@pytest.mark.parametrize("by", [2, -1])
def test_likes_of_a_comment_that_are_wrong_are_repaired_and_told(
    world: World, li: Person, post: Post, metrics: dict[str, float], by: int
) -> None:
    comment_id = comment_of(post).comment_id
    reactions.like_comment(li.member, post.post_id, comment_id, now=world.now)
    world.settle()
    with one_transaction() as write:
        comments.add_to_likes(write, post.post_id, comment_id, by)
    metrics.clear()
    recounted(world, post)
    assert comment_of(post).likes == 1
    assert metrics == {"recounted": 1, "count_repaired": abs(by)}
    metrics.clear()
    recounted(world, post)
    assert metrics == {"recounted": 1}


def test_likes_that_are_counted_while_they_are_looked_at_are_looked_at_again(
    world: World, li: Person, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment_id = comment_of(post).comment_id
    with one_transaction() as write:
        comments.add_to_likes(write, post.post_id, comment_id, 3)
    mend = comments.mend_likes

    def and_meanwhile(*what: Any, **more: Any) -> None:
        reactions.like_comment(li.member, post.post_id, comment_id, now=world.now)
        world.settle()
        mend(*what, **more)

    with monkeypatch.context() as patch:
        patch.setattr(comments, "mend_likes", and_meanwhile)
        with pytest.raises(Unavailable):
            recounted(world, post)
    recounted(world, post)
    assert comment_of(post).likes == 1


def test_what_nobody_counted_because_its_fact_was_lost_is_counted(
    world: World, li: Person, wang: Person, post: Post, metrics: dict[str, float]
) -> None:
    comment_id = comment_of(post).comment_id
    reactions.like_comment(wang.member, post.post_id, comment_id, now=world.now)
    world.settle()
    world.later(seconds=1)
    reactions.like(li.member, post.post_id, now=world.now)
    reactions.unlike(wang.member, post.post_id, now=world.now)
    reactions.take_back(Kind.FAVOURITE, wang.member, post.post_id, now=world.now)
    reactions.unlike_comment(wang.member, post.post_id, comment_id, now=world.now)
    world.relay()
    world.take("counts")
    world.later(hours=2)
    metrics.clear()
    recounted(world, post)
    assert counts(post) == Counts(views=2, likes=1, comments=1, favourites=0)
    assert comment_of(post).likes == 0
    assert metrics["count_repaired"] == 1  # Of the comment; before it that of the two at the post.


def test_a_post_with_a_comment_of_too_many_is_told_of(
    world: World,
    li: Person,
    wang: Person,
    post: Post,
    metrics: dict[str, float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for who in (li, wang):
        reactions.like_comment(who.member, post.post_id, comment_of(post).comment_id, now=world.now)
    world.settle()
    metrics.clear()
    monkeypatch.setattr(reactions, "RECOUNTED_OF_COMMENT_MAX", 1)
    recounted(world, post)
    assert metrics == {"recounted": 1, "recount_skipped": 1}


def test_what_is_counted_while_it_is_looked_at_is_looked_at_again(
    world: World, li: Person, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: Callable[[str], int] = comments.counted

    def and_meanwhile(post_id: str) -> int:
        reactions.like(li.member, post.post_id, now=world.now)
        world.settle()
        return counted(post_id)

    falsify(post, views=5)
    monkeypatch.setattr(comments, "counted", and_meanwhile)
    with pytest.raises(Unavailable):
        recounted(world, post)
    monkeypatch.setattr(comments, "counted", counted)
    recounted(world, post)
    assert (counts(post).views, counts(post).likes) == (2, 2)


def test_who_is_erased_goes_on_being_counted(
    world: World, wang: Person, post: Post, metrics: dict[str, float]
) -> None:
    reactions.erase(MemberErased(fact_id="e", at=world.now, member_id=wang.member_id))
    recounted(world, post)
    assert counts(post).likes == 1
    assert metrics == {"recounted": 1}
    falsify(post, likes=1)
    recounted(world, post)
    assert counts(post) == RIGHT


def test_a_post_that_is_gone_is_left_alone(
    world: World, li: Person, post: Post, metrics: dict[str, float]
) -> None:
    editing.delete(li.member, post.post_id, now=world.now)
    world.settle()
    metrics.clear()
    recounted(world, post)
    assert metrics == {"recount_skipped": 1}


def test_a_post_of_too_many_is_told_of(
    world: World, post: Post, metrics: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reactions, "RECOUNTED_MAX", 1)
    recounted(world, post)
    assert metrics == {"recount_skipped": 1}


def test_a_sample_is_looked_at_once_a_day(
    world: World, li: Person, post: Post, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    falsify(post, likes=7)
    made = [publish(li) for _ in range(2)]
    world.settle()
    assert recount.put_down(now=world.now) == len(made) + 1  # It is noon.
    assert recount.put_down(now=world.now) == 0
    monkeypatch.setattr(recount, "_taken", None)  # Another container.
    assert recount.put_down(now=world.now) == 0
    agenda.let_happen(now=world.now)
    world.settle()
    assert counts(post) == RIGHT
    world.later(days=1)
    assert recount.put_down(now=world.now) == len(made) + 1


def test_it_is_done_at_night(world: World) -> None:
    midnight = world.now.replace(hour=17)  # One in the morning in Beijing.
    assert rules.day_of(midnight) is None
    assert rules.day_of(midnight.replace(hour=19)) == "2026-11-23"


def test_the_sample_of_a_day_is_the_same_for_all_and_another_every_day(world: World) -> None:
    places = {rules.place_at_random(BOARD, day, now=world.now) for day in ("1", "1", "2", "3")}
    assert len(places) == 3
