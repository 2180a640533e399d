"""Merging the same members in any order, again, and with crashes half-way: the same one remains, with everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chalicelib import tables
from community import consequences, facts
from community.commons.audit.rules import SYSTEM
from community.commons.notifications import service as notifications
from community.commons.notifications.rules import Kind
from community.forum.posts import service as posts
from community.forum.reactions import service as reactions
from community.people.identities import service as identities
from community.people.members import service as members
from community.people.merges import service as merges
from community.people.merges.rules import Reason
from tests.builders import a_draft
from tests.conftest import stage_in_memory
from tests.world import Person, World

NAMES = ("li", "wang", "zhao", "sun")
LINKS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3)).filter(lambda pair: pair[0] != pair[1]),
    max_size=3,
)
"""Merges that may come on top of those that bring all together."""


class Crash(BaseException):
    """The Lambda is gone in the middle."""


@contextmanager
def crashing(at: Sequence[int]) -> Iterator[Callable[[], None]]:
    """End the Lambda at some writes, counted from when the given function is first called."""
    events = tables.connection().client.meta.events
    count, armed = 0, False

    def crash(**_: Any) -> None:
        nonlocal count
        count += armed
        if armed and count in at:
            raise Crash

    def arm() -> None:
        nonlocal armed
        armed = True

    names = [
        f"{when}-call.dynamodb.{what}"
        for when in ("before", "after")
        for what in ("TransactWriteItems", "PutItem", "UpdateItem")
    ]
    for name in names:
        events.register(name, crash)
    yield arm
    for name in names:
        events.unregister(name, crash)


def again_and_again(do: Callable[[], Any]) -> None:
    while True:
        try:
            do()
        except Crash:
            continue
        return


def people(world: World) -> list[Person]:
    """Four, a day apart, each with a post, a like of the first post and a notification."""
    everybody: list[Person] = []
    first = ""
    for name in NAMES:
        world.later(days=1)
        who = world.becomes_owner(name)
        post = posts.publish(
            who.member, "car-care", a_draft(), request_id=f"post by {name}", now=world.now
        )
        first = first or post.post_id
        reactions.like(who.member, first, now=world.now)
        notifications.tell(
            who.member_id,
            facts.Fact(fact_id=f"told {name}", at=world.now),
            kind=Kind.MODERATION,
            title=name,
            text=name,
        )
        everybody.append(who)
    world.settle()
    return everybody


def follow_everything(world: World) -> None:
    """Facts are told until nothing follows any more; one that crashes comes again."""
    while True:
        world.relay()
        told = world.take("facts")
        if not told:
            return
        for body in told:
            again_and_again(lambda body=body: consequences.follow(body))  # type: ignore[misc]


def outcome(world: World, everybody: Sequence[Person]) -> dict[str, Any]:
    oldest = everybody[0]
    remaining = members.get(oldest.member_id)
    published = list(posts.exported(oldest.member_id))
    told = notifications.exported(oldest.member_id)
    return {
        "one": {members.get(who.member_id).member_id for who in everybody},
        "member": msgspec.structs.replace(remaining, session_version=0),
        "known by": sorted(each.value for each in identities.of_member(oldest.member_id)),
        "posts": sorted(post["post_id"] for post in published),
        "authors": {post["author"]["member_id"] for post in published},
        "told": sorted(each["title"] for each in told["notifications"]),
        "unread": told["unread"],
        "likes": posts.read(None, min(post["post_id"] for post in published), now=world.now).counts,
        "left": [
            row["pk"]
            for district in ("people", "platform", "forum")
            for row in world.rows(district)
            for who in everybody[1:]
            if row["pk"].endswith(f"#{who.member_id}")
            and not row["pk"].startswith(("member#", "audit#"))
            and "ttl" not in row
        ],
    }


def played(pairs: Sequence[tuple[int, int]], crashes: Sequence[int]) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch, stage_in_memory(patch) as world:
        everybody = people(world)
        with crashing(crashes) as arm:
            arm()
            for one, other in pairs:
                again_and_again(
                    lambda one=one, other=other: merges.merge(  # type: ignore[misc]
                        everybody[one].member_id,
                        everybody[other].member_id,
                        reason=Reason.MOBILE,
                        by=SYSTEM,
                        now=world.now,
                    )
                )
                world.later(seconds=1)
            follow_everything(world)
        return outcome(world, everybody)


@pytest.fixture(scope="module")
def in_order() -> dict[str, Any]:
    """One after the other into the oldest, without a crash."""
    return played([(0, 1), (0, 2), (0, 3)], [])


def test_the_oldest_remains_with_everything(in_order: dict[str, Any]) -> None:
    assert len(in_order["one"]) == 1
    assert in_order["authors"] == in_order["one"]
    liked = [title for title in in_order["told"] if "赞" in title]
    assert in_order["told"] == sorted([*NAMES, *liked])
    assert len(liked) == 1
    assert (len(in_order["posts"]), in_order["unread"], in_order["likes"].likes) == (4, 5, 1)
    assert len(in_order["known by"]) == 4
    assert in_order["left"] == []


# An example takes seconds: to make a failing one smaller would take minutes.
@settings(max_examples=5, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    order=st.permutations([(0, 1), (1, 2), (2, 3)]),
    flipped=st.lists(st.booleans(), min_size=3, max_size=3),
    more=LINKS,
    crashes=st.lists(st.integers(1, 80), max_size=6),
)
def test_in_any_order_again_and_with_crashes_it_comes_out_the_same(
    in_order: dict[str, Any],
    order: list[tuple[int, int]],
    flipped: list[bool],
    more: list[tuple[int, int]],
    crashes: list[int],
) -> None:
    pairs = [pair[::-1] if flip else pair for pair, flip in zip(order, flipped, strict=True)]
    assert played([*pairs, *more], crashes) == in_order
