"""People who call the API, and what they publish through it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.community.people.certifying import upload  # noqa: F401
from tests.gateway import Gateway
from tests.world import Person, World

Publish = Callable[..., dict[str, Any]]


@pytest.fixture
def li(world: World) -> Person:
    """An owner."""
    return world.becomes_owner("li")


@pytest.fixture
def wang(world: World) -> Person:
    """A prospect."""
    return world.joins("wang")


def a_draft(**fields: Any) -> dict[str, Any]:
    return {"kind": "discussion", "title": "首保多少钱", "text": "大家花了多少？", **fields}


@pytest.fixture
def publish(world: World, api: Gateway) -> Publish:
    """Publish through the API; everybody has a moment to see it."""

    def published(who: Person, board_id: str = "car-care", **draft: Any) -> dict[str, Any]:
        world.later(milliseconds=1)
        reply = api.post(f"/v1/boards/{board_id}/posts", a_draft(**draft), as_=who)
        assert reply.status == 201, reply
        post: dict[str, Any] = reply.json
        return post

    return published
