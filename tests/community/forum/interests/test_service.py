"""Interests follow from reading, liking, commenting and posting."""

from __future__ import annotations

import pytest

from community.commons.audience.rules import Audience
from community.facts import Reacted
from community.forum.comments import service as comments
from community.forum.comments.rules import CommentDraft
from community.forum.interests import service as interests
from community.forum.posts import service as posts
from community.forum.posts.rules import Post, PostLocked
from community.forum.reactions import service as reactions
from community.people.members.rules import Member
from community.people.sessions import service as sessions
from community.people.tags import service as tags
from tests.community.forum.conftest import Publish
from tests.world import Person, World

ABOUT = {"model": "途观 L", "topics": ("#露营", "自驾")}
CARES_FOR = ["board:car-care", "model:途观l", "topic:自驾", "topic:露营"]


@pytest.fixture
def post(world: World, li: Person, publish: Publish) -> Post:
    post = publish(li, **ABOUT)
    world.settle()
    return post


def strengths(world: World, who: Person) -> dict[str, float]:
    """Of the interests; what follows by rule is left aside."""
    held = tags.of(who.member_id, now=world.now)
    return {tag.tag_id: tag.strength for tag in held if tag.group == "兴趣"}


def test_who_writes_cares_for_board_model_and_topics(world: World, li: Person, post: Post) -> None:
    assert strengths(world, li) == dict.fromkeys(CARES_FOR, 5)


@pytest.mark.parametrize(("act", "weight"), [("read", 1), ("like", 2), ("comment", 3)])
def test_the_more_one_does_the_more_one_cares(
    world: World, wang: Person, post: Post, act: str, weight: int
) -> None:
    sight = posts.read(wang.member, post.post_id, now=world.now)
    reactions.note_read(wang.member, sight, now=world.now)
    if act == "like":
        reactions.like(wang.member, post.post_id, now=world.now)
    if act == "comment":
        said = CommentDraft("同问")
        comments.publish(wang.member, post.post_id, said, request_id="r", now=world.now)
    world.settle()
    assert strengths(world, wang) == dict.fromkeys(CARES_FOR, weight)


def test_taking_a_like_back_neither_takes_nor_gives_anything(
    world: World, wang: Person, post: Post
) -> None:
    reactions.like(wang.member, post.post_id, now=world.now)
    world.settle()
    before = strengths(world, wang)
    world.later(days=2)
    reactions.unlike(wang.member, post.post_id, now=world.now)
    world.settle()
    world.later(days=-2)
    assert strengths(world, wang) == before == dict.fromkeys(CARES_FOR, 2)


def test_a_post_that_says_nothing_more_speaks_for_its_board(
    world: World, li: Person, publish: Publish
) -> None:
    publish(li, "new-launches")
    world.settle()
    assert strengths(world, li) == {"board:new-launches": 5}


def test_a_kind_of_reaction_that_says_nothing_is_passed_over(world: World, li: Person) -> None:
    fact = Reacted(
        fact_id="f",
        at=world.now,
        member_id=li.member_id,
        board_id="car-care",
        post_id="unknown",
        kind="unheard of",
    )
    interests.follow_reaction(fact)
    assert strengths(world, li) == {}


# What tags open


def caller(world: World, who: Person) -> Member:
    """As a call of theirs knows them."""
    found = sessions.recognise(world.joins(who.who).token, world.now)
    assert found
    return found.member


def test_a_post_for_those_with_a_tag_opens_when_the_tag_is_put(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    post = publish(li, audience=Audience(tags_any=("vip",)))
    with pytest.raises(PostLocked) as locked:
        posts.open_to(caller(world, wang), post.post_id, now=world.now)
    assert locked.value.unlock
    assert [way.kind for way in locked.value.unlock.how] == ["take_part"]
    tags.put(wang.member_id, "vip", by="wangwu", now=world.now)
    assert posts.open_to(caller(world, wang), post.post_id, now=world.now)
    tags.take_off(wang.member_id, "vip", by="wangwu", now=world.now)
    with pytest.raises(PostLocked):
        posts.open_to(caller(world, wang), post.post_id, now=world.now)


def test_taking_part_in_a_topic_opens_what_is_for_those_who_care_until_it_fades(
    world: World, li: Person, wang: Person, publish: Publish, post: Post
) -> None:
    inner = publish(li, audience=Audience(tags_any=("topic:露营", "topic:越野")))
    world.settle()
    sight = posts.read(wang.member, post.post_id, now=world.now)
    reactions.note_read(wang.member, sight, now=world.now)
    world.settle()
    assert posts.open_to(caller(world, wang), inner.post_id, now=world.now)
    world.later(days=31)
    with pytest.raises(PostLocked):
        posts.open_to(caller(world, wang), inner.post_id, now=world.now)
