"""Rows of staff, in the platform table.

| pattern        | key condition            | units   |
|----------------|--------------------------|---------|
| one colleague  | get `staff` / `<userid>` | 0.5 RCU |
| all colleagues | query `staff`            | 0.5 RCU |
"""

from __future__ import annotations

import msgspec
from pynamodb.attributes import UnicodeAttribute

from chalicelib.tables import Row, table_name
from community.commons.staff.rules import Staff


class StaffRow(Row):
    class Meta:
        table_name = table_name("platform")

    staff = UnicodeAttribute()


def save(staff: Staff) -> None:
    StaffRow("staff", _key(staff.userid), staff=msgspec.json.encode(staff).decode()).save()


def find(userid: str) -> Staff | None:
    try:
        return _staff(StaffRow.get("staff", _key(userid)))
    except StaffRow.DoesNotExist:
        return None


def everyone() -> list[Staff]:
    return [_staff(row) for row in StaffRow.query("staff")]


def _key(userid: str) -> str:
    # WeCom does not tell upper from lower case in userids and answers in lower case.
    return userid.lower()


def _staff(row: StaffRow) -> Staff:
    return msgspec.json.decode(row.staff, type=Staff)
