"""Rows of the dealer's records: what may stand in them, and what is still true when they tell more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import Enum
from typing import NamedTuple

import msgspec

from chalicelib.errors import Invalid
from community.commons import cars
from community.commons.words import visible
from community.people.archive import fields, texts

ROWS_MAX = 100
CARS_MAX = 20
"""One mobile number with more cars is nobody's own: a dealer's switchboard, a fleet's office."""
SOURCE = "archive"
"""The touchpoint of those who are known from here."""
OWN = "archive"
"""The name of what a member did not get by a merge."""

OF_THE_CAR = ("vin", "plate_number", "model", "purchased_on", "dealer")


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line about one person or one car, as somebody else wrote it. `updated_at`: when it was true."""

    mobile: str = ""
    vin: str = ""
    name: str = ""
    city: str = ""
    birthday: str = ""
    plate_number: str = ""
    model: str = ""
    purchased_on: str = ""
    dealer: str = ""
    last_visit_on: str = ""
    updated_at: str = ""


FIELDS = Row.__struct_fields__


class Result(Enum):
    """What became of a row."""

    ADDED = "added"
    REFRESHED = "refreshed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class Remark(msgspec.Struct, frozen=True):
    """What is wrong, or worth a look, in a row. It says nothing of what stands there."""

    row: int
    field: str
    reason: str


class Subject(NamedTuple):
    """What leads from a row to a member; `kind` is the row's field, `value` personal."""

    kind: str
    value: str


class Telling(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a row says, as far as nothing newer has been said: values by field. `car`: which one."""

    source: str
    at: datetime
    facts: dict[str, str]
    car: str = ""


class Archive(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that is known of a person from here. `added_by`: the row that made a member of them."""

    tellings: tuple[Telling, ...] = ()
    added_by: str = ""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of some rows: how many of each, and what is to be said of single ones."""

    added: int = 0
    refreshed: int = 0
    unchanged: int = 0
    rejected: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A row that can be taken."""

    row: int
    mobile: str | None
    vin: str | None
    telling: Telling

    @property
    def subjects(self) -> set[str]:
        """Whom and what it is about: rows with a common one are taken one after the other."""
        return {subject for subject in (self.mobile, self.vin) if subject}


def source_of(import_id: str, row: int) -> str:
    """The same for every try of a row."""
    return f"{import_id}#{row}"


def understood(
    row: Row, number: int, *, import_id: str, now: datetime
) -> tuple[Entry | None, list[Remark], list[Remark]]:
    """The row as it is meant, everything that is wrong with it, and what is worth a look."""
    facts: dict[str, str] = {}
    wrong: list[Remark] = []
    for field in FIELDS:
        if not (text := visible(getattr(row, field))):
            continue
        try:
            facts[field] = fields.read(field, text, now=now)
        except Invalid as refused:
            wrong.append(Remark(number, field, refused.detail))
    if not wrong and not facts.keys() & {"mobile", "vin"}:
        wrong.append(Remark(number, "mobile", texts.NEITHER))
    if wrong:
        return None, wrong, []
    at = datetime.fromisoformat(facts.pop("updated_at", now.isoformat()))
    car = facts.get("vin") or facts.get("plate_number", "")
    source = source_of(import_id, number)
    entry = Entry(
        row=number,
        mobile=facts.get("mobile"),
        vin=facts.get("vin"),
        telling=Telling(source=source, at=at, facts=facts, car=car),
    )
    doubtful = entry.vin and not cars.vin_check_digit_is_right(entry.vin)
    return entry, [], [Remark(number, "vin", texts.CHECK_DIGIT)] if doubtful else []


def waves(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """The rows in groups that can be taken at once: no two of a group are about the same."""
    waiting = list(entries)
    while waiting:
        wave: list[Entry] = []
        left: list[Entry] = []
        seen: set[str] = set()
        for entry in waiting:
            (left if entry.subjects & seen else wave).append(entry)
            seen |= entry.subjects
        yield wave
        waiting = left


def with_telling(archive: Archive, new: Telling) -> Archive:
    """The archive after one more telling: of the same thing, the newer stays; of the same age, the later.

    Of the import at hand every row that told something stays, if only by its name: see `result_for`.
    """
    standing = {about: telling for telling in archive.tellings for about in _abouts(telling)}
    facts = {
        field: value
        for field, value in new.facts.items()
        if (old := standing.get(_about(new, field))) is None
        or (
            old.at <= new.at
            and old.facts[field] != value
            and not is_later_row(old.source, than=new.source)
        )
    }
    if not facts:
        return archive
    new = msgspec.structs.replace(new, facts=facts)
    overtaken = set(_abouts(new))
    older = (_without(telling, overtaken) for telling in archive.tellings)
    kept = (told for told in older if told.facts or is_of_one_import(told.source, new.source))
    return msgspec.structs.replace(archive, tellings=(*kept, new))


def is_of_one_import(source: str, other: str) -> bool:
    return source.rpartition("#")[0] == other.rpartition("#")[0]


def is_later_row(source: str, *, than: str) -> bool:
    """Whether a row stands behind another of its import: then the other is taken once more."""
    rows = (source.rpartition("#")[2], than.rpartition("#")[2])
    return is_of_one_import(source, than) and int(rows[0]) > int(rows[1])


def together(archives: Iterable[Archive]) -> Archive:
    """What several archives of one person say."""
    whole = Archive()
    for telling in sorted((t for a in archives for t in a.tellings), key=lambda t: t.at):
        whole = with_telling(whole, telling)
    return whole


def subject_of(entry: Entry) -> Subject:
    """A number is a person's own, and a car is sold: the number decides where there is one."""
    return Subject("mobile", entry.mobile) if entry.mobile else Subject("vin", entry.vin or "")


def subjects_in(archives: Iterable[Archive]) -> set[Subject]:
    """Every number and car by which a person is known from here."""
    told = (telling.facts for archive in archives for telling in archive.tellings)
    return {Subject(k, facts[k]) for facts in told for k in ("mobile", "vin") if k in facts}


def without_number(archive: Archive) -> Archive:
    """The archive of somebody who took their number back."""
    left = tuple(_without(telling, {("", "mobile")}) for telling in archive.tellings)
    return msgspec.structs.replace(archive, tellings=left)


def person_of(archive: Archive) -> dict[str, str]:
    """What is known of the person, by field."""
    return {
        field: value
        for telling in archive.tellings
        for field, value in telling.facts.items()
        if field not in OF_THE_CAR
    }


def cars_of(archive: Archive) -> list[dict[str, str]]:
    """What is known of each of their cars, by field."""
    found: dict[str, dict[str, str]] = {}
    for telling in archive.tellings:
        for field, value in telling.facts.items():
            if field in OF_THE_CAR:
                found.setdefault(telling.car, {})[field] = value
    return list(found.values())


def has_too_many_cars(archive: Archive) -> bool:
    return len(cars_of(archive)) > CARS_MAX


def result_for(entry: Entry, before: Archive, after: Archive) -> Result:
    """What became of a row, also where this very row was taken before."""
    source = entry.telling.source
    if before.added_by == source:
        return Result.ADDED
    is_there = any(telling.source == source for telling in before.tellings)
    return Result.REFRESHED if is_there or after != before else Result.UNCHANGED


def outcome_of(
    results: Iterable[tuple[Result, Remark | None]],
    *,
    rejected: Sequence[Remark],
    warnings: Sequence[Remark],
) -> Outcome:
    """What became of all rows; `rejected` and `warnings` were told before."""
    rejected, warnings, counts = list(rejected), list(warnings), Counter[Result]()
    for result, remark in results:
        counts[result] += 1
        if remark:
            (rejected if result is Result.REJECTED else warnings).append(remark)
    refused = {remark.row for remark in rejected}
    return Outcome(
        added=counts[Result.ADDED],
        refreshed=counts[Result.REFRESHED],
        unchanged=counts[Result.UNCHANGED],
        rejected=tuple(sorted(rejected, key=lambda remark: remark.row)),
        # Of what was not taken, only the reason matters.
        warnings=tuple(sorted((w for w in warnings if w.row not in refused), key=lambda w: w.row)),
    )


def name_after_merge(name: str, way: str) -> str:
    """How a row is called that came with a merge: by the way that it came."""
    return f"{OWN}#{way}{name.removeprefix(OWN)}"


def name_after_unmerge(name: str, *, gone_id: str) -> str | None:
    """How a row is called that goes back with a member; None for one that stays."""
    way = name.split("#")[1:]
    if gone_id not in way:
        return None
    return "#".join((OWN, *way[way.index(gone_id) + 1 :]))


def _abouts(telling: Telling) -> Iterator[tuple[str, str]]:
    return (_about(telling, field) for field in telling.facts)


def _about(telling: Telling, field: str) -> tuple[str, str]:
    return (telling.car if field in OF_THE_CAR else "", field)


def _without(telling: Telling, overtaken: set[tuple[str, str]]) -> Telling:
    left = {f: v for f, v in telling.facts.items() if _about(telling, f) not in overtaken}
    return msgspec.structs.replace(telling, facts=left)
