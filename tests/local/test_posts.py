"""`make post`: what a colleague says of a post, from the command line."""

from __future__ import annotations

import pytest

from community.commons.audit import service as audit
from community.forum.boards import service as boards
from community.forum.comments import service as comments
from community.forum.comments.rules import CommentDraft
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


def test_an_answer_is_accepted_and_that_is_taken_back(world: World) -> None:
    wang, li = world.joins("wang"), world.becomes_owner("li")
    draft = a_draft(kind="question")
    asked = posts.publish(wang.member, "accessory-deals", draft, request_id="r2", now=world.now)
    said = comments.publish(
        li.member, asked.post_id, CommentDraft("官网有"), request_id="r3", now=world.now
    )
    for deed, accepted in (("accept", said.comment_id), ("unaccept", None)):
        told = does(world, deed, asked.post_id, BY="zhangsan", COMMENT=said.comment_id)
        assert told == [f"✓ {asked.post_id}: {deed} {said.comment_id}"]
        assert posts.get(asked.post_id).accepted == accepted
        world.later(seconds=1)
    entries = audit.about(f"post#{asked.post_id}")
    assert [(each.what, each.by) for each in entries] == [("posts.accepted", "zhangsan")] * 2


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"COMMENT": ""}, "COMMENT is missing"),
        ({"BY": "wangwu"}, "只有版主可以处理"),
        ({}, "只有提问帖可以采纳回答"),
    ],
)
def test_what_cannot_be_accepted_is_told(
    world: World, post_id: str, said: dict[str, str], told: str
) -> None:
    with pytest.raises(say.Failure, match=told):
        does(world, "accept", post_id, **{"COMMENT": post_id, **said})


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
