"""How often the same one may try something, so that nobody can try out what is not theirs."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from chalicelib.errors import TooMany
from community.commons.dates import BEIJING


class TooManyAttempts(TooMany):
    code = "too_many_attempts"
    text = "尝试次数过多，请稍后再试"


class Limit(msgspec.Struct, frozen=True):
    """At most so many in a window. Windows follow each other; the first one began with a day in Beijing."""

    name: str
    most: int
    window: timedelta


def window_of(limit: Limit, now: datetime) -> int:
    """The number of the window that is open."""
    return _since_the_first(now) // limit.window


def seconds_left(limit: Limit, now: datetime) -> int:
    """Until the next window opens."""
    left = limit.window - _since_the_first(now) % limit.window
    return int(left.total_seconds()) + 1


def _since_the_first(now: datetime) -> timedelta:
    return now - datetime(2026, 1, 1, tzinfo=BEIJING)
