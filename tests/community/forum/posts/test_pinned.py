"""Pinned posts, what staff say of posts, and pages of a board from which posts go."""

from __future__ import annotations

from random import Random

import pytest

from chalicelib.lists import PageQuery
from community.commons.audit import service as audit
from community.commons.staff import service as staff
from community.commons.staff.rules import NotAModerator, NotStaff, Role, Staff
from community.forum.boards import service as boards
from community.forum.boards.changes import Changes
from community.forum.boards.rules import Policy
from community.forum.posts import curating, editing, listed, pages
from community.forum.posts import service as posts
from community.forum.posts.rules import NoSuchPost, State
from tests.builders import a_draft
from tests.world import Person, World

BOARD = "accessory-deals"


def publish(world: World, who: Person) -> str:
    world.later(milliseconds=1)
    return posts.publish(
        who.member, BOARD, a_draft(), request_id=world.new_request_id(), now=world.now
    ).post_id


def page(world: World, cursor: str | None = None, limit: int = 20) -> tuple[list[str], str | None]:
    found = pages.latest(None, BOARD, PageQuery(limit=limit, cursor=cursor), now=world.now)
    return [card.post_id for card in found.items], found.next_cursor


def every_page(world: World, limit: int) -> list[str]:
    seen, cursor = page(world, limit=limit)
    while cursor:
        more, cursor = page(world, cursor, limit)
        seen += more
    return seen


def pin(world: World, post_id: str, *, on: bool = True) -> None:
    curating.pin(post_id, on=on, by="zhangsan", now=world.now)
    world.later(minutes=1)


def test_pinned_posts_stand_first_and_nowhere_else(world: World) -> None:
    wang = world.joins("wang")
    made = [publish(world, wang) for _ in range(6)]
    pin(world, made[1])
    pin(world, made[4])
    rest = [made[n] for n in (5, 3, 2, 0)]
    for limit in (1, 2, 3, 20):
        assert every_page(world, limit) == [made[4], made[1], *rest]


@pytest.mark.parametrize("on", [True, False])
def test_a_pin_that_changes_while_somebody_reads_neither_skips_nor_repeats(
    world: World, on: bool
) -> None:
    wang = world.joins("wang")
    made = [publish(world, wang) for _ in range(6)]
    if not on:
        pin(world, made[1])
    first, cursor = page(world, limit=2)
    pin(world, made[1], on=on)
    rest = []
    while cursor:
        more, cursor = page(world, cursor, 2)
        rest += more
    assert sorted([*first, *rest]) == sorted(made)


def test_a_post_that_is_gone_is_not_pinned_any_more(world: World) -> None:
    wang = world.joins("wang")
    post_id = publish(world, wang)
    pin(world, post_id)
    editing.delete(wang.member, post_id, now=world.now)
    world.settle()
    world.later(minutes=1)
    assert page(world) == ([], None)
    assert boards.get(BOARD, now=world.now).pinned == ()


def test_a_post_that_others_may_not_see_cannot_be_pinned(world: World) -> None:
    wang = world.joins("wang")
    post_id = publish(world, wang)
    editing.delete(wang.member, post_id, now=world.now)
    with pytest.raises(NoSuchPost):
        curating.pin(post_id, on=True, by="zhangsan", now=world.now)


def test_staff_feature_and_close_a_post_and_take_it_back(world: World) -> None:
    post_id = publish(world, world.joins("wang"))
    for on in (True, True, False):
        curating.feature(post_id, on=on, by="zhangsan", now=world.now)
        curating.close(post_id, on=on, by="lisi", now=world.now)
        found = posts.get(post_id)
        assert (found.featured, found.closed) == (on, on)
        (card,) = pages.latest(None, BOARD, PageQuery(), now=world.now).items
        assert card.featured is on
        world.later(seconds=1)
    deeds = [(entry.what, entry.by, entry.after) for entry in audit.about(f"post#{post_id}")]
    assert sorted(deeds, key=str) == sorted(
        [
            ("posts.featured", "zhangsan", {"featured": True}),
            ("posts.featured", "zhangsan", {"featured": False}),
            ("posts.closed", "lisi", {"closed": True}),
            ("posts.closed", "lisi", {"closed": False}),
        ],
        key=str,
    )


def test_only_those_who_look_after_a_board_say_something_of_its_posts(world: World) -> None:
    post_id = publish(world, world.joins("wang"))
    staff.appoint(Staff("op", "运营", (Role.OPERATOR,)))
    boards.change(BOARD, Changes(moderators=("lisi",)), by="op", now=world.now)
    world.later(minutes=1)
    for by, refusal in (("zhangsan", NotAModerator), ("wangwu", NotAModerator), ("x", NotStaff)):
        with pytest.raises(refusal):
            curating.feature(post_id, on=True, by=by, now=world.now)
    curating.feature(post_id, on=True, by="lisi", now=world.now)
    curating.close(post_id, on=True, by="op", now=world.now)


@pytest.mark.parametrize(
    ("policy", "days", "state"),
    [
        (Policy.POST_MODERATE, 0, State.PUBLISHED),
        (Policy.PRE_MODERATE, 30, State.HELD),
        (Policy.PRE_MODERATE_NEW, 6, State.HELD),
        (Policy.PRE_MODERATE_NEW, 7, State.PUBLISHED),
    ],
)
def test_a_board_can_want_a_moderator_to_look_first(
    world: World, policy: Policy, days: int, state: State
) -> None:
    wang = world.joins("wang")
    staff.appoint(Staff("op", "运营", (Role.OPERATOR,)))
    boards.change(BOARD, Changes(policy=policy), by="op", now=world.now)
    world.later(days=days, minutes=1)
    post_id = publish(world, wang)
    assert posts.get(post_id).state is state
    world.settle()
    assert bool(world.sent("/cgi-bin/message/send")) is (state is State.HELD)


def test_an_edit_is_looked_at_as_its_board_wants(world: World) -> None:
    wang = world.joins("wang")
    post_id = publish(world, wang)
    staff.appoint(Staff("op", "运营", (Role.OPERATOR,)))
    boards.change(BOARD, Changes(policy=Policy.PRE_MODERATE), by="op", now=world.now)
    world.later(minutes=1)
    assert editing.edit(wang.member, post_id, a_draft(), now=world.now).state is State.HELD


@pytest.mark.parametrize("seed", range(6))
def test_paging_neither_skips_nor_repeats_while_others_post_delete_and_pin(
    world: World, seed: int
) -> None:
    random = Random(seed)
    wang = world.joins("wang")
    before = [publish(world, wang) for _ in range(random.randint(3, 12))]
    pinned = random.sample(before, 2)
    for post_id in pinned:
        pin(world, post_id)
    gone: set[str] = set()
    seen: list[str] = []
    cursor = None
    while True:
        more, cursor = page(world, cursor, random.randint(1, 4))
        seen += more
        if cursor is None:
            break
        for _ in range(random.randint(0, 2)):
            publish(world, wang)
        left = sorted(set(before) - gone)
        if left and random.random() < 0.5:
            victim = random.choice(left)
            editing.delete(wang.member, victim, now=world.now)
            gone.add(victim)
        if random.random() < 0.3:
            pin(world, pinned[0], on=random.random() < 0.5 and pinned[0] not in gone)
    assert len(seen) == len(set(seen))
    assert set(before) - gone <= set(seen) <= set(before)


def test_many_deleted_posts_next_to_each_other_cost_a_page_three_reads_at_most(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:

    wang = world.joins("wang")
    made = [publish(world, wang) for _ in range(12)]
    for post_id in made[1:11]:
        editing.delete(wang.member, post_id, now=world.now)
    asked = []
    real = listed.cards

    def counted(*args: object, **more: object) -> object:
        asked.append(more)
        return real(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(listed, "cards", counted)
    seen, cursor = page(world, limit=2)
    assert len(asked) == 3
    while cursor:
        more, cursor = page(world, cursor, 2)
        seen += more
    assert seen == [made[11], made[0]]
