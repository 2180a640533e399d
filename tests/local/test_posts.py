"""`make post`: what a colleague says of a post, from the command line."""

from __future__ import annotations

import pytest

from community.forum.boards import service as boards
from community.forum.posts import service as posts
from local import posts as command
from local import say
from tests.builders import a_draft
from tests.world import World


@pytest.fixture
def post_id(world: World) -> str:
    wang = world.joins("wang")
    return posts.publish(
        wang.member, "accessory-deals", a_draft(), request_id="r1", now=world.now
    ).post_id


def does(world: World, deed: str, post_id: str, **said: str) -> list[str]:
    return command.done({"DO": deed, "ID": post_id, "BY": "lisi", **said}, now=world.now)


def test_a_post_is_featured_closed_and_pinned_and_that_is_taken_back(
    world: World, post_id: str
) -> None:
    for deed in ("feature", "close", "pin"):
        assert does(world, deed, post_id) == [f"✓ {post_id}: {deed}"]
    (line,) = does(world, "show", post_id)
    assert line.split() == [
        post_id,
        "accessory-deals",
        "published,",
        "featured,",
        "closed",
        "首保多少钱",
    ]
    world.later(minutes=1)
    assert boards.get("accessory-deals", now=world.now).pinned == (post_id,)
    for deed in ("unfeature", "open", "unpin"):
        does(world, deed, post_id)
    found = posts.get(post_id)
    assert (found.featured, found.closed) == (False, False)
    world.later(minutes=1)
    assert boards.get("accessory-deals", now=world.now).pinned == ()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"DO": "praise"}, "Say what to do"),
        ({"ID": ""}, "ID is missing"),
        ({"BY": ""}, "BY is missing"),
        ({"BY": "nobody"}, "只有工作人员可以操作"),
        ({"ID": "01J0000000000000000000P0ST"}, "帖子不存在或已被删除"),
    ],
)
def test_what_cannot_be_done_is_told(
    world: World, post_id: str, said: dict[str, str], told: str
) -> None:
    with pytest.raises(say.Failure, match=told):
        command.done({"DO": "feature", "ID": post_id, "BY": "lisi", **said}, now=world.now)
