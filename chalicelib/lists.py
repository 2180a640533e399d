"""Lists come in pages: `limit` and `cursor` in, items and the next cursor out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Generic, TypeVar

import msgspec

from chalicelib.errors import FieldError, Invalid
from chalicelib.signing import signed, unsigned

ITEMS_MAX = 50
ITEMS_USUAL = 20

Item = TypeVar("Item")
Other = TypeVar("Other")


class PageQuery(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Which page of a list."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=ITEMS_MAX)] = ITEMS_USUAL
    cursor: Annotated[str, msgspec.Meta(max_length=512)] | None = None


class Page(msgspec.Struct, Generic[Item], kw_only=True):
    """Some items of a list, and where it goes on: without a cursor that was all; behind one may be nothing."""

    items: list[Item]
    next_cursor: str | None = None

    def map(self, change: Callable[[Item], Other]) -> Page[Other]:
        return Page(items=[change(item) for item in self.items], next_cursor=self.next_cursor)


def cursor_after(place: str, *, of: str) -> str:
    """The cursor that goes on after `place` in the list `of`: opaque and signed."""
    return signed(place, purpose=f"cursor {of}")


def place_of(cursor: str | None, *, of: str) -> str | None:
    """The place behind which a page starts. Refuses: Invalid — not a cursor of this list."""
    if cursor is None:
        return None
    place = unsigned(cursor, purpose=f"cursor {of}")
    if not isinstance(place, str):
        raise Invalid(errors=[FieldError("cursor", "游标无效，请从第一页重新加载")])
    return place
