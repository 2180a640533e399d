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
| move one in a merge          | put if nobody changed it, the rows of who applies          | 5–6 WCU  |

`applied#<member>` stays for a year after the decision, whatever the application names by then: many who
try the same car stand out.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.transactions import TransactWrite

from chalicelib import crypto, ids
from chalicelib.tables import (
    Overtaken,
    Row,
    dies_at,
    one_transaction,
    table_name,
    unless_overtaken,
)
from community import facts
from community.facts import Fact
from community.people.certifications.rules import Certification, NoSuchCertification, State
from community.people.vehicles.service import vehicle_id_of

APPLIED_KEPT = timedelta(days=365)
_APPLIED = "applied#"


class CertificationRow(Row):
    class Meta:
        table_name = table_name("people")

    certification = UnicodeAttribute()
    revision = NumberAttribute(default=1)
    merges = UnicodeSetAttribute(null=True)
    cars_before = UnicodeSetAttribute(null=True)


class AppliedRow(Row):
    """A member applies for a car, or did; `certification_id` while that is open."""

    class Meta:
        table_name = table_name("people")

    certification_id = UnicodeAttribute(null=True)


class Kept(msgspec.Struct, frozen=True):
    """A certification as it stands in its row: `revision` counts its changes, `cars_before` are the
    ids of those that it was about until it named another one, or none any longer.
    """

    certification: Certification
    revision: int
    merges: frozenset[str] = frozenset()
    cars_before: frozenset[str] = frozenset()

    @property
    def cars(self) -> frozenset[str]:
        """The ids of all cars that it is or was about."""
        return self.cars_before | _cars(self.certification.vin)


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
    cars_before = was.cars - _cars(certification.vin)
    row = _row(msgspec.structs.replace(was, certification=certification, cars_before=cars_before))
    row.fact = facts.written(fact) if fact else None
    write.save(row, condition=CertificationRow.revision == was.revision)
    _note_applied(write, was.certification, certification, now=now)


def open_for(vin: str, member_id: str) -> str | None:
    try:
        row = AppliedRow.get(*_applied(vehicle_id_of(vin), member_id), consistent_read=True)
    except AppliedRow.DoesNotExist:
        return None
    return row.certification_id


def who_applied(vin: str) -> set[str]:
    rows = AppliedRow.query(f"vin#{vehicle_id_of(vin)}", AppliedRow.sk.startswith(_APPLIED))
    return {row.sk.removeprefix(_APPLIED) for row in rows}


def move(was: Kept, *, to: str, merge_id: str, back: bool, now: datetime) -> None:
    """Let it be another member's. Refuses: Overtaken — it changed meanwhile"""
    merges = was.merges - {merge_id} if back else was.merges | {merge_id}
    moved = msgspec.structs.replace(was.certification, member_id=to)
    open_for = was.certification.vin if moved.state is State.SUBMITTED else None
    for car in was.cars - _cars(open_for):
        _move_trace(car, was.certification.member_id, to=to, now=now)
    with one_transaction() as write:
        write.save(
            _row(msgspec.structs.replace(was, certification=moved, merges=merges)),
            condition=CertificationRow.revision == was.revision,
        )
        if open_for:
            write.delete(_applied_row(open_for, was.certification.member_id))
            write.save(_applied_as(moved, open_for, now))


def delete(was: Kept) -> None:
    CertificationRow(_key(was.certification.certification_id), "certification").delete()
    for car in was.cars:
        AppliedRow(*_applied(car, was.certification.member_id)).delete()


def _move_trace(car: str, member_id: str, *, to: str, now: datetime) -> None:
    """That a member applied for a car goes over, but for what says that an application is open."""
    new, old = AppliedRow(*_applied(car, to)), AppliedRow(*_applied(car, member_id))
    new.ttl = dies_at(now, APPLIED_KEPT)
    with suppress(Overtaken), unless_overtaken():
        new.save(AppliedRow.pk.does_not_exist())
    with suppress(Overtaken), unless_overtaken():
        old.delete(AppliedRow.certification_id.does_not_exist())


def _note_applied(
    write: TransactWrite, was: Certification | None, now_is: Certification, *, now: datetime
) -> None:
    """One application of a member for a car is open at most, whichever car it is about by now."""
    vin = now_is.vin or (was.vin if was else None)
    if vin is None:
        return
    if was and was.member_id != now_is.member_id:
        write.delete(_applied_row(vin, was.member_id))
    row = _applied_as(now_is, vin, now)
    mine = AppliedRow.certification_id == now_is.certification_id
    free = AppliedRow.certification_id.does_not_exist()
    if now_is.state is State.SUBMITTED or was is None or was.state is State.SUBMITTED:
        write.save(row, condition=free | mine)


def _applied_as(certification: Certification, vin: str, now: datetime) -> AppliedRow:
    row = _applied_row(vin, certification.member_id)
    if certification.state is State.SUBMITTED:
        row.certification_id = certification.certification_id
    else:
        row.ttl = dies_at(now, APPLIED_KEPT)
    return row


def _applied_row(vin: str, member_id: str) -> AppliedRow:
    return AppliedRow(*_applied(vehicle_id_of(vin), member_id))


def _cars(vin: str | None) -> frozenset[str]:
    return frozenset({vehicle_id_of(vin)} if vin else ())


def _applied(car: str, member_id: str) -> tuple[str, str]:
    return f"vin#{car}", f"{_APPLIED}{member_id}"


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
        cars_before=set(kept.cars_before) or None,
        gsi1pk=_list_of(certification.member_id),
        gsi1sk=key,
    )


def _kept(row: CertificationRow) -> Kept:
    text = crypto.opened(row.certification, about=row.pk.removeprefix(_key("")))
    certification = msgspec.json.decode(text, type=Certification)
    sets = (frozenset(each or ()) for each in (row.merges, row.cars_before))
    return Kept(certification, int(row.revision), *sets)


def _key(certification_id: str) -> str:
    return f"certification#{certification_id}"


def _list_of(member_id: str) -> str:
    return f"certifications#{member_id}"
