"""Rows of what is hot, in the forum table.

| pattern                       | key condition                                          | units            |
|-------------------------------|--------------------------------------------------------|------------------|
| how hot is it by now          | get `heat#<post>`, consistent; its card; update if it   | 2 RCU, 3 WCU if it |
|                               |   differs, gsi1 `hot#<board>` / `<score>#<post>`        |   moved           |
| the hottest of a board        | query gsi1 `hot#<board>`, 100                           | 2.5 RCU          |
| make the list anew            | batch get their cards; put `hot#<board>` / `<version>#<n>` | 100 RCU + 60 WCU |
|                               |   for each 20, then `now`                               |                  |
| note what changed             | get `now`, consistent; put it if it is as it was read    | 1 RCU + 1 WCU each KB |
| every page of a board         | query `hot#<board>`                                     | 0.5 RCU each 4 KB |
| read a page                   | get `now`, get the page; kept for 5 s                   | 0.5 + 1.5 RCU    |
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

import msgspec
from pynamodb.attributes import UnicodeAttribute

from chalicelib.tables import Overtaken, Row, dies_at, table_name, unless_overtaken
from community.forum.hot.rules import KEPT, Listed
from community.forum.posts.rules import Card

_NOW = "now"


class HeatRow(Row):
    """Where a post stands among the hot ones of its board: its place is in the index."""

    class Meta:
        table_name = table_name("forum")


class HotRow(Row):
    class Meta:
        table_name = table_name("forum")

    listed = UnicodeAttribute(null=True)
    cards = UnicodeAttribute(null=True)


def place_of(post_id: str) -> str | None:
    try:
        return HeatRow.get(f"heat#{post_id}", "post", consistent_read=True).gsi1sk
    except HeatRow.DoesNotExist:
        return None


def put(board_id: str, post_id: str, place: str | None, *, before: str | None) -> None:
    """Let a post stand elsewhere, or nowhere. Refuses: Overtaken — it does not stand where it did"""
    row = HeatRow(f"heat#{post_id}", "post", gsi1pk=f"hot#{board_id}", gsi1sk=place)
    as_read = HeatRow.gsi1sk == before if before else HeatRow.pk.does_not_exist()
    with unless_overtaken():
        if place is None:
            row.delete(as_read)
        else:
            row.save(as_read)


def hottest(board_id: str, *, limit: int) -> list[str]:
    found = HeatRow.gsi1.query(f"hot#{board_id}", scan_index_forward=False, limit=limit)
    return [row.pk.removeprefix("heat#") for row in found]


def listed(board_id: str, *, as_it_is_now: bool = False) -> Listed | None:
    try:
        row = HotRow.get(f"hot#{board_id}", _NOW, consistent_read=as_it_is_now)
    except HotRow.DoesNotExist:
        return None
    assert row.listed
    return msgspec.json.decode(row.listed, type=Listed)


def page(board_id: str, version: str, number: int) -> list[Card] | None:
    """None if there is no such page any longer, or never was."""
    try:
        row = HotRow.get(f"hot#{board_id}", _page(version, number))
    except HotRow.DoesNotExist:
        return None
    assert row.cards
    return msgspec.json.decode(row.cards, type=list[Card])


def replace_cards(board_id: str, change: Callable[[list[Card]], list[Card]]) -> None:
    """Change the cards on every page that somebody may still be reading, where `change` changes them."""
    for row in HotRow.query(f"hot#{board_id}", consistent_read=True):
        if row.cards is None:
            continue
        cards = msgspec.json.decode(row.cards, type=list[Card])
        if (changed := change(cards)) != cards:
            with suppress(Overtaken), unless_overtaken():  # It died meanwhile.
                row.update([HotRow.cards.set(_text(changed))], HotRow.pk.exists())


def save_pages(
    board_id: str, version: str, pages: Sequence[Sequence[Card]], *, now: datetime
) -> None:
    ttl = dies_at(now, KEPT)
    for number, cards in enumerate(pages):
        HotRow(f"hot#{board_id}", _page(version, number), cards=_text(cards), ttl=ttl).save()


def save(board_id: str, listed: Listed, *, before: Listed | None) -> None:
    """Refuses: Overtaken — another was put in its place, or something changed"""
    as_read = HotRow.listed == _text(before) if before else HotRow.pk.does_not_exist()
    with unless_overtaken():
        HotRow(f"hot#{board_id}", _NOW, listed=_text(listed)).save(as_read)


def _page(version: str, number: int) -> str:
    return f"{version}#{number}"


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
