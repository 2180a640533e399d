"""Rows of the catalogue of tags, in the people table.

| pattern             | key condition               | units                                                |
|---------------------|-----------------------------|------------------------------------------------------|
| the whole catalogue | query `tags`                | 0.5 RCU each 4 KB, kept in the container for a minute |
| add an entry        | put `tags` / `<tag>` if new  | 1 WCU                                                |
| add or change one   | transaction: put the same, and the audit entry | 4 WCU                             |
"""

from __future__ import annotations

import msgspec
from pynamodb.attributes import UnicodeAttribute
from pynamodb.transactions import TransactWrite

from chalicelib.tables import Overtaken, Row, table_name, unless_overtaken
from community.people.tag_catalogue.rules import Tag

_CATALOGUE = "tags"


class TagRow(Row):
    class Meta:
        table_name = table_name("people")

    tag = UnicodeAttribute()


def everything() -> list[Tag]:
    rows = TagRow.raw_page(_CATALOGUE)
    return [msgspec.json.decode(row["tag"]["S"], type=Tag) for row in rows]


def add_if_new(tag: Tag) -> bool:
    try:
        with unless_overtaken():
            _row(tag).save(TagRow.pk.does_not_exist())
    except Overtaken:
        return False
    return True


def save(write: TransactWrite, tag: Tag) -> None:
    write.save(_row(tag))


def _row(tag: Tag) -> TagRow:
    return TagRow(_CATALOGUE, tag.tag_id, tag=msgspec.json.encode(tag).decode())
