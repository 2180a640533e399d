"""What somebody does not want to see: whom they block is known with who calls, so this reads nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from chalicelib.lists import Page
from community.forum.blocks.rules import hides
from community.forum.posts.rules import Author, Card
from community.people.members.rules import Member

Item = TypeVar("Item")


def without_blocked(
    viewer: Member | None, page: Page[Item], author_of: Callable[[Item], Author]
) -> Page[Item]:
    """The page without what members wrote whom the viewer blocks: it may have less than was asked for."""
    shown = [item for item in page.items if not hides(viewer, author_of(item).member_id)]
    return Page(items=shown, next_cursor=page.next_cursor)


def cards_without_blocked(viewer: Member | None, page: Page[Card]) -> Page[Card]:
    return without_blocked(viewer, page, lambda card: card.author)
