"""Rows of attempts, in the people table: a count for each window, which dies with it.

| pattern          | key condition                                             | units |
|------------------|-----------------------------------------------------------|-------|
| one more attempt | update `attempts#<limit>#<whose>` / `<window>` if not full | 1 WCU |
"""

from __future__ import annotations

from datetime import datetime

from pynamodb.attributes import NumberAttribute

from chalicelib.tables import Row, dies_at, table_name, unless_overtaken
from community.people.attempts.rules import Limit, window_of


class AttemptsRow(Row):
    class Meta:
        table_name = table_name("people")

    count_ = NumberAttribute(attr_name="count", default=0)


def count(limit: Limit, whose: str, *, now: datetime) -> None:
    """Refuses: Overtaken — there were as many as may be"""
    row = AttemptsRow(f"attempts#{limit.name}#{whose}", f"{window_of(limit, now):05d}")
    room = AttemptsRow.count_.does_not_exist() | (AttemptsRow.count_ < limit.most)
    dies = AttemptsRow.ttl.set(dies_at(now, limit.window))
    with unless_overtaken():
        row.update([AttemptsRow.count_.add(1), dies], room)
