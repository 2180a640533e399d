"""People who say something to each other, and what they are told of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.lists import PageQuery
from community.commons.notifications import service as notifications
from community.forum.comments import service as comments
from community.forum.comments.rules import Comment, CommentDraft
from tests.world import Person, World

Say = Callable[..., Comment]


@pytest.fixture
def zhao(world: World) -> Person:
    return world.joins("zhao")


@pytest.fixture
def say(world: World) -> Say:
    """Somebody comments on a post, or answers a comment; and everything follows from that."""

    def said(who: Person, post_id: str, text: str = "同问", **more: object) -> Comment:
        world.later(seconds=1)
        comment = comments.publish(
            who.member,
            post_id,
            CommentDraft(text, **more),  # type: ignore[arg-type]
            request_id=world.new_request_id(),
            now=world.now,
        )
        world.settle()
        return comment

    return said


def told(who: Person) -> list[str]:
    """The titles of what somebody is told, newest first."""
    page, _, _ = notifications.page(who.member_id, PageQuery())
    return [each.title for each in page.items]


def unread(who: Person) -> int:
    return notifications.page(who.member_id, PageQuery())[1]


def read_all(world: World, who: Person) -> None:
    page, _, _ = notifications.page(who.member_id, PageQuery())
    notifications.mark_read(who.member_id, up_to=page.items[0].notification_id, now=world.now)
