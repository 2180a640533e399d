"""Rows of the audit log, in the platform table: appended, never changed, never deleted.

| pattern                   | key condition                  | units            |
|---------------------------|--------------------------------|------------------|
| append                    | put `audit#<about>` / `<id>` if new | 1 WCU            |
| append with a deed        | the same in its transaction    | 2 WCU            |
| what was done to this     | query `audit#<about>`, newest first | 0.5 RCU each 4 KB |
"""

from __future__ import annotations

import msgspec
from pynamodb.attributes import UnicodeAttribute
from pynamodb.transactions import TransactWrite

from chalicelib import ids
from chalicelib.tables import Row, table_name, unless_overtaken
from community.commons.audit.rules import Entry


class EntryRow(Row):
    class Meta:
        table_name = table_name("platform")

    entry = UnicodeAttribute()


def add(entry: Entry) -> None:
    """Refuses: Overtaken — it is written down already"""
    with unless_overtaken():
        _row(entry).save(EntryRow.pk.does_not_exist())


def add_in(write: TransactWrite, entry: Entry) -> None:
    write.save(_row(entry), condition=EntryRow.pk.does_not_exist())


def about(about: str, *, limit: int) -> list[Entry]:
    rows = EntryRow.raw_page(f"audit#{about}", limit=limit, newest_first=True)
    return [msgspec.json.decode(row["entry"]["S"], type=Entry) for row in rows]


def _row(entry: Entry) -> EntryRow:
    entry_id = ids.new_id(entry.at, f"{entry.what} {entry.by} {entry.about}")
    text = msgspec.json.encode(entry).decode()
    return EntryRow(f"audit#{entry.about}", entry_id, entry=text)
