"""Who reads a list page by page skips nothing and meets nothing twice, whatever others do meanwhile.

A schedule posts, edits, deletes, likes between pages. What stood on the list all the time comes exactly
once; what came or went meanwhile at most once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chalicelib.lists import Page, PageQuery
from community import consequences, facts
from community.facts import PostEdited, PostPublished, PostRemoved, Reacted
from community.forum.hot import service as hot
from community.forum.lists import service as lists
from community.forum.posts import afterwards as post_afterwards
from community.forum.posts import curating, editing
from community.forum.posts import pages as post_pages
from community.forum.posts import service as posts
from community.forum.reactions import service as reactions
from community.forum.reactions.rules import Kind
from tests.builders import a_draft, a_member
from tests.conftest import stage_in_memory
from tests.world import Person, World

BOARD = "car-care"
FOLLOWS: dict[type, tuple[Callable[..., None], ...]] = {
    PostPublished: (post_afterwards.follow, post_afterwards.note_author, lists.follow, hot.follow),
    PostEdited: (post_afterwards.follow, lists.follow, hot.follow),
    PostRemoved: (post_afterwards.follow, lists.follow, hot.follow),
    Reacted: (lists.note_view,),
}
TOPIC = "露营"
ON = a_draft(kind="question", topics=(TOPIC,), model="途观 L")
OFF = a_draft(kind="question", topics=())
Read = Callable[[World, Person, PageQuery], Page[Any]]


def id_of(item: Any) -> str:
    return str(getattr(item, "card", item).post_id)


LISTS: dict[str, Read] = {
    "latest": lambda w, _, q: post_pages.latest(None, BOARD, q, now=w.now),
    "hot": lambda w, _, q: hot.page(None, BOARD, q, now=w.now),
    "featured": lambda w, _, q: lists.featured(None, BOARD, q, now=w.now),
    "unanswered": lambda w, _, q: lists.unanswered(None, BOARD, q, now=w.now),
    "topic": lambda w, _, q: lists.by_topic(None, TOPIC, q, now=w.now),
    "model": lambda w, _, q: lists.by_model(None, "途观 L", q, now=w.now),
    "author": lambda w, me, q: lists.by_author(None, me.member_id, q, now=w.now),
    "my posts": lambda w, me, q: lists.my_posts(me.member, q),
    "favourites": lambda w, me, q: lists.favourites(me.member, q, now=w.now),
    "history": lambda w, me, q: lists.history(me.member, q, now=w.now),
}


class Board:
    """A board with some posts, all of which are on every list, and what others do there."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.me = world.becomes_owner("li")
        self.ids: list[str] = []
        for _ in range(6):
            self.post()
        self.settle()

    def settle(self) -> None:
        """What follows for lists follows; everything else would take most of the time."""
        self.world.relay()
        for body in self.world.take("facts"):
            fact = facts.read(body)
            for follow in FOLLOWS.get(type(fact), ()):
                follow(fact)
        if reacted := self.world.take("counts"):
            for post_id in {consequences.counted_with(body) for body in reacted}:
                consequences.count([b for b in reacted if post_id in b])
        self.world.later(seconds=61)
        hot.refresh(now=self.world.now)

    def post(self, _: int = 0) -> None:
        self.world.later(seconds=1)
        now, request_id = self.world.now, self.world.new_request_id()
        made = posts.publish(self.me.member, BOARD, ON, request_id=request_id, now=now)
        self.ids.append(made.post_id)
        curating.feature(made.post_id, on=True, by="zhangsan", now=now)
        reactions.react(Kind.FAVOURITE, self.me.member, made.post_id, now=now)
        sight = posts.read(self.me.member, made.post_id, now=now)
        reactions.note_read(self.me.member, sight, now=now)

    def edit(self, which: int) -> None:
        """It stands on fewer lists."""
        editing.edit(self.me.member, self.ids[which], OFF, now=self.world.now)
        curating.feature(self.ids[which], on=False, by="zhangsan", now=self.world.now)

    def delete(self, which: int) -> None:
        editing.delete(self.me.member, self.ids[which], now=self.world.now)

    def like(self, which: int) -> None:
        for number in range(5):
            member = a_member(member_id=f"01J0000000000000000000{which}{number:03d}")
            reactions.like(member, self.ids[which], now=self.world.now)


# What happens to the first posts: the others stand where they are all the time.
HAPPENINGS = st.lists(
    st.tuples(st.sampled_from(["post", "edit", "delete", "like"]), st.integers(0, 2)),
    max_size=5,
)


@settings(
    max_examples=5,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)
@given(limit=st.integers(2, 4), schedule=st.lists(HAPPENINGS, min_size=3, max_size=4))
def test_pages_neither_skip_nor_repeat(limit: int, schedule: list[list[tuple[str, int]]]) -> None:
    with pytest.MonkeyPatch.context() as patch, stage_in_memory(patch) as world:
        board = Board(world)
        there, touched = set(board.ids), set()
        found: dict[str, list[str]] = {name: [] for name in LISTS}
        cursors: dict[str, str | None] = dict.fromkeys(LISTS)
        for happenings in [*schedule, *[[]] * len(board.ids)]:
            for name in list(cursors):
                query = PageQuery(limit=limit, cursor=cursors[name])
                page = LISTS[name](world, board.me, query)
                found[name] += map(id_of, page.items)
                cursors[name] = page.next_cursor
                if page.next_cursor is None:
                    del cursors[name]
            for what, which in happenings:
                if what == "post" or board.ids[which] not in touched:
                    getattr(board, what)(which)
                if what in ("edit", "delete"):
                    touched.add(board.ids[which])
            board.settle()
            if not cursors:
                break
        assert not cursors
        for name, ids in found.items():
            assert len(ids) == len(set(ids)), name
            assert there - touched <= set(ids), name
