"""A post, and people who comment on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from community.forum.comments import service as comments
from community.forum.comments.rules import Comment, CommentDraft
from community.forum.posts.rules import Post
from tests.community.forum.conftest import Publish
from tests.world import Person, World

Say = Callable[..., Comment]


@pytest.fixture
def post(li: Person, publish: Publish) -> Post:
    return publish(li)


@pytest.fixture
def say(world: World, post: Post) -> Say:
    def said(
        who: Person, text: str = "同问", *, to: Post = post, request_id: str = "", **draft: Any
    ) -> Comment:
        world.later(milliseconds=1)
        return comments.publish(
            who.member,
            to.post_id,
            CommentDraft(text, **draft),
            request_id=request_id or world.new_request_id(),
            now=world.now,
        )

    return said
