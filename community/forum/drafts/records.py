"""Rows of drafts, in the forum table, among those of the member.

| pattern               | key condition                              | units             |
|-----------------------|--------------------------------------------|-------------------|
| how many, all of them | query `drafts#<member>`, up to 20           | 0.5 RCU each 4 KB |
| one                   | get `drafts#<member>` / `<id>`, consistent   | 1 RCU each 4 KB   |
| save                  | put if it is as it was read                 | 1 WCU each KB     |
| delete                | delete                                      | 1 WCU each KB     |
| move one in a merge   | see `moves`                                 | 4 WCU each KB     |

A draft dies 90 days after its last change.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib import ids, moves
from chalicelib.joins import Kind
from chalicelib.tables import Row, dies_at, table_name, unless_overtaken
from community.forum.drafts.rules import KEPT_FOR, Body, SavedDraft


class DraftRow(Row):
    class Meta:
        table_name = table_name("forum")

    body = UnicodeAttribute()
    version = NumberAttribute()
    changed_at = UnicodeAttribute()


def add(member_id: str, draft: SavedDraft) -> None:
    """Refuses: Overtaken — it is there already"""
    with unless_overtaken():
        _row(member_id, draft).save(DraftRow.pk.does_not_exist())


def save(member_id: str, draft: SavedDraft) -> None:
    """Refuses: Overtaken — it was changed or deleted meanwhile"""
    with unless_overtaken():
        _row(member_id, draft).save(DraftRow.version == draft.version - 1)


def find(member_id: str, draft_id: str, *, now: datetime) -> SavedDraft | None:
    """As it is this moment."""
    if not ids.is_id(draft_id):
        return None
    try:
        row = DraftRow.get(_key(member_id), draft_id, consistent_read=True)
    except DraftRow.DoesNotExist:
        return None
    return _draft(row) if _lives(row, now) else None


def page(
    member_id: str, *, before: str | None, limit: int, now: datetime
) -> tuple[list[SavedDraft], str | None]:
    """Newest first, and the place of the last that was read if there may be more."""
    older = DraftRow.sk < before if before else None
    found = DraftRow.raw_page(
        _key(member_id), older, limit=limit, newest_first=True, consistent=True
    )
    rows = list(map(DraftRow.from_raw_data, found))
    more = rows[-1].sk if len(rows) == limit else None
    return [_draft(row) for row in rows if _lives(row, now)], more


def delete(member_id: str, draft_id: str) -> None:
    if ids.is_id(draft_id):
        DraftRow(_key(member_id), draft_id).delete()


def all_of(member_id: str) -> Iterator[SavedDraft]:
    return map(_draft, moves.rows(_KIND, source=_key(member_id)))


def move(member_id: str, *, to: str, merge_id: str) -> None:
    moves.move(_KIND, source=_key(member_id), target=_key(to), mark=merge_id)


def move_back(member_id: str, *, to: str, merge_id: str) -> None:
    moves.move_back(_KIND, source=_key(member_id), target=_key(to), mark=merge_id)


def forget(member_id: str) -> None:
    moves.forget(_KIND, source=_key(member_id))


_KIND = Kind(row=DraftRow, starting="")


def _lives(row: DraftRow, now: datetime) -> bool:
    """Whether its time is not over: DynamoDB takes its time to delete."""
    return row.ttl is None or row.ttl > now.timestamp()


def _row(member_id: str, draft: SavedDraft) -> DraftRow:
    return DraftRow(
        _key(member_id),
        draft.draft_id,
        body=msgspec.json.encode(draft.body).decode(),
        version=draft.version,
        changed_at=draft.changed_at.isoformat(),
        ttl=dies_at(draft.changed_at, KEPT_FOR),
    )


def _draft(row: DraftRow) -> SavedDraft:
    return SavedDraft(
        draft_id=row.sk,
        version=int(row.version),
        body=msgspec.json.decode(row.body, type=Body),
        changed_at=datetime.fromisoformat(row.changed_at),
    )


def _key(member_id: str) -> str:
    return f"drafts#{member_id}"
