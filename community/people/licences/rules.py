"""What is read off a photographed licence, and when two photos are the same picture."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from community.people.attempts.rules import Limit

# The platform reads 100 photos a day for everybody. Source: docs of cv/ocr/driving.
READINGS_A_DAY = Limit("licence_reading", 10, timedelta(days=1))
READING_KEPT = timedelta(days=2)
"""Where the photo is not handed in: it is deleted after a day itself."""

# Saved anew, made smaller or trimmed, a picture changes up to 3 of the 64 bits (measured on drawn
# licences); pictures of different licences lay 20 and more apart. Flat scans of one layout do not.
SAME_PICTURE_BITS_MAX = 3
BANDS = 4
_BAND_DIGITS = 4

MediaId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class Reading(msgspec.Struct, frozen=True):
    """What stands on a licence, as far as a certification needs it; None is what could not be read."""

    vin: str | None = None
    plate_number: str | None = None
    model: str | None = None


class Licence(msgspec.Struct, frozen=True, kw_only=True):
    """A photo that was looked at. `reading` is None where no licence was to be seen on it.

    `print` is the picture's perceptual hash: 16 hexadecimal digits.
    """

    media_id: str
    member_id: str
    reading: Reading | None
    print: str | None
    read_at: datetime


def bands(print_: str) -> list[str]:
    """Parts of a print, each with its number. Of two prints that differ in 3 bits, one is the same."""
    starts = range(0, BANDS * _BAND_DIGITS, _BAND_DIGITS)
    return [f"{n}-{print_[start : start + _BAND_DIGITS]}" for n, start in enumerate(starts)]


def is_same_picture(one: str, other: str) -> bool:
    return (int(one, 16) ^ int(other, 16)).bit_count() <= SAME_PICTURE_BITS_MAX
