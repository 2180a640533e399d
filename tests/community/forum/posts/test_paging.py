"""Lists of posts: nothing is skipped and nothing repeated, whatever others do meanwhile."""

from __future__ import annotations

from random import Random

import pytest

from chalicelib.errors import Invalid
from chalicelib.lists import PageQuery
from community.forum.posts import pages
from community.forum.posts import service as posts
from tests.builders import a_draft
from tests.world import Person, World


def publish(world: World, who: Person, board_id: str = "accessory-deals") -> str:
    world.later(milliseconds=1)
    return posts.publish(
        who.member, board_id, a_draft(), request_id=world.new_request_id(), now=world.now
    ).post_id


@pytest.mark.parametrize("seed", range(4))
def test_paging_neither_skips_nor_repeats_while_others_post(world: World, seed: int) -> None:
    random = Random(seed)
    wang = world.joins("wang")
    before = [publish(world, wang) for _ in range(random.randint(0, 9))]
    seen: list[str] = []
    cursor = None
    while True:
        query = PageQuery(limit=random.randint(1, 4), cursor=cursor)
        page = pages.latest(None, "accessory-deals", query, now=world.now)
        assert len(page.items) <= query.limit
        seen += [card.post_id for card in page.items]
        if (cursor := page.next_cursor) is None:
            break
        for _ in range(random.randint(0, 2)):
            publish(world, wang)
    assert seen == before[::-1]


def test_posts_of_the_same_millisecond_are_all_listed_once(world: World) -> None:
    wang = world.joins("wang")
    made = {
        posts.publish(
            wang.member, "accessory-deals", a_draft(), request_id=f"r{n}", now=world.now
        ).post_id
        for n in range(5)
    }
    first = pages.latest(None, "accessory-deals", PageQuery(limit=3), now=world.now)
    query = PageQuery(limit=3, cursor=first.next_cursor)
    rest = pages.latest(None, "accessory-deals", query, now=world.now)
    listed = [card.post_id for card in [*first.items, *rest.items]]
    assert (set(listed), len(listed)) == (made, 5)


def test_a_cursor_of_one_board_does_not_open_another(world: World) -> None:
    wang = world.joins("wang")
    publish(world, wang)
    page = pages.latest(None, "accessory-deals", PageQuery(limit=1), now=world.now)
    with pytest.raises(Invalid):
        pages.latest(None, "new-car-shopping", PageQuery(cursor=page.next_cursor), now=world.now)


def test_each_board_lists_its_own(world: World) -> None:
    wang = world.joins("wang")
    deal, car = publish(world, wang), publish(world, wang, "new-car-shopping")
    for board_id, post_id in (("accessory-deals", deal), ("new-car-shopping", car)):
        page = pages.latest(None, board_id, PageQuery(), now=world.now)
        assert [card.post_id for card in page.items] == [post_id]
