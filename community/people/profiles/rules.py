"""What is known of a member, how it ages, and how what several told comes together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta

from community.commons.safety.rules import ContentNotAllowed
from community.people.archive.rules import Archive

MODEL_CHARS_MAX = 40
HOUSEHOLD_MAX = 12
CHILDREN_MAX = 10
BUDGET_FEN_MAX = 1_000_000_000
BOUGHT_YEAR_MIN = 1950

Told = TypeVar("Told")


class WordsNotAllowed(ContentNotAllowed):
    text = "昵称或简介未通过检查，请修改后再试"


class When(StrEnum):
    """How soon somebody intends to buy."""

    WITHIN_MONTH = "within_month"
    THREE_MONTHS = "three_months"
    HALF_YEAR = "half_year"
    LATER = "later"


class Source(StrEnum):
    """Who said so."""

    SELF = "self"
    ARCHIVE = "archive"


class Household(msgspec.Struct, frozen=True):
    """How many people live together, and how many of them are children."""

    size: Annotated[int, Meta(ge=1, le=HOUSEHOLD_MAX)]
    children: Annotated[int, Meta(ge=0, le=CHILDREN_MAX)] = 0


Fen = Annotated[int, Meta(ge=0, le=BUDGET_FEN_MAX)]
Model = Annotated[str, Meta(min_length=1, max_length=MODEL_CHARS_MAX)]


class Intention(msgspec.Struct, frozen=True, omit_defaults=True):
    """A car that somebody intends to buy. The budget in fen, from and to."""

    model: Model
    when: When
    budget_fen_min: Fen | None = None
    budget_fen_max: Fen | None = None


class DrivenCar(msgspec.Struct, frozen=True, omit_defaults=True):
    """A car that somebody says they drive now, of whatever brand; nobody checks it.

    Certified cars are another thing: those are at `GET /v1/vehicles`.
    """

    model: Model
    bought_year: Annotated[int, Meta(ge=BOUGHT_YEAR_MIN)] | None = None


class Said(msgspec.Struct, Generic[Told], frozen=True, omit_defaults=True):
    """What somebody said, when, and who it was. Without a value: they took it back then."""

    at: datetime
    value: Told | None = None
    source: Source = Source.SELF


class Profile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a member, each with its date, because it ages.

    `named_at`: when the member chose their nickname, which everybody sees and the member row has.
    `skipped` are the questions that the member did not want to answer, and when.
    """

    bio: Said[str] | None = None
    avatar_media_id: Said[str] | None = None
    city: Said[str] | None = None
    birthday: Said[date] | None = None
    household: Said[Household] | None = None
    interests: Said[tuple[str, ...]] | None = None
    vehicles: Said[tuple[DrivenCar, ...]] | None = None
    intentions: Said[tuple[Intention, ...]] | None = None
    accessories: Said[tuple[str, ...]] | None = None
    named_at: datetime | None = None
    skipped: dict[str, datetime] = {}

    def said(self, field: str) -> Said[Any] | None:
        """What was said of a field, if anything holds."""
        said: Said[Any] | None = getattr(self, field)
        return said if said is not None and said.value is not None else None


FIELDS = tuple(f for f in Profile.__struct_fields__ if f not in ("named_at", "skipped"))
FRESH_FOR = {
    "intentions": timedelta(days=90),
    "interests": timedelta(days=365),
    "vehicles": timedelta(days=365),
}
"""After that it is asked again."""


def has_aged(field: str, said: Said[Any], *, now: datetime) -> bool:
    fresh_for = FRESH_FOR.get(field)
    return fresh_for is not None and now - said.at >= fresh_for


def known_from(archive: Archive) -> dict[str, Said[Any]]:
    """What an archive says that stands in a profile, too, as old as it is there."""
    known: dict[str, Said[Any]] = {}
    for telling in sorted(archive.tellings, key=lambda telling: telling.at):
        if city := telling.facts.get("city"):
            known["city"] = Said(at=telling.at, value=city, source=Source.ARCHIVE)
        if birthday := telling.facts.get("birthday"):
            born = date.fromisoformat(birthday)
            known["birthday"] = Said(at=telling.at, value=born, source=Source.ARCHIVE)
    return known


def folded(profiles: Iterable[Profile]) -> Profile:
    """What several people said who turned out to be one: of each field the newest."""
    newest: dict[str, Any] = {}
    named_at: datetime | None = None
    skipped: dict[str, datetime] = {}
    for profile in profiles:
        named_at = max(filter(None, (named_at, profile.named_at)), default=None)
        for field in FIELDS:
            said, other = getattr(profile, field), newest.get(field)
            if said is not None and (other is None or said.at > other.at):
                newest[field] = said
        for field, at in profile.skipped.items():
            skipped[field] = max(at, skipped.get(field, at))
    return Profile(**newest, named_at=named_at, skipped=skipped)


def holds(profile: Profile, field: str, *, said_until: datetime) -> bool:
    """Whether it has something of a field that is no newer than that."""
    said = profile.said(field)
    return said is not None and said.at <= said_until


def without(profile: Profile, fields: Iterable[str], *, said_until: datetime) -> Profile:
    """The profile without what was said of these fields until then."""
    gone = (field for field in fields if holds(profile, field, said_until=said_until))
    return msgspec.structs.replace(profile, **dict.fromkeys(gone))
