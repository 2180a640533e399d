"""Rows of licences, in the people table.

| pattern                      | key condition                                          | units   |
|------------------------------|--------------------------------------------------------|---------|
| keep what was read           | put `licence#<media>` if new                            | 2 WCU with the index |
| what was read                | get `licence#<media>`, consistent                       | 1 RCU   |
| hand it in                   | in a transaction: put it, put 4 × `print#<band>` / `<media>` | 12 WCU |
| who handed in such a picture | 4 queries `print#<band>`, the newest 500; batch get `licence#<media>` | 2–32 RCU, 0.5 RCU each |
| forget what stood on it      | update                                                  | 2 WCU   |
| all of a member              | gsi1 `licences#<member>`                                | 0.5 RCU |
| move one in a merge          | update if still theirs                                  | 3 WCU   |
| erase                        | delete it and its 4 prints                              | 6 WCU   |
"""

from __future__ import annotations

from contextlib import suppress

import msgspec
from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute
from pynamodb.transactions import TransactWrite

from chalicelib import crypto
from chalicelib.tables import Overtaken, Row, dies_at, table_name, unless_overtaken
from community.people.licences.rules import READING_KEPT, Licence, bands, is_same_picture

SHARED_MAX = 500
"""Pictures of one layout share a part of their prints: of so many, the newest, the whole one is compared."""
SAME_MAX = 100


class LicenceRow(Row):
    class Meta:
        table_name = table_name("people")

    licence = UnicodeAttribute()
    member_id = UnicodeAttribute()
    merges = UnicodeSetAttribute(null=True)


class PrintRow(Row):
    class Meta:
        table_name = table_name("people")

    print_ = UnicodeAttribute(attr_name="print")


def add(licence: Licence) -> None:
    """Refuses: Overtaken — it was read meanwhile"""
    row = _row(licence)
    row.ttl = dies_at(licence.read_at, READING_KEPT)
    with unless_overtaken():
        row.save(LicenceRow.pk.does_not_exist())


def find(media_id: str) -> Licence | None:
    try:
        return _licence(LicenceRow.get(_key(media_id), "licence", consistent_read=True))
    except LicenceRow.DoesNotExist:
        return None


def hand_in(write: TransactWrite, licence: Licence) -> None:
    """It stays, and can be found by what it looks like."""
    write.save(_row(licence))
    for row in _prints(licence):
        write.save(row)


def alike(licence: Licence) -> list[Licence]:
    """The newest of those that were handed in and are the same picture."""
    if licence.print is None:
        return []
    shared = (
        row
        for own in _prints(licence)
        for row in PrintRow.query(own.pk, scan_index_forward=False, limit=SHARED_MAX)
    )
    same = {row.sk for row in shared if is_same_picture(licence.print, row.print_)}
    newest = sorted(same, reverse=True)[:SAME_MAX]
    return list(map(_licence, LicenceRow.batch_get([(_key(each), "licence") for each in newest])))


def forget_reading(licence: Licence) -> None:
    forgotten = msgspec.structs.replace(licence, reading=None)
    with suppress(Overtaken), unless_overtaken():
        LicenceRow(_key(licence.media_id), "licence").update(
            [LicenceRow.licence.set(_sealed(forgotten))], LicenceRow.pk.exists()
        )


def of_member(member_id: str) -> list[Licence]:
    return [_licence(row) for row in LicenceRow.gsi1.query(_list_of(member_id))]


def came_by(merge_id: str, *, to: str) -> list[Licence]:
    """What a member got by a merge."""
    mark = LicenceRow.merges.contains(merge_id)
    return [_licence(row) for row in LicenceRow.gsi1.query(_list_of(to), filter_condition=mark)]


def move(licence: Licence, *, to: str, merge_id: str, back: bool) -> None:
    """Let it be another member's, and remember by which merge, or take that `back`."""
    merge = LicenceRow.merges.delete([merge_id]) if back else LicenceRow.merges.add([merge_id])
    with suppress(Overtaken), unless_overtaken():
        LicenceRow(_key(licence.media_id), "licence").update(
            [LicenceRow.member_id.set(to), LicenceRow.gsi1pk.set(_list_of(to)), merge],
            LicenceRow.member_id == licence.member_id,
        )


def delete(licence: Licence) -> None:
    for row in _prints(licence):
        row.delete()
    LicenceRow(_key(licence.media_id), "licence").delete()


def _prints(licence: Licence) -> list[PrintRow]:
    if licence.print is None:
        return []
    parts = bands(licence.print)
    return [PrintRow(f"print#{band}", licence.media_id, print_=licence.print) for band in parts]


def _row(licence: Licence) -> LicenceRow:
    return LicenceRow(
        _key(licence.media_id),
        "licence",
        licence=_sealed(licence),
        member_id=licence.member_id,
        gsi1pk=_list_of(licence.member_id),
        gsi1sk=licence.media_id,
    )


def _sealed(licence: Licence) -> str:
    text = msgspec.json.encode(licence).decode()
    return crypto.sealed(text, about=_key(licence.media_id))


def _licence(row: LicenceRow) -> Licence:
    licence = msgspec.json.decode(crypto.opened(row.licence, about=row.pk), type=Licence)
    return msgspec.structs.replace(licence, member_id=row.member_id)


def _key(media_id: str) -> str:
    return f"licence#{media_id}"


def _list_of(member_id: str) -> str:
    return f"licences#{member_id}"
