"""Front door: counting what may not be tried too often."""

from __future__ import annotations

from datetime import datetime

from chalicelib.tables import Overtaken
from community.people.attempts import records, rules
from community.people.attempts.rules import Limit, TooManyAttempts


def count(limit: Limit, whose: str, *, now: datetime) -> None:
    """Count one more attempt. `whose` stands in a key: an id or a keyed hash, nothing personal.

    Refuses: TooManyAttempts — says when the next one will be let through
    """
    try:
        records.count(limit, whose, now=now)
    except Overtaken:
        raise TooManyAttempts(retry_after_s=rules.seconds_left(limit, now)) from None
