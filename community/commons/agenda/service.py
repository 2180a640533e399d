"""Front door: facts that are still to come. The minute tick lets happen what is due."""

from __future__ import annotations

from datetime import datetime

from pynamodb.transactions import TransactWrite

from chalicelib.errors import Unavailable
from chalicelib.tables import Overtaken
from community.commons.agenda import records
from community.facts import Fact

AT_ONCE_MAX = 100


def put(fact: Fact) -> None:
    """Let a fact happen at its own time, `fact.at`; put down again, it is put off to the new time."""
    records.put(fact)


def put_in(write: TransactWrite, fact: Fact) -> None:
    """The same, in the transaction of what leads to it."""
    records.put_in(write, fact)


def strike(fact_id: str) -> None:
    """It will not happen. Harmless if it did."""
    records.strike(fact_id)


def let_happen(*, now: datetime) -> int:
    """Let everything happen that is due. Gives how much it was; what is left over waits a minute, as does
    what somebody is changing right now.
    """
    happened = 0
    for row in records.due(now=now, limit=AT_ONCE_MAX):
        try:
            records.let_happen(row, now=now)
        except (Overtaken, Unavailable):
            continue
        happened += 1
    return happened
