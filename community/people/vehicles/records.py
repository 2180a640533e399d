"""Rows of cars, in the people table. A car's id is a keyed hash of its VIN: one VIN, one row, one holder.

| pattern                    | key condition                                             | units   |
|----------------------------|-----------------------------------------------------------|---------|
| take it, if it is nobody's | in a transaction: put `vehicle#<id>` / `holder` if new      | 4 WCU with the index |
| take it from its holder    | in a transaction: update if still held by the certification | 4 WCU  |
| give it up                 | in a transaction: delete if still held by the certification | 4 WCU  |
| holder and seats           | query `vehicle#<id>`, consistent                           | 1 RCU   |
| a seat, at most 3          | transaction: put `seat#<member>`, count on the holder's row | 8 WCU  |
| leave a seat               | transaction: update both                                   | 8 WCU   |
| in which car it was        | get `seat#<member>`, consistent                            | 1 RCU   |
| all of a member            | gsi1 `vehicles#<member>`                                   | 0.5 RCU |
| move one in a merge        | update, or put the one and delete the other                | 3–8 WCU |

A seat that was left stays for a week without being in the index: its row carries the fact of it and,
sealed, the car's model: facts tell nothing personal.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib import crypto
from chalicelib.tables import Row, dies_at, one_transaction, table_name, unless_overtaken
from community import facts
from community.facts import CoDriverAdded, CoDriverRemoved
from community.people.vehicles.rules import CO_DRIVERS_MAX, Holder, Seat, Vehicle

ID_CHARS_MAX = 64
LEFT_SEAT_KEPT = timedelta(days=7)
_HOLDER = "holder"
_SEAT = "seat#"


class HolderRow(Row):
    class Meta:
        table_name = table_name("people")

    member_id = UnicodeAttribute()
    certification_id = UnicodeAttribute()
    about = UnicodeAttribute()
    seats = NumberAttribute(default=0)
    merges = UnicodeSetAttribute(null=True)


class SeatRow(Row):
    class Meta:
        table_name = table_name("people")

    seat = UnicodeAttribute()
    left_at = UnicodeAttribute(null=True)
    model = UnicodeAttribute(null=True)
    merges = UnicodeSetAttribute(null=True)


class _About(msgspec.Struct):
    model: str
    plate_number: str


def vehicle_id_of(vin: str) -> str:
    return crypto.lookup_hash("vin", vin)


def take(write: TransactWrite, holder: Holder, *, instead_of: Holder | None) -> None:
    if instead_of is None:
        row = HolderRow(
            _key(holder.vehicle_id),
            _HOLDER,
            member_id=holder.member_id,
            certification_id=holder.certification_id,
            about=_sealed(holder),
            gsi1pk=_list_of(holder.member_id),
            gsi1sk=holder.vehicle_id,
        )
        write.save(row, condition=HolderRow.pk.does_not_exist())
        return
    actions: list[Action] = [
        HolderRow.member_id.set(holder.member_id),
        HolderRow.certification_id.set(holder.certification_id),
        HolderRow.about.set(_sealed(holder)),
        HolderRow.gsi1pk.set(_list_of(holder.member_id)),
    ]
    if instead_of.member_id != holder.member_id:
        actions += [HolderRow.seats.set(0), HolderRow.merges.remove()]
    write.update(
        HolderRow(_key(holder.vehicle_id), _HOLDER), actions, condition=_is_still(instead_of)
    )


def give_up(write: TransactWrite, holder: Holder) -> None:
    write.delete(HolderRow(_key(holder.vehicle_id), _HOLDER), condition=_is_still(holder))


def find(vehicle_id: str) -> Vehicle | None:
    """The car at this moment, if it has a holder. An id that came from outside may be anything."""
    if not 0 < len(vehicle_id) <= ID_CHARS_MAX:
        return None
    holder, seats = _rows(vehicle_id)
    return Vehicle(_holder(holder), tuple(map(_seat, seats))) if holder else None


def seats_in(vehicle_id: str) -> list[Seat]:
    """Who has a seat in a car, be it nobody's."""
    return [_seat(row) for row in _rows(vehicle_id)[1]]


def ids_of(member_id: str) -> list[str]:
    """The cars that a member holds or has a seat in."""
    return [str(row.gsi1sk) for row in HolderRow.gsi1.query(_list_of(member_id))]


def add_seat(write: TransactWrite, seat: Seat, holder: Holder, fact: CoDriverAdded) -> None:
    row = _seat_row(seat)
    row.fact = facts.written(fact)
    write.save(row, condition=SeatRow.pk.does_not_exist() | SeatRow.left_at.exists())
    room = HolderRow.seats.does_not_exist() | (HolderRow.seats < CO_DRIVERS_MAX)
    write.update(
        HolderRow(_key(seat.vehicle_id), _HOLDER),
        [HolderRow.seats.add(1)],
        condition=_is_still(holder) & room,
    )


def leave_seat(
    write: TransactWrite, seat: Seat, holder: Holder | None, fact: CoDriverRemoved, *, model: str
) -> None:
    """`holder`: among whose seats it counts, if among anybody's still."""
    sealed = crypto.sealed(model, about=_key(seat.vehicle_id))
    write.update(
        SeatRow(_key(seat.vehicle_id), f"{_SEAT}{seat.member_id}"),
        [
            SeatRow.left_at.set(fact.at.isoformat()),
            SeatRow.model.set(sealed),
            SeatRow.fact.set(facts.written(fact)),
            SeatRow.gsi1pk.remove(),
            SeatRow.gsi1sk.remove(),
            SeatRow.ttl.set(dies_at(fact.at, LEFT_SEAT_KEPT)),
        ],
        condition=SeatRow.pk.exists() & SeatRow.left_at.does_not_exist(),
    )
    if holder:
        write.update(
            HolderRow(_key(seat.vehicle_id), _HOLDER),
            [HolderRow.seats.add(-1)],
            condition=_is_still(holder),
        )


def model_left(vehicle_id: str, member_id: str) -> str | None:
    """Which car it was in which a member had a seat, as long as they have it no longer."""
    try:
        row = SeatRow.get(_key(vehicle_id), f"{_SEAT}{member_id}", consistent_read=True)
    except SeatRow.DoesNotExist:
        return None
    return crypto.opened(row.model, about=row.pk) if row.model else None


def move_holder(holder: Holder, *, to: str, merge_id: str, back: bool) -> None:
    """Refuses: Overtaken — it is somebody else's by now"""
    merge = HolderRow.merges.delete([merge_id]) if back else HolderRow.merges.add([merge_id])
    with unless_overtaken():
        HolderRow(_key(holder.vehicle_id), _HOLDER).update(
            [HolderRow.member_id.set(to), HolderRow.gsi1pk.set(_list_of(to)), merge],
            HolderRow.member_id == holder.member_id,
        )


def move_seat(seat: Seat, *, to: str, merge_id: str, back: bool) -> None:
    """Refuses: Overtaken — it was left, or `to` has one"""
    old = SeatRow.get(_key(seat.vehicle_id), f"{_SEAT}{seat.member_id}", consistent_read=True)
    new = _seat_row(msgspec.structs.replace(seat, member_id=to))
    merges = set(old.merges or ()) - {merge_id} if back else {*(old.merges or ()), merge_id}
    new.merges = merges or None
    with one_transaction() as write:
        write.delete(SeatRow(old.pk, old.sk), condition=SeatRow.left_at.does_not_exist())
        write.save(new, condition=SeatRow.pk.does_not_exist() | SeatRow.left_at.exists())


def came_by(merge_id: str, *, to: str) -> Sequence[tuple[str, bool]]:
    """What a member got by a merge: cars, and of each whether it is held or only driven along."""
    mark = HolderRow.merges.contains(merge_id)
    rows = HolderRow.gsi1.query(_list_of(to), filter_condition=mark)
    return [(str(row.gsi1sk), row.sk == _HOLDER) for row in rows]


def forget_seat(write: TransactWrite, seat: Seat, holder: Holder) -> None:
    """Join a transaction: the seat leaves no trace."""
    write.delete(
        SeatRow(_key(seat.vehicle_id), f"{_SEAT}{seat.member_id}"),
        condition=SeatRow.pk.exists() & SeatRow.left_at.does_not_exist(),
    )
    write.update(
        HolderRow(_key(seat.vehicle_id), _HOLDER),
        [HolderRow.seats.add(-1)],
        condition=_is_still(holder),
    )


def _rows(vehicle_id: str) -> tuple[HolderRow | None, list[SeatRow]]:
    found = HolderRow.raw_page(_key(vehicle_id), consistent=True)
    holder = next((HolderRow.from_raw_data(r) for r in found if r["sk"]["S"] == _HOLDER), None)
    seats = [r for r in found if r["sk"]["S"].startswith(_SEAT) and "left_at" not in r]
    return holder, [SeatRow.from_raw_data(row) for row in seats]


def _is_still(holder: Holder) -> Condition:
    return HolderRow.certification_id == holder.certification_id


def _seat_row(seat: Seat) -> SeatRow:
    return SeatRow(
        _key(seat.vehicle_id),
        f"{_SEAT}{seat.member_id}",
        seat=msgspec.json.encode(seat).decode(),
        gsi1pk=_list_of(seat.member_id),
        gsi1sk=seat.vehicle_id,
    )


def _seat(row: SeatRow) -> Seat:
    return msgspec.json.decode(row.seat, type=Seat)


def _holder(row: HolderRow) -> Holder:
    about = msgspec.json.decode(crypto.opened(row.about, about=row.pk), type=_About)
    return Holder(
        vehicle_id=row.pk.removeprefix(_key("")),
        member_id=row.member_id,
        certification_id=row.certification_id,
        model=about.model,
        plate_number=about.plate_number,
    )


def _sealed(holder: Holder) -> str:
    text = msgspec.json.encode(_About(holder.model, holder.plate_number)).decode()
    return crypto.sealed(text, about=_key(holder.vehicle_id))


def _key(vehicle_id: str) -> str:
    return f"vehicle#{vehicle_id}"


def _list_of(member_id: str) -> str:
    return f"vehicles#{member_id}"
