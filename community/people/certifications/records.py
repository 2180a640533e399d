"""Rows of certifications, in the people table.

| pattern                      | key condition                                            | units    |
|------------------------------|----------------------------------------------------------|----------|
| apply, one open per car      | transaction: put `certification#<id>` if new, put          | 8 WCU    |
|   and member                 |   `vin#<car>` / `applied#<member>` if none is open          |          |
| approved at once             | the same, with what `service.keep` joins to it             | 16–24 WCU |
| one certification            | get `certification#<id>`, consistent                      | 1 RCU    |
| mine, newest first           | gsi1 `certifications#<member>`                             | 0.5 RCU  |
| decide, end                  | transaction: put if nobody changed it meanwhile, the row   | 8–24 WCU |
|   of who applies, and what `service.keep` joins to it        |                            |          |
| is one open                  | get `vin#<car>` / `applied#<member>`, consistent            | 1 RCU    |
| who applied for a car        | query `vin#<car>`, sk from `applied#`                      | 0.5 RCU  |
| move one in a merge          | put if nobody changed it, the row of who applies           | 6 WCU    |

`applied#<member>` stays for a year after the decision: many who try the same car stand out.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.transactions import TransactWrite

from chalicelib import crypto, ids
from chalicelib.tables import Row, dies_at, one_transaction, table_name
from community import facts
from community.facts import Fact
from community.people.certifications.rules import Certification, NoSuchCertification, State
from community.people.vehicles.service import vehicle_id_of

APPLIED_KEPT = timedelta(days=365)


class CertificationRow(Row):
    class Meta:
        table_name = table_name("people")

    certification = UnicodeAttribute()
    revision = NumberAttribute(default=1)
    merges = UnicodeSetAttribute(null=True)


class AppliedRow(Row):
    """A member applies for a car, or did; `certification_id` while that is open."""

    class Meta:
        table_name = table_name("people")

    certification_id = UnicodeAttribute(null=True)


class Kept(msgspec.Struct, frozen=True):
    """A certification as it stands in its row: `revision` counts its changes."""

    certification: Certification
    revision: int
    merges: frozenset[str] = frozenset()


def get(certification_id: str) -> Kept:
    """Refuses: NoSuchCertification"""
    if not ids.is_id(certification_id):
        raise NoSuchCertification
    try:
        row = CertificationRow.get(_key(certification_id), "certification", consistent_read=True)
    except CertificationRow.DoesNotExist as missing:
        raise NoSuchCertification from missing
    return _kept(row)


def of_member(member_id: str, *, before: str | None, limit: int | None) -> list[Kept]:
    rows = CertificationRow.gsi1.query(
        _list_of(member_id),
        CertificationRow.gsi1sk < before if before else None,
        scan_index_forward=False,
        limit=limit,
    )
    return [_kept(row) for row in rows]


def add(write: TransactWrite, certification: Certification, fact: Fact, *, now: datetime) -> None:
    row = _row(Kept(certification, 0))
    row.fact = facts.written(fact)
    write.save(row, condition=CertificationRow.pk.does_not_exist())
    _note_applied(write, None, certification, now=now)


def save(
    write: TransactWrite,
    was: Kept,
    certification: Certification,
    fact: Fact | None,
    *,
    now: datetime,
) -> None:
    row = _row(Kept(certification, was.revision, was.merges))
    row.fact = facts.written(fact) if fact else None
    write.save(row, condition=CertificationRow.revision == was.revision)
    _note_applied(write, was.certification, certification, now=now)


def open_for(vin: str, member_id: str) -> str | None:
    try:
        row = AppliedRow.get(_vin_key(vin), f"applied#{member_id}", consistent_read=True)
    except AppliedRow.DoesNotExist:
        return None
    return row.certification_id


def others_who_applied(vin: str, member_id: str) -> int:
    rows = AppliedRow.query(_vin_key(vin), AppliedRow.sk.startswith("applied#"))
    return sum(1 for row in rows if row.sk != f"applied#{member_id}")


def move(was: Kept, *, to: str, merge_id: str, back: bool, now: datetime) -> None:
    """Let it be another member's. Refuses: Overtaken — it changed meanwhile"""
    merges = was.merges - {merge_id} if back else was.merges | {merge_id}
    moved = msgspec.structs.replace(was.certification, member_id=to)
    with one_transaction() as write:
        write.save(
            _row(Kept(moved, was.revision, merges)),
            condition=CertificationRow.revision == was.revision,
        )
        if moved.vin:
            write.delete(_applied_row(was.certification))
            write.save(_applied_as(moved, now))


def delete(certification: Certification) -> None:
    CertificationRow(_key(certification.certification_id), "certification").delete()
    if certification.vin:
        _applied_row(certification).delete()


def _note_applied(
    write: TransactWrite, was: Certification | None, now_is: Certification, *, now: datetime
) -> None:
    """One application of a member for a car is open at most, whichever car it is about by now."""
    moved = was and was.vin and (was.vin, was.member_id) != (now_is.vin, now_is.member_id)
    if was and moved:
        write.delete(_applied_row(was))
    if now_is.vin is None:
        return
    row = _applied_as(now_is, now)
    mine = AppliedRow.certification_id == now_is.certification_id
    free = AppliedRow.certification_id.does_not_exist()
    if now_is.state is State.SUBMITTED or was is None or was.state is State.SUBMITTED:
        write.save(row, condition=free | mine)


def _applied_as(certification: Certification, now: datetime) -> AppliedRow:
    row = _applied_row(certification)
    if certification.state is State.SUBMITTED:
        row.certification_id = certification.certification_id
    else:
        row.ttl = dies_at(now, APPLIED_KEPT)
    return row


def _applied_row(certification: Certification) -> AppliedRow:
    assert certification.vin
    return AppliedRow(_vin_key(certification.vin), f"applied#{certification.member_id}")


def _row(kept: Kept) -> CertificationRow:
    """The row of the next revision."""
    certification = kept.certification
    key = certification.certification_id
    return CertificationRow(
        _key(key),
        "certification",
        certification=crypto.sealed(msgspec.json.encode(certification).decode(), about=key),
        revision=kept.revision + 1,
        merges=set(kept.merges) or None,
        gsi1pk=_list_of(certification.member_id),
        gsi1sk=key,
    )


def _kept(row: CertificationRow) -> Kept:
    text = crypto.opened(row.certification, about=row.pk.removeprefix(_key("")))
    certification = msgspec.json.decode(text, type=Certification)
    return Kept(certification, int(row.revision), frozenset(row.merges or ()))


def _key(certification_id: str) -> str:
    return f"certification#{certification_id}"


def _list_of(member_id: str) -> str:
    return f"certifications#{member_id}"


def _vin_key(vin: str) -> str:
    return f"vin#{vehicle_id_of(vin)}"
