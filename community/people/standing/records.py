"""Rows of what speaks for a member, in the people table, beside the member.

| pattern                   | key condition                                          | units    |
|---------------------------|--------------------------------------------------------|----------|
| it begins, with its deed  | in a transaction: put `member#<id>` / `standing#<ground>#<ref>` | 2 WCU |
| it ends, with its deed    | in a transaction: delete the same                      | 2 WCU    |
| all that speaks for them  | query `member#<id>`, sk from `standing#`, consistent   | 1 RCU    |
| move one in a merge       | transaction: put the one, delete the other             | 4 WCU    |
"""

from __future__ import annotations

from pynamodb.attributes import UnicodeSetAttribute
from pynamodb.transactions import TransactWrite

from chalicelib.tables import Row, one_transaction, table_name
from community.people.standing.rules import Ground, Standing

_SK = "standing#"


class StandingRow(Row):
    class Meta:
        table_name = table_name("people")

    merges = UnicodeSetAttribute(null=True)


def begin(write: TransactWrite, member_id: str, standing: Standing) -> None:
    write.save(_row(member_id, standing))


def end(write: TransactWrite, member_id: str, standing: Standing) -> None:
    write.delete(_row(member_id, standing))


def of_member(member_id: str) -> list[Standing]:
    return [_standing(row) for row in _rows(member_id)]


def move(member_id: str, *, to: str, merge_id: str) -> None:
    """All that speaks for one member speaks for the other, and remembers by which merge."""
    for row in _rows(member_id):
        _move(row, to=to, merges={*(row.merges or ()), merge_id})


def move_back(member_id: str, *, to: str, merge_id: str) -> None:
    """What came by the merge goes back."""
    for row in _rows(member_id):
        if merge_id in (row.merges or ()):
            _move(row, to=to, merges=set(row.merges or ()) - {merge_id})


def delete_all(member_id: str) -> None:
    for row in _rows(member_id):
        row.delete()


def _move(row: StandingRow, *, to: str, merges: set[str]) -> None:
    with one_transaction() as write:
        write.delete(StandingRow(row.pk, row.sk))
        write.save(StandingRow(_key(to), row.sk, merges=merges or None))


def _rows(member_id: str) -> list[StandingRow]:
    found = StandingRow.query(_key(member_id), StandingRow.sk.startswith(_SK), consistent_read=True)
    return list(found)


def _row(member_id: str, standing: Standing) -> StandingRow:
    return StandingRow(_key(member_id), f"{_SK}{standing.ground}#{standing.ref_id}")


def _standing(row: StandingRow) -> Standing:
    ground, _, ref_id = row.sk.removeprefix(_SK).partition("#")
    return Standing(Ground(ground), ref_id)


def _key(member_id: str) -> str:
    return f"member#{member_id}"
