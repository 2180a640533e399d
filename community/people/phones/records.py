"""Rows of what WeChat told for a code of the phone button, in the people table. The number is sealed.

| pattern              | key condition                             | units                  |
|----------------------|-------------------------------------------|------------------------|
| what was told        | put `phone-code#<hash>`                    | 2 WCU with the index   |
| it is bound          | in the transaction: update it              | 4 WCU with the index   |
| was it told before   | get `phone-code#<hash>`, consistent        | 1 RCU                  |
| told to a member     | gsi1 `phone-codes#<member>`                | 0.5 RCU                |
"""

from __future__ import annotations

from datetime import datetime

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.transactions import TransactWrite

from chalicelib import crypto, moves
from chalicelib.tables import Row, dies_at, table_name
from community.people.phones.rules import TOLD_KEPT, Told


class CodeRow(Row):
    class Meta:
        table_name = table_name("people")

    member_id = UnicodeAttribute()
    mobile = UnicodeAttribute()
    bound = BooleanAttribute(null=True)


def keep(code: str, told: Told) -> None:
    key = _key(code)
    CodeRow(
        key,
        "code",
        member_id=told.member_id,
        mobile=crypto.sealed(told.mobile, about=key),
        gsi1pk=_list_of(told.member_id),
        gsi1sk=told.at.isoformat(),
        ttl=dies_at(told.at, TOLD_KEPT),
    ).save()


def note_bound(write: TransactWrite, code: str) -> None:
    write.update(
        CodeRow(_key(code), "code"), [CodeRow.bound.set(True)], condition=CodeRow.pk.exists()
    )


def find(code: str) -> Told | None:
    try:
        return _told(CodeRow.get(_key(code), "code", consistent_read=True))
    except CodeRow.DoesNotExist:
        return None


def of_member(member_id: str) -> list[Told]:
    return [_told(row) for row in CodeRow.gsi1.query(_list_of(member_id))]


def move(member_id: str, *, to: str, merge_id: str) -> None:
    source, target = _list_of(member_id), _list_of(to)
    names = {"member_id": to}
    moves.hand_over(CodeRow, source=source, target=target, mark=merge_id, names=names)


def move_back(member_id: str, *, to: str, merge_id: str) -> None:
    source, target = _list_of(member_id), _list_of(to)
    names = {"member_id": to}
    moves.hand_back(CodeRow, source=source, target=target, mark=merge_id, names=names)


def forget(member_id: str) -> None:
    for row in list(CodeRow.gsi1.query(_list_of(member_id))):
        row.delete()


def _told(row: CodeRow) -> Told:
    assert row.gsi1sk
    mobile = crypto.opened(row.mobile, about=row.pk)
    return Told(row.member_id, mobile, datetime.fromisoformat(row.gsi1sk), bool(row.bound))


def _key(code: str) -> str:
    return f"phone-code#{crypto.lookup_hash('phone code', code)}"


def _list_of(member_id: str) -> str:
    return f"phone-codes#{member_id}"
