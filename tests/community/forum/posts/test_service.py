"""Publishing and reading posts: what is kept, what is held, who sees what."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.errors import Invalid, Refusal
from chalicelib.lists import PageQuery
from community import facts
from community.commons.audience.rules import OWNERS, Audience
from community.commons.safety.rules import ContentNotAllowed
from community.facts import PostHeld, PostPublished
from community.forum.boards.rules import BoardClosed, BoardNeedsOwner, NoSuchBoard
from community.forum.posts import listed as board_cards
from community.forum.posts import pages
from community.forum.posts import service as posts
from community.forum.posts.rules import NoSuchPost, Post, PostLocked, Sight, State
from tests.community.forum.conftest import Publish
from tests.world import Person, World

A_POST_ID = "01J0000000000000000000P0ST"


def listed(world: World, who: Person | None = None, board_id: str = "car-care") -> list[str]:
    page = pages.latest(who.member if who else None, board_id, PageQuery(), now=world.now)
    return [card.post_id for card in page.items]


def sight(world: World, post: Post, who: Person | None = None) -> Sight:
    return posts.read(who.member if who else None, post.post_id, now=world.now)


def post_facts(world: World) -> list[facts.AnyFact]:
    world.relay()
    told = map(facts.read, world.take("facts"))
    return [fact for fact in told if isinstance(fact, PostPublished | PostHeld)]


# Publishing


def test_a_published_post_is_on_its_board_at_once(
    world: World, li: Person, publish: Publish
) -> None:
    post = publish(li)
    assert (post.state, listed(world)) == (State.PUBLISHED, [post.post_id])


def test_a_published_post_is_a_fact(world: World, li: Person, publish: Publish) -> None:
    post = publish(li)
    assert post_facts(world) == [
        PostPublished(
            fact_id=f"{post.post_id}.published",
            at=world.now,
            post_id=post.post_id,
            author_id=li.member_id,
        )
    ]


def test_a_prospect_may_not_post_where_owners_do(
    world: World, wang: Person, publish: Publish
) -> None:
    with pytest.raises(BoardNeedsOwner):
        publish(wang)
    assert world.sent("/wxa/msg_sec_check") == []


def test_nobody_posts_on_a_board_that_is_not_there(li: Person, publish: Publish) -> None:
    with pytest.raises(NoSuchBoard):
        publish(li, "unknown")


@pytest.mark.parametrize(
    "draft",
    [
        {"text": "违规"},
        {"title": "违规"},
        {"teaser": "违规"},
        {"audience": Audience(tags_any=("违规",))},
        {"model": "违规"},
        {"topics": ("违规",)},
    ],
    ids=["text", "title", "teaser", "tag", "model", "topic"],
)
def test_a_risky_draft_is_refused_and_not_kept(
    world: World, li: Person, publish: Publish, draft: dict[str, Any]
) -> None:
    before = world.rows("forum")
    with pytest.raises(ContentNotAllowed):
        publish(li, **draft)
    assert world.rows("forum") == before


def test_an_empty_draft_is_refused_before_anybody_is_asked(
    world: World, li: Person, publish: Publish
) -> None:
    with pytest.raises(Invalid):
        publish(li, title=" ")
    assert world.sent("/wxa/msg_sec_check") == []


def test_a_doubtful_post_is_held_and_on_no_board(
    world: World, li: Person, publish: Publish
) -> None:
    post = publish(li, text="存疑")
    assert (post.state, listed(world, li)) == (State.HELD, [])
    (fact,) = post_facts(world)
    assert isinstance(fact, PostHeld)


def test_a_post_that_nobody_could_look_at_is_held_and_not_lost(
    world: World, li: Person, publish: Publish
) -> None:
    world.platform.answers("/wxa/msg_sec_check", -1)
    post = publish(li)
    assert post.state is State.HELD
    assert posts.get(post.post_id) == post


def test_the_same_request_again_gives_the_same_post_once(
    world: World, li: Person, publish: Publish
) -> None:
    first = publish(li, request_id="r1")
    assert publish(li, request_id="r1") == first
    assert listed(world) == [first.post_id]


def test_a_retry_keeps_what_the_first_try_decided(
    world: World, li: Person, publish: Publish
) -> None:
    world.platform.answers("/wxa/msg_sec_check", -1)
    held = publish(li, request_id="r1")
    assert publish(li, request_id="r1") == held
    assert listed(world) == []


def test_a_crash_before_the_board_is_made_good_by_the_retry(
    world: World, li: Person, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(board_cards, "list_card", crash)
        with pytest.raises(MemoryError):
            publish(li, request_id="r1")
    assert listed(world) == []
    post = publish(li, request_id="r1")
    assert listed(world) == [post.post_id]


def test_a_crash_before_the_board_is_made_good_without_a_retry(
    world: World, li: Person, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(board_cards, "list_card", crash)
        with pytest.raises(MemoryError):
            publish(li)
    world.settle()
    assert len(listed(world)) == 1


def crash(_: Any) -> None:
    raise MemoryError


# Reading


def test_everyone_reads_an_open_post(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    post = publish(li)
    for who in (None, wang, li):
        assert sight(world, post, who).post == post
        assert sight(world, post, who).unlock is None


def test_a_locked_post_shows_its_teaser_and_the_way_in(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    post = publish(li, audience=OWNERS, text="工时费能谈", teaser="省钱心得")
    for who in (None, wang):
        seen = sight(world, post, who)
        assert seen.unlock is not None
        assert (seen.post.text, seen.post.teaser) == ("", "省钱心得")


def test_a_post_on_a_closed_board_gives_nothing_of_its_text_away(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    post = publish(li, "members-only", text="会员内购价")
    for who in (None, wang):
        assert "内购" not in str(sight(world, post, who))
    assert sight(world, post, li).post.text == "会员内购价"


def test_an_author_reads_their_own_post_whatever_they_become(
    world: World, wang: Person, publish: Publish
) -> None:
    post = publish(wang, "new-car-shopping", audience=OWNERS)
    assert sight(world, post, wang).unlock is None


def test_a_held_post_is_its_authors_alone(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    post = publish(li, text="存疑")
    assert sight(world, post, li).post.state is State.HELD
    for who in (None, wang):
        with pytest.raises(NoSuchPost):
            sight(world, post, who)


@pytest.mark.parametrize("post_id", ["", "unknown", A_POST_ID, "x" * 3_000, "../x", "帖子"])
def test_what_is_no_post_is_not_found(world: World, post_id: str) -> None:
    with pytest.raises(NoSuchPost):
        posts.read(None, post_id, now=world.now)


def test_a_new_post_has_been_counted_by_nobody(world: World, li: Person, publish: Publish) -> None:
    counts = sight(world, publish(li)).counts
    assert (counts.views, counts.likes, counts.comments, counts.favourites) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("text", "audience", "refusal"),
    [("存疑", None, NoSuchPost), ("正文", OWNERS, PostLocked)],
    ids=["held", "locked"],
)
def test_only_a_post_that_one_may_read_is_open_to_more(
    world: World,
    li: Person,
    wang: Person,
    publish: Publish,
    text: str,
    audience: Any,
    refusal: type[Refusal],
) -> None:
    post = publish(li, text=text, **({"audience": audience} if audience else {}))
    with pytest.raises(refusal):
        posts.open_to(wang.member, post.post_id, now=world.now)


def test_a_closed_board_is_not_listed(world: World, wang: Person) -> None:
    for who in (None, wang):
        with pytest.raises(BoardClosed):
            listed(world, who, "members-only")


def test_a_list_shows_everything_but_the_text(world: World, li: Person, publish: Publish) -> None:
    post = publish(li, audience=OWNERS, text="工时费能谈", teaser="省钱心得")
    (card,) = pages.latest(None, "car-care", PageQuery(), now=world.now).items
    assert (card.post_id, card.title, card.teaser) == (post.post_id, "首保多少钱", "省钱心得")
    assert (card.author, card.audience, card.kind) == (post.author, OWNERS, "discussion")
    assert "工时费" not in str(card)
