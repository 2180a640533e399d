"""How each field of the dealer's records is read: as it is meant, or refused with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta

from chalicelib.errors import Invalid
from community.commons import cars
from community.commons.dates import BEIJING
from community.people.archive import texts

ADULT_YEARS = 18
YEAR_MIN = 1900
CHARS_MAX = {"name": 40, "city": 20, "model": 40, "dealer": 60}


def read(field: str, text: str, *, now: datetime) -> str:
    """The value of a field. Refuses: Invalid — the detail is the reason"""
    return _READERS[field](text, field, now)


def _mobile(text: str, _field: str, _now: datetime) -> str:
    mobile = cars.tidied_mobile(text)
    if not cars.is_mobile(mobile):
        raise Invalid(texts.MOBILE)
    return mobile


def _vin(text: str, _field: str, _now: datetime) -> str:
    vin = cars.tidied_vin(text)
    if not cars.is_vin(vin):
        raise Invalid(texts.VIN)
    return vin


def _plate(text: str, _field: str, _now: datetime) -> str:
    plate = cars.tidied_plate(text)
    if not cars.is_plate(plate):
        raise Invalid(texts.PLATE)
    return plate


def _words(text: str, field: str, _now: datetime) -> str:
    words = " ".join(text.split())
    if len(words) > CHARS_MAX[field]:
        raise Invalid(texts.TOO_LONG.format(n=CHARS_MAX[field]))
    return words


def _past_day(text: str, _field: str, now: datetime) -> str:
    day = _day(text)
    if day > now.astimezone(BEIJING).date():
        raise Invalid(texts.IN_THE_FUTURE)
    return day.isoformat()


def _birthday(text: str, field: str, now: datetime) -> str:
    day = date.fromisoformat(_past_day(text, field, now))
    today = now.astimezone(BEIJING).date()
    if today.year - day.year - ((today.month, today.day) < (day.month, day.day)) < ADULT_YEARS:
        raise Invalid(texts.MINOR)
    return day.isoformat()


def _time(text: str, _field: str, now: datetime) -> str:
    """An hour is Beijing's unless it says whose it is."""
    try:
        at = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        at = datetime.combine(_day(text, texts.TIME), datetime.min.time())
    if at.year < YEAR_MIN:
        raise Invalid(texts.TOO_EARLY)
    at = at if at.tzinfo else at.replace(tzinfo=BEIJING)
    if at > now + timedelta(days=1):
        raise Invalid(texts.IN_THE_FUTURE)
    return min(at, now).astimezone(UTC).isoformat()


def _day(text: str, wrong: str = texts.DATE) -> date:
    """A day as people and programs write it: 2024-05-01, 2024/5/1, 2024.5.1, 2024年5月1日, 20240501."""
    words = text.replace("T", " ").split()[0]
    for mark in "/.年月":
        words = words.replace(mark, "-")
    parts = words.removesuffix("日").split("-")
    if len(parts) == 1 and len(words) == 8:
        parts = [words[:4], words[4:6], words[6:]]
    try:
        year, month, day = (int(p) if p.isdecimal() and len(p) <= 4 else 0 for p in parts)
        found = date(year, month, day)
    except ValueError:
        raise Invalid(wrong) from None
    if found.year < YEAR_MIN:
        raise Invalid(texts.TOO_EARLY)
    return found


_READERS: Mapping[str, Callable[[str, str, datetime], str]] = {
    "mobile": _mobile,
    "vin": _vin,
    "plate_number": _plate,
    "purchased_on": _past_day,
    "last_visit_on": _past_day,
    "birthday": _birthday,
    "updated_at": _time,
    **dict.fromkeys(CHARS_MAX, _words),
}
