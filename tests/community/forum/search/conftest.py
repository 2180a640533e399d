"""Somebody searches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.lists import Page
from community.forum.search import service as search
from community.forum.search.rules import Found, Search
from tests.world import Person, World

Find = Callable[..., list[str]]


@pytest.fixture
def page(world: World) -> Callable[..., Page[Found]]:
    def found(
        text: str,
        who: Person | None = None,
        *,
        cursor: str | None = None,
        limit: int = 20,
        **more: Any,
    ) -> Page[Found]:
        return search.find(
            who.member if who else None,
            Search(text=text, **more),
            cursor=cursor,
            limit=limit,
            now=world.now,
        )

    return found


@pytest.fixture
def find(page: Callable[..., Page[Found]]) -> Find:
    """The ids of the posts that are found first."""

    def found(text: str, who: Person | None = None, **more: Any) -> list[str]:
        return [each.card.post_id for each in page(text, who, **more).items]

    return found


@pytest.fixture
def every_page(page: Callable[..., Page[Found]]) -> Callable[..., list[list[str]]]:
    """The ids on all pages; `between` is done between two of them."""

    def found(
        text: str,
        who: Person | None = None,
        *,
        between: Callable[[], object] = lambda: None,
        **more: Any,
    ) -> list[list[str]]:
        pages, cursor = [], None
        while True:
            one = page(text, who, cursor=cursor, **more)
            pages.append([each.card.post_id for each in one.items])
            cursor = one.next_cursor
            if cursor is None:
                return pages
            assert len(pages) < 100, "This goes on for ever."
            between()

    return found
