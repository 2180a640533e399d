"""Rows of names that are suggested, in the forum table. Nothing in them is a member's.

| pattern                    | key condition                                              | units     |
|----------------------------|------------------------------------------------------------|-----------|
| the names of a post        | get `suggested#<post>`                                     | 0.5 RCU   |
| they changed               | put or delete it                                           | 1 WCU     |
| a name is in use           | put `suggest#<its first character>` / `<name>`, if by a later post | 1 WCU |
| this post uses it no more  | delete it, if that was the latest                          | 1 WCU; then 0.5 RCU for each list of posts with it, |
|                            |                                                            |   1 RCU each 4 KB of those that are looked at |
| those that begin so        | query `suggest#<first character>`, beginning so, at most 50 | ≤ 1.5 RCU |
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from contextlib import suppress

import msgspec
from pynamodb.attributes import UnicodeAttribute

from chalicelib.tables import Overtaken, Row, table_name, unless_overtaken


class SuggestionRow(Row):
    """A topic or model that somebody used, and the latest post that did."""

    class Meta:
        table_name = table_name("forum")

    name = UnicodeAttribute()
    post_id = UnicodeAttribute()


class SuggestedRow(Row):
    """The names for which a post stands."""

    class Meta:
        table_name = table_name("forum")

    names = UnicodeAttribute()


def names_of(post_id: str) -> frozenset[str]:
    try:
        row = SuggestedRow.get(f"suggested#{post_id}", "names")
    except SuggestedRow.DoesNotExist:
        return frozenset()
    return frozenset(msgspec.json.decode(row.names, type=list[str]))


def note_names(post_id: str, names: AbstractSet[str]) -> None:
    row = SuggestedRow(f"suggested#{post_id}", "names")
    if not names:
        row.delete()
        return
    row.names = msgspec.json.encode(sorted(names)).decode()
    row.save()


def use(key: str, name: str, post_id: str) -> None:
    row = SuggestionRow(_list(key), key, name=name, post_id=post_id)
    earlier = SuggestionRow.pk.does_not_exist() | (SuggestionRow.post_id <= post_id)
    with suppress(Overtaken), unless_overtaken():
        row.save(earlier)


def use_no_more(key: str, post_id: str) -> bool:
    """Whether no post stands for the name now."""
    its_own = SuggestionRow.pk.does_not_exist() | (SuggestionRow.post_id == post_id)
    try:
        with unless_overtaken():
            SuggestionRow(_list(key), key).delete(its_own)
    except Overtaken:
        return False
    return True


def beginning(begun: str, *, limit: int) -> list[str]:
    """Names that begin so, the latest used first."""
    place = SuggestionRow.sk.startswith(begun)
    rows = SuggestionRow.raw_page(_list(begun), place, limit=limit)
    rows.sort(key=lambda row: str(row["post_id"]["S"]), reverse=True)
    return [row["name"]["S"] for row in rows]


def _list(key: str) -> str:
    return f"suggest#{key[0]}"
