"""Kinds of posts: who may publish which, what a poll needs, and articles that wait for their time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.errors import Invalid
from chalicelib.lists import PageQuery
from community.commons.agenda import service as agenda
from community.commons.safety.rules import ContentNotAllowed
from community.facts import CaseDecision
from community.forum.moderation import service as moderation
from community.forum.polls.rules import Poll, PollDraft
from community.forum.posts import drafting, editing, pages, rules
from community.forum.posts import service as posts
from community.forum.posts.rules import KindNotYours, NoSuchPost, Post, State
from community.people.members import service as members
from community.people.members.rules import Member
from tests.builders import a_draft, a_member
from tests.community.forum.conftest import Publish
from tests.world import START, Person, World

OFFICIAL = a_member(badges=("official",))
STAFF = a_member(badges=("staff",))
POLL = PollDraft(options=("95", " 92 "), ends_at=START + timedelta(days=3))


@pytest.fixture
def brand(world: World) -> Person:
    """The account of the brand."""
    person = world.joins("brand")
    members.change(
        person.member_id, lambda member: msgspec.structs.replace(member, badges=("official",))
    )
    return person


def listed(world: World) -> list[str]:
    page = pages.latest(None, "new-launches", PageQuery(), now=world.now)
    return [card.post_id for card in page.items]


def time_comes(world: World, **by: float) -> None:
    world.later(**by)
    agenda.let_happen(now=world.now)
    world.settle()


@pytest.mark.parametrize(
    ("kind", "who", "may"),
    [
        ("discussion", a_member(), True),
        ("question", a_member(), True),
        ("article", a_member(), False),
        ("article", STAFF, False),
        ("article", OFFICIAL, True),
        ("announcement", a_member(badges=("owner",)), False),
        ("announcement", STAFF, True),
        ("announcement", OFFICIAL, True),
    ],
)
def test_who_may_publish_what(kind: Any, who: Member, may: bool) -> None:
    if may:
        drafting.check_may_write(who, a_draft(kind=kind), now=START)
        return
    with pytest.raises(KindNotYours) as refused:
        drafting.check_may_write(who, a_draft(kind=kind), now=START)
    assert "官方账号" in refused.value.detail


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        ({"kind": "poll"}, "poll"),
        ({"poll": POLL}, "poll"),
        ({"kind": "question", "publish_at": START + timedelta(days=1)}, "publish_at"),
        ({"pictures": ("a", "b", "a")}, "pictures"),
        ({"pictures": ("a",), "video": "v"}, "video"),
        ({"text": "[点我](https://evil.example)"}, "text"),
        ({"text": "> \n> "}, "text"),
        ({"part": {"audience": {}, "text": "x"}}, "part.audience"),
        ({"part": {"audience": {"tier_min": "T2"}, "text": " "}}, "part.text"),
        ({"part": {"audience": {"tier_min": "T2"}, "text": "[a](ftp://x)"}}, "part.text"),
    ],
)
def test_what_does_not_fit_together_is_named(draft: dict[str, Any], field: str) -> None:
    whole = {"kind": "discussion", "title": "首保", "text": "多少钱", **draft}
    with pytest.raises(Invalid) as refused:
        drafting.tidied(msgspec.convert(msgspec.to_builtins(whole), rules.Draft))
    assert [error.field for error in refused.value.errors] == [field]


@pytest.mark.parametrize("at", [START, START - timedelta(days=1), START + timedelta(days=91)])
def test_an_article_is_for_some_day_in_the_next_three_months(at: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        drafting.check_may_write(OFFICIAL, a_draft(kind="article", publish_at=at), now=START)
    assert [error.field for error in refused.value.errors] == ["publish_at"]


def test_a_poll_is_kept_with_what_it_asks(world: World, wang: Person, publish: Publish) -> None:
    post = publish(wang, "new-car-shopping", kind="poll", poll=POLL)
    assert posts.get(post.post_id).poll == Poll(
        options=("95", "92"), choices_max=1, ends_at=POLL.ends_at
    )


def test_what_a_poll_offers_is_looked_at(wang: Person, publish: Publish) -> None:
    poll = PollDraft(options=("95", "违规"), ends_at=POLL.ends_at)
    with pytest.raises(ContentNotAllowed):
        publish(wang, "new-car-shopping", kind="poll", poll=poll)


# Articles that wait


def test_a_scheduled_article_is_its_authors_alone_until_its_time(
    world: World, brand: Person, wang: Person, publish: Publish
) -> None:
    at = world.now + timedelta(hours=1)
    post = publish(brand, "new-launches", kind="article", publish_at=at)
    world.settle()
    assert (post.state, listed(world)) == (State.SCHEDULED, [])
    assert posts.read(brand.member, post.post_id, now=world.now).post.publish_at == at
    with pytest.raises(NoSuchPost):
        posts.read(wang.member, post.post_id, now=world.now)
    time_comes(world, hours=1)
    assert posts.read(wang.member, post.post_id, now=world.now).post.state is State.PUBLISHED
    assert listed(world) == [post.post_id]


def test_an_article_stands_where_its_time_is_and_not_where_it_was_written(
    world: World, brand: Person, wang: Person, publish: Publish
) -> None:
    at = world.now + timedelta(hours=2)
    article = publish(brand, "new-launches", kind="article", publish_at=at)
    world.later(hours=1)
    other = publish(wang, "new-launches")
    time_comes(world, hours=1)
    assert listed(world) == [article.post_id, other.post_id]


def test_the_same_request_again_gives_the_same_article(
    world: World, brand: Person, publish: Publish
) -> None:
    draft = {"kind": "article", "publish_at": world.now + timedelta(hours=1)}
    first = publish(brand, "new-launches", request_id="r1", **draft)
    assert publish(brand, "new-launches", request_id="r1", **draft) == first


def test_an_article_that_was_held_still_waits_for_its_time(
    world: World, brand: Person, publish: Publish
) -> None:
    at = world.now + timedelta(hours=1)
    post = publish(brand, "new-launches", kind="article", publish_at=at, text="存疑")
    world.settle()
    moderation.decide(post.post_id, CaseDecision.PASS, by="zhangsan", now=world.now)
    world.settle()
    assert posts.get(post.post_id).state is State.SCHEDULED
    time_comes(world, hours=1)
    assert listed(world) == [post.post_id]


def test_an_article_that_is_released_after_its_time_is_there_at_once(
    world: World, brand: Person, publish: Publish
) -> None:
    at = world.now + timedelta(hours=1)
    post = publish(brand, "new-launches", kind="article", publish_at=at, text="存疑")
    time_comes(world, hours=2)
    assert posts.get(post.post_id).state is State.HELD
    moderation.decide(post.post_id, CaseDecision.PASS, by="zhangsan", now=world.now)
    world.settle()
    assert listed(world) == [post.post_id]


def test_an_article_that_was_deleted_before_its_time_stays_so(
    world: World, brand: Person, publish: Publish
) -> None:
    at = world.now + timedelta(hours=1)
    post = publish(brand, "new-launches", kind="article", publish_at=at)
    editing.delete(brand.member, post.post_id, now=world.now)
    time_comes(world, hours=2)
    assert (posts.get(post.post_id).state, listed(world)) == (State.DELETED, [])
    restored: Post = editing.restore(brand.member, post.post_id, now=world.now)
    assert restored.state is State.PUBLISHED
