"""Rows of lists, in the forum table: each says that a post stands there, and where its card is.

| pattern                       | key condition                                        | units              |
|-------------------------------|------------------------------------------------------|--------------------|
| a page of a list              | query `list#<name>`, newest first; batch get the cards | 0.5 + 0.5 RCU each |
| bring a post's lists in line  | get `listed#<post>` and the post, consistent;          | 1 + 1 RCU each 4 KB, |
|                               |   transaction: it + `list#<name>` / `<post>` for each   |   2 WCU each       |
| note what was read            | update `history#<member>` / `<post>` if later;          | 1 + 1–2 WCU        |
|                               |   gsi1 `history#<member>` / `<time>#<post>`             |                    |
| what I read, latest first     | get `history#<member>` / `-`; query gsi1                | 0.5 + 0.5 RCU, cards |
| forget what I read            | put `history#<member>` / `-`; then query gsi1, delete each | 1 WCU, 0.5 RCU each 4 KB, |
|                               |                                                        |   2 WCU each       |
| move one in a merge           | see `moves`                                           | 4–6 WCU            |
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib import moves
from chalicelib.joins import Kind, in_another_place
from chalicelib.tables import (
    Overtaken,
    Row,
    dies_at,
    one_transaction,
    table_name,
    unless_overtaken,
)
from community import facts
from community.forum.lists.rules import HISTORY_KEPT, Place

CLEARED = "-"
AT_ONCE_MAX = 200


class PointerRow(Row):
    class Meta:
        table_name = table_name("forum")

    board_id = UnicodeAttribute()


class ListedRow(Row):
    """On which lists a post stands, by its `revision`."""

    class Meta:
        table_name = table_name("forum")

    names = UnicodeAttribute()
    revision = NumberAttribute()


class HistoryRow(Row):
    """Something that a member read. One, `-`, says from when on they want it known that they did."""

    class Meta:
        table_name = table_name("forum")

    board_id = UnicodeAttribute(null=True)
    cleared_at = UnicodeAttribute(null=True)


class Listed(msgspec.Struct, frozen=True):
    names: frozenset[str] = frozenset()
    revision: int = -1


def page(name: str, *, before: str | None, limit: int) -> list[Place]:
    older = PointerRow.sk < before if before else None
    rows = PointerRow.raw_page(f"list#{name}", older, limit=limit, newest_first=True)
    return [(row["board_id"]["S"], row["sk"]["S"]) for row in rows]


def listed(post_id: str) -> Listed:
    """As it is this moment."""
    try:
        row = ListedRow.get(f"listed#{post_id}", "lists", consistent_read=True)
    except ListedRow.DoesNotExist:
        return Listed()
    return Listed(msgspec.json.decode(row.names, type=frozenset[str]), int(row.revision))


def bring(place: Place, before: Listed, after: Listed) -> None:
    """Refuses: Overtaken — somebody else did; Unavailable"""
    board_id, post_id = place
    row = ListedRow(
        f"listed#{post_id}",
        "lists",
        names=msgspec.json.encode(sorted(after.names)).decode(),
        revision=after.revision,
    )
    as_read = ListedRow.revision == before.revision
    with one_transaction() as write:
        write.save(row, condition=ListedRow.pk.does_not_exist() if before.revision < 0 else as_read)
        for name in after.names - before.names:
            write.save(PointerRow(f"list#{name}", post_id, board_id=board_id))
        for name in before.names - after.names:
            write.delete(PointerRow(f"list#{name}", post_id))


def note_read(member_id: str, place: Place, *, at: datetime) -> None:
    board_id, post_id = place
    when = _when(at, post_id)
    earlier = HistoryRow.gsi1sk.does_not_exist() | (HistoryRow.gsi1sk < when)
    try:
        with unless_overtaken():
            HistoryRow(_partition(member_id), post_id).update(
                [
                    HistoryRow.board_id.set(board_id),
                    HistoryRow.gsi1pk.set(_partition(member_id)),
                    HistoryRow.gsi1sk.set(when),
                    HistoryRow.ttl.set(dies_at(at, HISTORY_KEPT)),
                ],
                earlier,
            )
    except Overtaken:
        pass  # They read it again since.


def history(
    member_id: str, *, before: str | None, limit: int, now: datetime
) -> list[tuple[str, Place]]:
    """Latest first: when, and what. Rows die some days late."""
    since = max(_time(now - HISTORY_KEPT), _cleared_at(member_id))
    if before and before[:-1] < f"{since}~":
        return []  # It was cleared, or time went on: DynamoDB refuses bounds that are the wrong way round.
    # Between includes its ends: the mark is no row's own place, and what was last is not asked for again.
    found = HistoryRow.gsi1.query(
        _partition(member_id),
        HistoryRow.gsi1sk.between(f"{since}~", before[:-1] if before else "~"),
        scan_index_forward=False,
        limit=limit,
    )
    return [(str(row.gsi1sk), (row.board_id, row.sk)) for row in found]


def clear(fact: facts.HistoryCleared, *, now: datetime) -> None:
    HistoryRow(
        _partition(fact.member_id),
        CLEARED,
        cleared_at=_time(now),
        fact=facts.written(fact),
        ttl=dies_at(now, HISTORY_KEPT),
    ).save()


def read_until(member_id: str, *, at: datetime) -> list[tuple[str, Place]]:
    """When, and what, oldest first: so many at once."""
    found = HistoryRow.gsi1.query(
        _partition(member_id), HistoryRow.gsi1sk < f"{_time(at)}~", limit=AT_ONCE_MAX
    )
    return [(str(row.gsi1sk), (row.board_id, row.sk)) for row in found]


def delete_read(member_id: str, when: str, place: Place) -> None:
    _, post_id = place
    with suppress(Overtaken), unless_overtaken():  # They read it again at this moment.
        HistoryRow(_partition(member_id), post_id).delete(HistoryRow.gsi1sk == when)


def time_of(when: str) -> datetime:
    return datetime.fromisoformat(when.partition("#")[0])


def all_read(member_id: str) -> Iterator[tuple[str, Place]]:
    """When, and what, but for what was cleared and is yet to be deleted."""
    cleared_at = ""
    for row in moves.rows(_HISTORY, source=_partition(member_id)):
        when = str(row.gsi1sk).partition("#")[0]
        if row.sk == CLEARED:  # It stands before all others.
            cleared_at = row.cleared_at or ""
        elif when > cleared_at:
            yield when, (row.board_id, row.sk)


def move(member_id: str, *, to: str, merge_id: str) -> None:
    moves.move(_HISTORY, source=_partition(member_id), target=_partition(to), mark=merge_id)


def move_back(member_id: str, *, to: str, merge_id: str) -> None:
    moves.move_back(_HISTORY, source=_partition(member_id), target=_partition(to), mark=merge_id)


def forget(member_id: str) -> None:
    moves.forget(_HISTORY, source=_partition(member_id))


def _cleared_at(member_id: str) -> str:
    try:
        return HistoryRow.get(_partition(member_id), CLEARED).cleared_at or ""
    except HistoryRow.DoesNotExist:
        return ""


def _renewed(row: HistoryRow, pk: str) -> HistoryRow:
    row = in_another_place(row, pk)
    if row.gsi1pk:
        row.gsi1pk = pk
    return row


def _later(one: HistoryRow, other: HistoryRow) -> HistoryRow:
    if (other.gsi1sk or other.cleared_at or "") > (one.gsi1sk or one.cleared_at or ""):
        one.gsi1sk, one.cleared_at, one.ttl = other.gsi1sk, other.cleared_at, other.ttl
    return one


_HISTORY = Kind(row=HistoryRow, starting="", renewed=_renewed, joined=_later)


def _when(at: datetime, post_id: str) -> str:
    return f"{_time(at)}#{post_id}"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _partition(member_id: str) -> str:
    return f"history#{member_id}"
