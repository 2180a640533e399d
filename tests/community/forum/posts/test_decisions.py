"""Held posts and what moderators decided: applied once, and told on."""

from __future__ import annotations

import pytest

from chalicelib.lists import PageQuery
from community import facts
from community.facts import CaseDecided, CaseDecision, PostHeld, PostPublished, PostRemoved
from community.forum.posts import afterwards as post_afterwards
from community.forum.posts import pages
from community.forum.posts import service as posts
from community.forum.posts.rules import Post, State
from tests.community.forum.conftest import Publish
from tests.world import Person, World


def listed(world: World) -> list[str]:
    page = pages.latest(None, "car-care", PageQuery(), now=world.now)
    return [card.post_id for card in page.items]


def post_facts(world: World) -> list[facts.AnyFact]:
    world.relay()
    told = map(facts.read, world.take("facts"))
    return [f for f in told if isinstance(f, PostPublished | PostHeld | PostRemoved)]


def decided(post: Post, decision: CaseDecision, world: World) -> CaseDecided:
    return CaseDecided(
        fact_id=f"{post.post_id}.decided",
        at=world.now,
        case_id=post.post_id,
        post_id=post.post_id,
        comment_id=None,
        author_id=post.author.member_id,
        decision=decision,
        staff_id="zhangsan",
    )


@pytest.mark.parametrize(
    ("decision", "state", "fact"),
    [
        (CaseDecision.PASS, State.PUBLISHED, PostPublished),
        (CaseDecision.REMOVE, State.REMOVED, PostRemoved),
    ],
)
def test_a_held_post_becomes_what_was_decided(
    world: World,
    li: Person,
    publish: Publish,
    decision: CaseDecision,
    state: State,
    fact: type[facts.Fact],
) -> None:
    post = publish(li, text="存疑")
    post_facts(world)
    post_afterwards.apply_decision(decided(post, decision, world))
    assert posts.get(post.post_id).state is state
    assert [type(told) for told in post_facts(world)] == [fact]


def test_a_decision_that_is_told_twice_is_applied_once(
    world: World, li: Person, publish: Publish
) -> None:
    post = publish(li, text="存疑")
    post_afterwards.apply_decision(decided(post, CaseDecision.PASS, world))
    post_facts(world)
    post_afterwards.apply_decision(decided(post, CaseDecision.REMOVE, world))
    assert posts.get(post.post_id).state is State.PUBLISHED
    assert post_facts(world) == []


def test_a_released_post_comes_on_its_board(world: World, li: Person, publish: Publish) -> None:
    post = publish(li, text="存疑")
    post_afterwards.apply_decision(decided(post, CaseDecision.PASS, world))
    world.settle()
    assert listed(world) == [post.post_id]
