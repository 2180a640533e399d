"""Rows of recounts, in the forum table.

| pattern                     | key condition            | units |
|-----------------------------|--------------------------|-------|
| take the sample of a day    | put `recount#<day>` if new | 1 WCU |
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.tables import Overtaken, Row, dies_at, table_name, unless_overtaken

KEPT = timedelta(days=2)


class RecountRow(Row):
    class Meta:
        table_name = table_name("forum")


def take(day: str, *, now: datetime) -> bool:
    """Whether nobody took it before."""
    try:
        with unless_overtaken():
            RecountRow(f"recount#{day}", "sample", ttl=dies_at(now, KEPT)).save(
                RecountRow.pk.does_not_exist()
            )
    except Overtaken:
        return False
    return True
