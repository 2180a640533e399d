"""Rows of the owner archive, in the people table: what it says of a member, and whose a car is by it.

| pattern                        | key condition                                        | units       |
|--------------------------------|------------------------------------------------------|-------------|
| add a person                   | transaction: the member, their mobile (see `members`), | 9 WCU     |
|                                |   put `member#<id>` / `archive`, `vin#<hash>` / `archive` |        |
| tell more                      | transaction: put the two where they are as they were | 4 WCU       |
| whose are these cars           | batch get `vin#<hash>` / `archive`, consistent       | 1 RCU each  |
| what is known of these         | batch get `member#<id>` / `archive`, consistent      | 1 RCU each 4 KB |
| all of a member                | query `member#<id>`, sk from `archive`               | 0.5 RCU     |
| merge, unmerge                 | transaction for each row: put it there, delete it here | 8 WCU     |
| erase                          | delete each                                          | 1 WCU each  |
| forget a number                | put, update each if it is as it was                  | 1 WCU each  |
| note that it was updated       | put `archive#<import>` / `<row>`                     | 1 WCU each 100 rows |

What came with a merge stands beside the member's own as `archive#<gone>`, and goes back from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import msgspec
from pynamodb.attributes import UnicodeAttribute
from pynamodb.transactions import TransactWrite

from chalicelib import crypto
from chalicelib.errors import Unavailable
from chalicelib.tables import (
    Overtaken,
    Row,
    dies_at,
    one_transaction,
    table_name,
    unless_overtaken,
)
from community import facts
from community.people.archive.rules import OWN, Archive, subjects_in, without_number

KEPT_NEWS = timedelta(days=30)


class ArchiveRow(Row):
    class Meta:
        table_name = table_name("people")

    archive = UnicodeAttribute()


class CarRow(Row):
    """Whose a car is by the archive. `mobile` is a hash; see `Car`."""

    class Meta:
        table_name = table_name("people")

    member_id = UnicodeAttribute()
    mobile = UnicodeAttribute(null=True)
    told_at = UnicodeAttribute()
    told_by = UnicodeAttribute()
    moved_by = UnicodeAttribute(null=True)


class NewsRow(Row):
    class Meta:
        table_name = table_name("people")


class Car(msgspec.Struct, frozen=True):
    """A car and whose it is by the archive, told by a row. `moved_by`: rows of its import that took it away."""

    vin: str
    member_id: str
    mobile_hash: str | None
    told_at: datetime
    told_by: str
    moved_by: tuple[str, ...] = ()

    def is_as(self, other: Car) -> bool:
        """Whether both say the same, whenever it was told."""
        return (self.member_id, self.mobile_hash) == (other.member_id, other.mobile_hash)


class Kept(msgspec.Struct, frozen=True):
    """An archive as it stands in its row; `seal` tells whether it changes meanwhile."""

    archive: Archive
    seal: str


def mobile_hash(mobile: str) -> str:
    return crypto.lookup_hash("mobile", mobile)


def cars(vins: Iterable[str]) -> dict[str, Car]:
    by_key = {_car_key(vin): vin for vin in vins}
    found = CarRow.batch_get([(key, OWN) for key in by_key], consistent_read=True)
    return {by_key[row.pk]: _car(by_key[row.pk], row) for row in found}


def own(member_ids: Iterable[str]) -> dict[str, Kept]:
    """What the archive said of these members themselves, not of those they were merged with."""
    keys = [(_key(member_id), OWN) for member_id in set(member_ids)]
    found = ArchiveRow.batch_get(keys, consistent_read=True)
    return {row.pk.removeprefix(_key("")): Kept(_archive(row), row.archive) for row in found}


def whole(member_id: str) -> list[Archive]:
    return [_archive(row) for row in _rows(member_id)]


def put_new_in(write: TransactWrite, member_id: str, archive: Archive) -> None:
    """Join the transaction that adds the member: who is new has no archive."""
    write.save(_row(member_id, OWN, archive))


def put_in(write: TransactWrite, member_id: str, archive: Archive, *, was: Kept | None) -> None:
    """Join a transaction: it holds only if the archive still is as it was."""
    still = ArchiveRow.archive == was.seal if was else ArchiveRow.pk.does_not_exist()
    write.save(_row(member_id, OWN, archive), condition=still)


def put_car_in(write: TransactWrite, car: Car, *, was: Car | None) -> None:
    row = CarRow(
        _car_key(car.vin),
        OWN,
        member_id=car.member_id,
        mobile=car.mobile_hash,
        told_at=_time(car.told_at),
        told_by=car.told_by,
        moved_by=" ".join(car.moved_by) or None,
    )
    still = (
        (CarRow.member_id == was.member_id) & (CarRow.told_by == was.told_by)
        if was
        else CarRow.pk.does_not_exist()
    )
    write.save(row, condition=still)


def note(fact: facts.ArchiveUpdated, *, first_row: int) -> None:
    NewsRow(
        f"archive#{fact.import_id}",
        f"{first_row:012d}",
        fact=facts.written(fact),
        ttl=dies_at(fact.at, KEPT_NEWS),
    ).save()


def move(from_id: str, to_id: str, named: Callable[[str], str | None]) -> None:
    """Rows of one member become another's, under their new names; those without one stay."""
    for row in _rows(from_id):
        if (name := named(row.sk)) is None:
            continue
        moved = _row(to_id, name, _archive(row))
        with one_transaction() as write:
            write.save(moved, condition=ArchiveRow.pk.does_not_exist())
            write.delete(row, condition=ArchiveRow.archive == row.archive)


def merged_into(member_id: str) -> set[str]:
    """Those of whom something came with a merge."""
    return {gone_id for row in _rows(member_id) for gone_id in row.sk.split("#")[1:]}


def forget_number(member_id: str) -> None:
    """What stands here of a member, and of their cars, without their number. Refuses: Unavailable"""
    whose = {member_id, *merged_into(member_id)}
    for row in _rows(member_id):
        archive = _archive(row)
        with unless_overtaken(Unavailable()):
            _row(member_id, row.sk, without_number(archive)).save(ArchiveRow.archive == row.archive)
        for vin in _vins_of(archive):
            with suppress(Overtaken), unless_overtaken():
                car = CarRow(_car_key(vin), OWN)
                car.update([CarRow.mobile.remove()], CarRow.member_id.is_in(*whose))


def forget(member_id: str) -> None:
    """Nothing stands here of a member, nor that their cars are theirs."""
    whose = {member_id, *merged_into(member_id)}
    for row in _rows(member_id):
        for vin in _vins_of(_archive(row)):
            with suppress(Overtaken), unless_overtaken():
                CarRow(_car_key(vin), OWN).delete(CarRow.member_id.is_in(*whose))
        row.delete()


def _vins_of(archive: Archive) -> list[str]:
    return [subject.value for subject in subjects_in([archive]) if subject.kind == "vin"]


def _rows(member_id: str) -> list[ArchiveRow]:
    return list(
        ArchiveRow.query(_key(member_id), ArchiveRow.sk.startswith(OWN), consistent_read=True)
    )


def _row(member_id: str, sk: str, archive: Archive) -> ArchiveRow:
    text = msgspec.json.encode(archive).decode()
    return ArchiveRow(_key(member_id), sk, archive=crypto.sealed(text, about=_key(member_id)))


def _archive(row: ArchiveRow) -> Archive:
    return msgspec.json.decode(crypto.opened(row.archive, about=row.pk), type=Archive)


def _car(vin: str, row: CarRow) -> Car:
    told_at, moved_by = datetime.fromisoformat(row.told_at), (row.moved_by or "").split()
    return Car(vin, row.member_id, row.mobile, told_at, row.told_by, tuple(moved_by))


def _key(member_id: str) -> str:
    return f"member#{member_id}"


def _car_key(vin: str) -> str:
    return f"vin#{crypto.lookup_hash('vin', vin)}"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
