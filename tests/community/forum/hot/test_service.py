"""The hot list of a board: right within a minute, the same for who reads on, and never what is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.errors import Invalid
from chalicelib.lists import PageQuery
from community import consequences
from community.forum.boards.rules import BoardClosed
from community.forum.hot import records
from community.forum.hot import service as hot
from community.forum.posts import editing
from community.forum.posts import service as posts
from community.forum.posts.rules import Card, Post
from community.forum.reactions import service as reactions
from community.forum.reactions.rules import Kind
from tests.builders import a_draft, a_member
from tests.community.forum.conftest import Publish
from tests.world import Person, World

BOARD = "car-care"
Liked = Callable[[Post, int], None]


@pytest.fixture
def liked(world: World) -> Liked:
    """So many members like a post, and it is counted."""

    def by(post: Post, number: int) -> None:
        for each in range(number):
            member = a_member(member_id=f"01J00000000000000000000{each:03d}")
            reactions.like(member, post.post_id, now=world.now)
        world.settle()

    return by


def tick(world: World) -> int:
    world.later(seconds=60)
    return hot.refresh(now=world.now)


def page(world: World, cursor: str | None = None, limit: int = 20, **more: Any) -> Any:
    query = PageQuery(limit=limit, cursor=cursor)
    return hot.page(None, more.get("board", BOARD), query, now=world.now)


def ids_of(cards: list[Card]) -> list[str]:
    return [card.post_id for card in cards]


def test_the_hottest_comes_first_within_a_minute(
    world: World, li: Person, publish: Publish, liked: Liked
) -> None:
    made = [publish(li) for _ in range(3)]
    world.settle()
    liked(made[0], 5)
    liked(made[1], 20)
    tick(world)
    assert ids_of(page(world).items) == [made[1].post_id, made[0].post_id, made[2].post_id]
    assert page(world).items[0].counts.likes == 20


def test_a_young_post_overtakes_an_old_one(
    world: World, li: Person, publish: Publish, liked: Liked
) -> None:
    old = publish(li)
    world.settle()
    liked(old, 9)
    world.later(hours=25)
    young = publish(li)
    world.settle()
    tick(world)
    assert ids_of(page(world).items) == [young.post_id, old.post_id]


def test_a_like_that_is_taken_back_takes_its_heat_along(
    world: World, li: Person, wang: Person, publish: Publish
) -> None:
    one, other = publish(li), publish(li)
    world.settle()
    for act, first in ((reactions.like, one), (reactions.unlike, other)):
        act(wang.member, one.post_id, now=world.now)
        reactions.react(Kind.USEFUL, wang.member, one.post_id, now=world.now)
        if first is other:
            reactions.take_back(Kind.USEFUL, wang.member, one.post_id, now=world.now)
        world.settle()
        tick(world)
        assert page(world).items[0].post_id == first.post_id


def test_a_list_in_which_nothing_moved_is_not_made_anew(
    world: World, li: Person, publish: Publish
) -> None:
    publish(li)
    world.settle()
    assert [tick(world), tick(world)] == [1, 0]
    world.later(minutes=11)
    assert tick(world) == 1


def test_a_board_without_posts_has_an_empty_list(world: World) -> None:
    assert tick(world) == 0
    assert page(world) == page(world, limit=5)
    assert (page(world).items, page(world).next_cursor) == ([], None)
    assert hot.top(BOARD, now=world.now) == []


def test_what_is_deleted_is_gone_at_once(world: World, li: Person, publish: Publish) -> None:
    made = [publish(li) for _ in range(3)]
    world.settle()
    tick(world)
    first = page(world, limit=1)
    editing.delete(li.member, made[1].post_id, now=world.now)
    world.settle()
    world.later(seconds=6)  # Until then it may be in memory.
    assert made[1].post_id not in ids_of(page(world).items)
    rest = ids_of(page(world, first.next_cursor).items)
    assert made[1].post_id not in [*ids_of(first.items)[1:], *rest]


def test_what_is_edited_is_read_as_it_is_by_who_reads_on(
    world: World, li: Person, publish: Publish
) -> None:
    made = [publish(li) for _ in range(3)]
    world.settle()
    tick(world)
    cursor = page(world, limit=1).next_cursor
    for post in made:
        editing.edit(li.member, post.post_id, a_draft(title="改了"), now=world.now)
    world.settle()
    world.later(seconds=6)
    assert {card.title for card in page(world, cursor).items} == {"改了"}


def test_who_reads_on_reads_the_same_list(
    world: World, li: Person, publish: Publish, liked: Liked
) -> None:
    made = [publish(li) for _ in range(25)]
    world.settle()
    tick(world)
    first = page(world, limit=7)
    found, cursor = ids_of(first.items), first.next_cursor
    while cursor:
        liked(made[len(found) % 25], 3)
        publish(li)
        world.settle()
        tick(world)
        next_page = page(world, cursor, limit=7)
        found += ids_of(next_page.items)
        cursor = next_page.next_cursor
    assert sorted(found) == sorted(post.post_id for post in made)


def test_a_list_is_kept_for_an_hour(world: World, li: Person, publish: Publish) -> None:
    for _ in range(3):
        publish(li)
    world.settle()
    tick(world)
    cursor = page(world, limit=1).next_cursor
    world.later(minutes=61)
    with pytest.raises(Invalid):
        page(world, cursor)


def test_a_cursor_of_another_list_is_refused(world: World) -> None:
    with pytest.raises(Invalid):
        page(world, "made up")


def test_who_may_not_read_the_board_does_not_read_its_hot_list(world: World) -> None:
    with pytest.raises(BoardClosed):
        page(world, board="members-only")


def test_a_held_post_is_not_hot(world: World, li: Person, publish: Publish) -> None:
    publish(li, text="存疑")
    world.settle()
    tick(world)
    assert page(world).items == []


def test_a_page_is_read_once_in_some_seconds(
    world: World, li: Person, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(li)
    world.settle()
    tick(world)
    page(world)

    def not_again(*_: object) -> None:
        raise AssertionError

    for name in ("listed", "page"):
        monkeypatch.setattr(records, name, not_again)
    world.later(seconds=4)
    assert page(world).items == hot.top(BOARD, now=world.now)


def test_a_score_that_another_wrote_meanwhile_is_looked_at_again(
    world: World, li: Person, wang: Person, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two count at once: whoever read the card first does not have the last word."""
    post = publish(li)
    world.settle()
    reactions.react(Kind.SHARE, wang.member, post.post_id, now=world.now)
    read = records.place_of

    def and_meanwhile(post_id: str) -> str | None:
        before = read(post_id)
        monkeypatch.setattr(records, "place_of", read)
        world.settle()
        return before

    monkeypatch.setattr(records, "place_of", and_meanwhile)
    hot.follow_counts({(BOARD, post.post_id)})
    (card,) = posts.several_cards([(BOARD, post.post_id)]).values()
    assert read(post.post_id) == hot.rules.place_of(card)


def test_a_change_that_is_told_twice_leaves_the_list_that_is_read_as_it_is(
    world: World, li: Person, publish: Publish
) -> None:
    post = publish(li)
    world.settle()
    tick(world)
    editing.delete(li.member, post.post_id, now=world.now)
    world.relay()
    told = world.take("facts")
    for body in (*told, *told):
        consequences.follow(body)
    listed = records.listed(BOARD)
    assert listed
    assert listed.changed == {post.post_id: listed.made_at}
    assert records.page(BOARD, listed.version, 0) != []  # As it was made.
    world.later(seconds=6)
    assert page(world).items == []
    tick(world)
    listed = records.listed(BOARD)
    assert listed
    assert records.page(BOARD, listed.version, 0) is None  # There is nothing.
    world.later(minutes=61)
    tick(world)
    assert records.listed(BOARD).changed == {}  # type: ignore[union-attr]
