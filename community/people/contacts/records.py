"""Rows of contacts, in the people table: one for each colleague who has the member as a contact, or had.

| pattern                  | key condition                                            | units           |
|--------------------------|----------------------------------------------------------|-----------------|
| note what became of one  | put `member#<id>` / `contact#<hash>#<userid>` if newer    | 1 WCU           |
| who has a member         | query `member#<id>`, sk from `contact#`                   | 0.5 RCU         |
| move in a merge, delete  | see `moves`                                              | 4 WCU each      |

The hash is of how WeCom calls the person: whoever was merged may be called in two ways.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib import crypto, moves
from chalicelib.joins import Kind
from chalicelib.tables import (
    Overtaken,
    RawRow,
    Row,
    table_name,
    unless_overtaken,
)
from community import facts
from community.people.contacts.rules import Contact


class ContactRow(Row):
    """`at` in milliseconds: what was told last stays."""

    class Meta:
        table_name = table_name("people")

    contact = UnicodeAttribute()
    at = NumberAttribute()


def note(
    member_id: str,
    contact: Contact,
    *,
    external_userid: str,
    fact: facts.ContactAdded | None = None,
) -> None:
    """Keep what became of a contact, unless something newer is known."""
    name = crypto.lookup_hash("contact", external_userid)
    row = _row(member_id, f"contact#{name}#{contact.staff_id}", contact)
    row.fact = facts.written(fact) if fact else None
    with suppress(Overtaken), unless_overtaken():
        row.save(ContactRow.pk.does_not_exist() | (ContactRow.at < row.at))


def of_member(member_id: str) -> list[Contact]:
    return [_contact(row) for row in _rows(member_id)]


def move(merge_id: str, *, source_id: str, target_id: str) -> None:
    moves.move(_KIND, source=_key(source_id), target=_key(target_id), mark=merge_id)


def move_back(merge_id: str, *, source_id: str, target_id: str) -> None:
    moves.move_back(_KIND, source=_key(source_id), target=_key(target_id), mark=merge_id)


def delete_all(member_id: str) -> None:
    moves.forget(_KIND, source=_key(member_id))


def _newer(one: ContactRow, other: ContactRow) -> ContactRow:
    return max(one, other, key=lambda row: row.at)


_KIND = Kind(row=ContactRow, starting="contact#", joined=_newer)


def _rows(member_id: str) -> list[RawRow]:
    return ContactRow.raw_page(
        _key(member_id), ContactRow.sk.startswith("contact#"), consistent=True
    )


def _row(member_id: str, sk: str, contact: Contact) -> ContactRow:
    return ContactRow(
        _key(member_id),
        sk,
        contact=msgspec.json.encode(contact).decode(),
        at=_milliseconds(contact.at),
    )


def _contact(row: RawRow) -> Contact:
    return msgspec.json.decode(row["contact"]["S"], type=Contact)


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _key(member_id: str) -> str:
    return f"member#{member_id}"
