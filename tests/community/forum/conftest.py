"""People of the forum, and what they publish."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from community.forum.posts import service as posts
from community.forum.posts.rules import Post
from tests.builders import a_draft
from tests.world import Person, World

Publish = Callable[..., Post]


@pytest.fixture
def li(world: World) -> Person:
    """An owner."""
    return world.becomes_owner("li")


@pytest.fixture
def wang(world: World) -> Person:
    """A prospect."""
    return world.joins("wang")


@pytest.fixture
def publish(world: World) -> Publish:
    def published(
        who: Person, board_id: str = "car-care", *, request_id: str | None = None, **draft: Any
    ) -> Post:
        return posts.publish(
            who.member,
            board_id,
            a_draft(**draft),
            request_id=request_id or world.new_request_id(),
            now=world.now,
        )

    return published
