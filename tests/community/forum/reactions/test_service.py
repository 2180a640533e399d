"""Likes and views: one per member and post, counted once, whatever is told how often."""

from __future__ import annotations

from random import Random

import pytest

from chalicelib.errors import Unavailable
from community import consequences
from community.commons.audience.rules import OWNERS
from community.forum.posts import listed
from community.forum.posts import service as posts
from community.forum.posts.rules import Counts, NoSuchPost, Post, PostLocked
from community.forum.reactions import records
from community.forum.reactions import service as reactions
from community.forum.reactions.rules import COUNT_OF, Kind
from tests.community.forum.conftest import Publish
from tests.world import Person, World


@pytest.fixture
def post(li: Person, publish: Publish) -> Post:
    return publish(li)


def like(world: World, who: Person, post: Post) -> None:
    world.later(seconds=1)
    reactions.like(who.member, post.post_id, now=world.now)


def unlike(world: World, who: Person, post: Post) -> None:
    world.later(seconds=1)
    reactions.unlike(who.member, post.post_id, now=world.now)


def opens(world: World, who: Person | None, post: Post) -> bool:
    """Somebody opens the post. Gives whether they like it."""
    world.later(seconds=1)
    member = who.member if who else None
    sight = posts.read(member, post.post_id, now=world.now)
    return Kind.LIKE in reactions.note_read(member, sight, now=world.now)


def counts(world: World, post: Post) -> Counts:
    return posts.read(None, post.post_id, now=world.now).counts


def test_every_kind_has_a_count() -> None:
    assert set(COUNT_OF) == set(Kind)


def test_a_like_is_counted(world: World, wang: Person, post: Post) -> None:
    like(world, wang, post)
    world.settle()
    assert counts(world, post).likes == 1


def test_likes_of_several_members_add_up(
    world: World, li: Person, wang: Person, post: Post
) -> None:
    like(world, li, post)
    like(world, wang, post)
    world.settle()
    assert counts(world, post).likes == 2


def test_liking_twice_is_liking_once(world: World, wang: Person, post: Post) -> None:
    like(world, wang, post)
    like(world, wang, post)
    world.settle()
    assert counts(world, post).likes == 1


def test_a_like_can_be_taken_back(world: World, wang: Person, post: Post) -> None:
    like(world, wang, post)
    world.settle()
    unlike(world, wang, post)
    world.settle()
    assert counts(world, post).likes == 0


def test_taking_back_what_was_not_given_changes_nothing(
    world: World, wang: Person, post: Post
) -> None:
    unlike(world, wang, post)
    world.settle()
    assert counts(world, post).likes == 0


def test_liking_and_taking_back_before_it_was_counted_leaves_nothing(
    world: World, wang: Person, post: Post
) -> None:
    like(world, wang, post)
    unlike(world, wang, post)
    world.settle()
    assert counts(world, post).likes == 0


def test_a_member_sees_what_they_like(world: World, li: Person, wang: Person, post: Post) -> None:
    like(world, wang, post)
    assert opens(world, wang, post)
    assert not opens(world, li, post)
    assert not opens(world, None, post)


def test_a_member_sees_which_posts_of_a_page_they_like(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    made = [publish(li), publish(li), publish(li)]
    like(world, wang, made[1])
    post_ids = [post.post_id for post in made]
    assert reactions.liked_among(wang.member, "car-care", post_ids) == {made[1].post_id}
    assert reactions.liked_among(li.member, "car-care", post_ids) == set()
    assert reactions.liked_among(None, "car-care", post_ids) == set()
    assert reactions.liked_among(wang.member, "car-care", []) == set()


@pytest.mark.parametrize("at_once", [1, 3, 40])
def test_posts_of_a_board_that_stand_far_apart_are_seen_as_liked(
    world: World,
    li: Person,
    wang: Person,
    publish: Publish,
    monkeypatch: pytest.MonkeyPatch,
    at_once: int,
) -> None:
    monkeypatch.setattr(records, "TOGETHER_MAX", at_once)
    made = [publish(li) for _ in range(7)]
    for post in made[:2] + made[4:]:
        like(world, wang, post)
    unlike(world, wang, made[5])
    listed = [(post.board_id, post.post_id) for post in made if post is not made[4]]
    liked = {made[0].post_id, made[1].post_id, made[6].post_id}
    assert reactions.liked_anywhere(wang.member, listed) == liked
    assert reactions.liked_anywhere(li.member, listed) == set()


def test_what_was_taken_back_is_not_seen_as_liked(world: World, wang: Person, post: Post) -> None:
    like(world, wang, post)
    unlike(world, wang, post)
    assert reactions.liked_among(wang.member, "car-care", [post.post_id]) == set()


def test_a_post_that_one_may_not_read_cannot_be_liked(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    with pytest.raises(PostLocked):
        like(world, wang, publish(li, audience=OWNERS))
    with pytest.raises(NoSuchPost):
        like(world, wang, publish(li, text="存疑"))


def test_what_is_not_there_cannot_be_liked(world: World, wang: Person) -> None:
    for act in (reactions.like, reactions.unlike):
        with pytest.raises(NoSuchPost):
            act(wang.member, "unknown", now=world.now)


def test_a_view_is_counted_once_per_member(
    world: World, li: Person, wang: Person, post: Post
) -> None:
    for who in (wang, wang, li):
        opens(world, who, post)
    world.settle()
    assert counts(world, post).views == 2


def test_a_guests_view_is_not_counted(world: World, post: Post) -> None:
    opens(world, None, post)
    world.settle()
    assert counts(world, post).views == 0


@pytest.mark.parametrize("draft", [{"audience": OWNERS}, {"text": "存疑"}], ids=["locked", "held"])
def test_who_could_not_read_it_did_not_view_it(
    world: World, li: Person, wang: Person, publish: Publish, draft: dict[str, object]
) -> None:
    post = publish(li, **draft)
    reader = wang if "audience" in draft else li
    opens(world, reader, post)
    assert not [row for row in world.rows("forum") if row["pk"].startswith("reactions#")]


def test_a_like_waits_to_be_counted_until_its_post_is_on_its_board(
    world: World, wang: Person, post: Post
) -> None:
    like(world, wang, post)
    world.relay()
    (liked,) = world.take("counts")
    listed.CardRow(f"board#{post.board_id}", post.post_id).delete()
    with pytest.raises(Unavailable):
        count(liked)
    listed.list_card(post)
    count(liked)
    assert counts(world, post).likes == 1


def test_a_view_and_a_like_at_once_are_both_counted(world: World, wang: Person, post: Post) -> None:
    opens(world, wang, post)
    like(world, wang, post)
    world.settle()
    assert (counts(world, post).views, counts(world, post).likes) == (1, 1)


@pytest.mark.parametrize("seed", range(3))
def test_counts_come_out_right_however_facts_are_told(
    world: World, li: Person, wang: Person, post: Post, seed: int
) -> None:
    random = Random(seed)
    likes = dict.fromkeys((li, wang), False)
    told: list[str] = []
    for _ in range(8):
        who = random.choice([li, wang])
        likes[who] = random.random() < 0.6
        (like if likes[who] else unlike)(world, who, post)
        if random.random() < 0.5:
            world.relay()
            told += world.take("counts")
            random.shuffle(told)
            for body in told[: random.randint(0, len(told))]:
                count(body)
    world.relay()
    for body in [*told, *world.take("counts"), *told]:
        count(body)
    assert counts(world, post).likes == sum(likes.values())


def count(body: str) -> None:
    consequences.count([body])
