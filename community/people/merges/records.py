"""Rows of merges, in the people table. What the members were before is sealed.

| pattern               | key condition                                              | units     |
|-----------------------|------------------------------------------------------------|-----------|
| merge                 | transaction: update both members as they were read, put    | 14 WCU    |
|   `merge#<id>` if new, put the audit entry                                 |           |
| one merge             | get `merge#<id>`, consistent                               | 1 RCU     |
| merges of a member    | gsi1 `merges#<member who remains>`                         | 0.5 RCU   |
| undo                  | transaction: update both members, put it if not undone, audit | 14 WCU |
| forget what was       | put                                                        | 2–4 WCU   |
"""

from __future__ import annotations

import msgspec
from pynamodb.attributes import UnicodeAttribute
from pynamodb.transactions import TransactWrite

from chalicelib import crypto
from chalicelib.tables import Row, table_name
from community import facts
from community.people.merges.rules import Merge, NoSuchMerge


class MergeRow(Row):
    class Meta:
        table_name = table_name("people")

    merge = UnicodeAttribute()
    undone_at = UnicodeAttribute(null=True)


def add_in(write: TransactWrite, merge: Merge, fact: facts.MembersMerged) -> None:
    write.save(_row(merge, fact), condition=MergeRow.pk.does_not_exist())


def undo_in(write: TransactWrite, merge: Merge, fact: facts.MembersUnmerged) -> None:
    write.save(_row(merge, fact), condition=MergeRow.undone_at.does_not_exist())


def save(merge: Merge) -> None:
    _row(merge, None).save()


def get(merge_id: str) -> Merge:
    """Refuses: NoSuchMerge"""
    try:
        row = MergeRow.get(_key(merge_id), "merge", consistent_read=True)
    except MergeRow.DoesNotExist as missing:
        raise NoSuchMerge from missing
    return _merge(row)


def into(member_id: str) -> list[Merge]:
    return [_merge(row) for row in MergeRow.gsi1.query(_list_of(member_id))]


def _row(merge: Merge, fact: facts.Fact | None) -> MergeRow:
    text = msgspec.json.encode(merge).decode()
    return MergeRow(
        _key(merge.merge_id),
        "merge",
        merge=crypto.sealed(text, about=merge.merge_id),
        undone_at=merge.undone_at.isoformat() if merge.undone_at else None,
        fact=facts.written(fact) if fact else None,
        gsi1pk=_list_of(merge.kept_id),
        gsi1sk=merge.merge_id,
    )


def _merge(row: MergeRow) -> Merge:
    text = crypto.opened(row.merge, about=row.pk.removeprefix(_key("")))
    return msgspec.json.decode(text, type=Merge)


def _key(merge_id: str) -> str:
    return f"merge#{merge_id}"


def _list_of(member_id: str) -> str:
    return f"merges#{member_id}"
