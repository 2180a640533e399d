"""Ids that sort by time (ULID), made from what is passed in so that a retry makes the same id again.

A library would do, but the living one costs 80 ms at start; this is the specification's one paragraph.
Source: https://github.com/ulid/spec
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AS_BASE_32 = str.maketrans(_ALPHABET, "0123456789ABCDEFGHIJKLMNOPQRSTUV")
ULID_CHARS = 26
TIME_CHARS = 10


def new_id(now: datetime, seed: str) -> str:
    """An id for what `seed` asks for at `now`: same seed and time, same id."""
    milliseconds = (now - _EPOCH) // timedelta(milliseconds=1)
    rest = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:10], "big")
    number = milliseconds << 80 | rest
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -5, -5))


def is_id(text: str) -> bool:
    """Whether a text that came from outside has the form of an id."""
    return len(text) == ULID_CHARS and text[0] <= "7" and not set(text) - set(_ALPHABET)


def is_of_one_seed(one: str, other: str) -> bool:
    """Whether two ids were made for the same, be it at different times."""
    return one[TIME_CHARS:] == other[TIME_CHARS:]


def time_of(ulid: str) -> datetime:
    """When the id was made, to the millisecond."""
    milliseconds = int(ulid[:TIME_CHARS].translate(_AS_BASE_32), 32)
    return _EPOCH + timedelta(milliseconds=milliseconds)
