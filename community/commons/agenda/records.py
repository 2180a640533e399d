"""Rows of the agenda, in the platform table: a fact each, and the time from which it is true.

| pattern               | key condition                                     | units             |
|-----------------------|---------------------------------------------------|-------------------|
| put down, put off     | put `agenda#<fact>`                                | 2 WCU with the index |
| put down with a deed  | the same in its transaction                       | 4 WCU             |
| strike off            | delete                                            | 2 WCU             |
| what is due           | gsi1 `agenda#<shard>`, gsi1sk up to now             | 0.5 RCU each shard |
| it happens            | update if it is still to come                     | 2 WCU             |

Minutes with very many due facts are spread over shards, so that no partition of the index is hot.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from pynamodb.attributes import UnicodeAttribute
from pynamodb.transactions import TransactWrite

from chalicelib.tables import Row, dies_at, table_name, unless_overtaken
from community import facts
from community.facts import Fact

SHARDS = 4
KEPT_AFTERWARDS = timedelta(days=7)


class AgendaRow(Row):
    class Meta:
        table_name = table_name("platform")

    later = UnicodeAttribute(null=True)


def put(fact: Fact) -> None:
    _row(fact).save()


def put_in(write: TransactWrite, fact: Fact) -> None:
    write.save(_row(fact))


def strike(fact_id: str) -> None:
    AgendaRow(_key(fact_id), "agenda").delete()


def due(*, now: datetime, limit: int) -> Iterator[AgendaRow]:
    for shard in range(SHARDS):
        yield from AgendaRow.gsi1.query(
            f"agenda#{shard}", AgendaRow.gsi1sk <= _time(now), limit=limit
        )


def let_happen(row: AgendaRow, *, now: datetime) -> None:
    """Refuses: Overtaken — it happened, or was struck off or put off"""
    with unless_overtaken():
        AgendaRow(row.pk, row.sk).update(
            [
                AgendaRow.fact.set(row.later),
                AgendaRow.later.remove(),
                AgendaRow.gsi1pk.remove(),
                AgendaRow.gsi1sk.remove(),
                AgendaRow.ttl.set(dies_at(now, KEPT_AFTERWARDS)),
            ],
            (AgendaRow.later == row.later) & (AgendaRow.gsi1sk == row.gsi1sk),
        )


def _row(fact: Fact) -> AgendaRow:
    return AgendaRow(
        _key(fact.fact_id),
        "agenda",
        later=facts.written(fact),
        gsi1pk=f"agenda#{zlib.crc32(fact.fact_id.encode()) % SHARDS}",
        gsi1sk=_time(fact.at),
    )


def _key(fact_id: str) -> str:
    return f"agenda#{fact_id}"


def _time(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
