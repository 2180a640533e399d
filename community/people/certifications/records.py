"""Rows of certifications, in the people table.

| pattern                       | key condition                                             | units  |
|-------------------------------|-----------------------------------------------------------|--------|
| submit, one open per car      | transaction: put `certification#<id>` if new, put         | 8 WCU  |
|   and member                  |   `vin#<hash>` / `open#<member>` if new                   |        |
| who owns the car              | get `vin#<hash>` / `holder`                               | 0.5 RCU |
| one certification             | get `certification#<id>`, consistent                      | 1 RCU  |
| mine, newest first            | gsi1 `certifications#<member>`                            | 0.5 RCU |
| decide, one holder per car    | transaction: update if still submitted, delete the open   | 8–10 WCU |
|   row, put `vin#<hash>` / `holder` if new or theirs            |                           |        |
"""

from __future__ import annotations

import msgspec
from pynamodb.attributes import UnicodeAttribute

from chalicelib import crypto
from chalicelib.tables import Row, one_transaction, table_name
from community import facts
from community.people.certifications.rules import Certification, NoSuchCertification, State


class CertificationRow(Row):
    class Meta:
        table_name = table_name("people")

    certification = UnicodeAttribute()
    state = UnicodeAttribute()


class VinRow(Row):
    """What is open or settled about one car: who applies, who holds it."""

    class Meta:
        table_name = table_name("people")

    member_id = UnicodeAttribute()
    certification_id = UnicodeAttribute()


def add(certification: Certification, fact: facts.CertificationSubmitted) -> None:
    """Refuses: Overtaken — it is there already, or another one for this car and member is open"""
    with one_transaction() as write:
        row = _row(certification, fact)
        row.gsi1pk = f"certifications#{certification.member_id}"
        row.gsi1sk = certification.certification_id
        write.save(row, condition=CertificationRow.pk.does_not_exist())
        write.save(_open_row(certification), condition=VinRow.pk.does_not_exist())


def find(certification_id: str) -> Certification | None:
    try:
        return get(certification_id)
    except NoSuchCertification:
        return None


def holder_of(certification: Certification) -> str | None:
    """The member who is the car's owner by certification."""
    key = _vin_row(certification, "holder")
    try:
        return VinRow.get(key.pk, key.sk).member_id
    except VinRow.DoesNotExist:
        return None


def get(certification_id: str) -> Certification:
    """Refuses: NoSuchCertification"""
    try:
        row = CertificationRow.get(_key(certification_id), "certification", consistent_read=True)
    except CertificationRow.DoesNotExist as missing:
        raise NoSuchCertification from missing
    return _certification(row)


def of_member(member_id: str, *, before: str | None, limit: int) -> list[Certification]:
    rows = CertificationRow.gsi1.query(
        f"certifications#{member_id}",
        CertificationRow.gsi1sk < before if before else None,
        scan_index_forward=False,
        limit=limit,
    )
    return [_certification(row) for row in rows]


def save_decided(certification: Certification, fact: facts.CertificationDecided) -> None:
    """Refuses: Overtaken — it was decided meanwhile, or the car has another holder"""
    row = _row(certification, fact)
    row.gsi1pk = f"certifications#{certification.member_id}"
    row.gsi1sk = certification.certification_id
    with one_transaction() as write:
        write.save(row, condition=CertificationRow.state == State.SUBMITTED.value)
        write.delete(_open_row(certification))
        if certification.state is State.APPROVED:
            holder = _vin_row(certification, "holder")
            free = VinRow.pk.does_not_exist() | (VinRow.member_id == certification.member_id)
            write.save(holder, condition=free)


def _row(certification: Certification, fact: facts.Fact) -> CertificationRow:
    sealed = crypto.sealed(
        msgspec.json.encode(certification).decode(), about=certification.certification_id
    )
    return CertificationRow(
        _key(certification.certification_id),
        "certification",
        certification=sealed,
        state=certification.state.value,
        fact=facts.written(fact),
    )


def _open_row(certification: Certification) -> VinRow:
    return _vin_row(certification, f"open#{certification.member_id}")


def _vin_row(certification: Certification, sk: str) -> VinRow:
    return VinRow(
        f"vin#{crypto.lookup_hash('vin', certification.vin)}",
        sk,
        member_id=certification.member_id,
        certification_id=certification.certification_id,
    )


def _key(certification_id: str) -> str:
    return f"certification#{certification_id}"


def _certification(row: CertificationRow) -> Certification:
    text = crypto.opened(row.certification, about=row.pk.removeprefix("certification#"))
    return msgspec.json.decode(text, type=Certification)
