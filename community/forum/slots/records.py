"""Rows of slots, in the forum table: one for each thing that operators put there.

| pattern              | key condition                               | units                                       |
|----------------------|---------------------------------------------|---------------------------------------------|
| all of them          | query `slots`                                | 0.5 RCU each 4 KB, kept for a minute         |
| one                  | get `slots` / `<id>`, consistent               | 1 RCU                                       |
| put one in, change it | transaction: put it if new, if as read; audit | 4 WCU                                       |

What is over dies OVER_KEPT later.
"""

from __future__ import annotations

import msgspec
from pynamodb.attributes import UnicodeAttribute
from pynamodb.transactions import TransactWrite

from chalicelib.tables import Row, dies_at, table_name
from community.forum.slots.rules import OVER_KEPT, Entry, NoSuchEntry

_SLOTS = "slots"


class SlotRow(Row):
    class Meta:
        table_name = table_name("forum")

    entry = UnicodeAttribute()


def everything() -> list[Entry]:
    return [_entry(row.entry) for row in SlotRow.query(_SLOTS, consistent_read=True)]


def find(entry_id: str) -> Entry | None:
    try:
        return _entry(SlotRow.get(_SLOTS, entry_id, consistent_read=True).entry)
    except SlotRow.DoesNotExist:
        return None


def get(entry_id: str) -> Entry:
    """Refuses: NoSuchEntry"""
    if entry := find(entry_id):
        return entry
    raise NoSuchEntry


def add(write: TransactWrite, entry: Entry) -> None:
    """Join a transaction: it is overtaken if the entry is there."""
    write.save(_row(entry), condition=SlotRow.pk.does_not_exist())


def replace(write: TransactWrite, before: Entry, after: Entry) -> None:
    """Join a transaction: it is overtaken if somebody else changed it."""
    write.save(_row(after), condition=SlotRow.entry == _text(before))


def _row(entry: Entry) -> SlotRow:
    ttl = dies_at(entry.until_at, OVER_KEPT)
    return SlotRow(_SLOTS, entry.entry_id, entry=_text(entry), ttl=ttl)


def _entry(text: str) -> Entry:
    return msgspec.json.decode(text, type=Entry)


def _text(entry: Entry) -> str:
    return msgspec.json.encode(entry).decode()
