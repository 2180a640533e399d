"""Which posts are counted again on a day."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta

from chalicelib import ids
from community.commons.dates import BEIJING

FROM_HOUR = 3
"""In Beijing: when few are awake."""
LATEST = 20
"""Of each board, these: what is liked now is where counts can go wrong."""
OLDER = 10
"""And so many from a time at random."""
OLDEST = timedelta(days=3 * 365)
COMMENTS = 5
"""Of a post, so many of the most liked comments and of the oldest."""


def day_of(now: datetime) -> str | None:
    """The day whose sample is due by now, if any is."""
    here = now.astimezone(BEIJING)
    return here.date().isoformat() if here.hour >= FROM_HOUR else None


def place_at_random(board_id: str, day: str, *, now: datetime) -> str:
    """A place on a board, between now and long ago: the same for all who ask on that day."""
    part = random.Random(f"{board_id} {day}").random()  # noqa: S311 - a sample, not a secret
    return ids.new_id(now - OLDEST * part, day)


def differences(shown: Mapping[str, int], counted: Mapping[str, int]) -> dict[str, int]:
    """By how much each of the counted counts has to change."""
    return {name: count - shown[name] for name, count in counted.items() if count != shown[name]}
