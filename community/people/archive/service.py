"""Front door: the owner archive, what the dealer's records say of people and their cars.

Who stands there without ever having been here is a dormant member: a sign-in with their mobile number, or
a certification with their car, wakes them (see `merges`). What the archive says stands apart from what
members say of themselves and never writes over it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from pynamodb.transactions import TransactWrite

from chalicelib.errors import NotFound, Unavailable
from chalicelib.tables import Overtaken, one_transaction
from community import facts
from community.people.archive import records, rules, texts, unwanted
from community.people.archive.records import Car, Kept
from community.people.archive.rules import Archive, Entry, Outcome, Remark, Result, Row
from community.people.identities import service as identities
from community.people.identities.rules import Identity, Kind
from community.people.members import service as members
from community.people.members.rules import State, Touch, new_member

AT_ONCE_MAX = 25
"""People added in one transaction: four rows each, of the 100 that DynamoDB takes."""
TRIES_MAX = 5


class _Known(msgspec.Struct, frozen=True):
    """What is there already about some rows: members by mobile, cars by VIN, archives by member."""

    owners: dict[str, str]
    cars: dict[str, Car]
    archives: dict[str, Kept]
    unwanted: dict[int, Remark]
    """Rows about members who took their consent back."""

    def has(self, entry: Entry) -> bool:
        is_known = entry.mobile in self.owners or entry.vin in self.cars
        return is_known or entry.row in self.unwanted


def take(rows: Sequence[tuple[int, Row]], *, import_id: str, now: datetime) -> Outcome:
    """Take in rows of the dealer's records, each under its number: who is new becomes a dormant member.

    Taken again, a row changes nothing and counts as it did the first time.
    Refuses: Unavailable — again and again somebody else was first; what is not taken yet is another time
    """
    entries: list[Entry] = []
    rejected: list[Remark] = []
    warnings: list[Remark] = []
    for number, row in rows:
        entry, wrong, doubtful = rules.understood(row, number, import_id=import_id, now=now)
        entries += [entry] if entry else []
        rejected += wrong
        warnings += doubtful
    results: list[tuple[Result, Remark | None]] = []
    for wave in rules.waves(entries):
        results += _taken(wave, now)
    outcome = rules.outcome_of(results, rejected=rejected, warnings=warnings)
    if entries:
        fact = _news(outcome, import_id=import_id, first_row=rows[0][0], now=now)
        records.note(fact, first_row=rows[0][0])
    return outcome


def of(member_id: str) -> Archive:
    """All that the archive says of a member, also of those they were merged with."""
    return rules.together(records.whole(member_id))


def match(vin: str, *, mobile: str) -> bool:
    """Whether this car is, by the archive, that of the person with this mobile number: 11 digits, verified.

    Both as `commons.cars` tidies them.
    """
    car = records.cars([vin]).get(vin)
    return car is not None and car.mobile_hash == records.mobile_hash(mobile)


def dormant_with_vin(vin: str) -> str | None:
    """Who has this car by the archive and was not here yet."""
    car = records.cars([vin]).get(vin)
    if car is None:
        return None
    try:
        member = members.get(car.member_id)
    except NotFound:
        return None
    return member.member_id if member.state is State.DORMANT else None


def exported(member_id: str) -> Any:
    """What the archive says of a member and of their cars, and when it was told."""
    archive = of(member_id)
    return {
        "person": rules.person_of(archive),
        "cars": rules.cars_of(archive),
        "told": [
            {"at": told.at, "facts": sorted(told.facts)} for told in archive.tellings if told.facts
        ],
    }


def follow_merge(fact: facts.MembersMerged) -> None:
    """What the archive says of the one who is gone stands beside what it says of the one who is kept."""
    kept_id = members.get(fact.kept_id).member_id
    way = fact.gone_id if kept_id == fact.kept_id else f"{fact.kept_id}#{fact.gone_id}"
    records.move(fact.gone_id, kept_id, lambda sk: rules.name_after_merge(sk, way))
    unwanted.move(fact.gone_id, to=kept_id, merge_id=fact.merge_id)


def follow_unmerge(fact: facts.MembersUnmerged) -> None:
    """What came with the one who was gone goes back to them."""
    kept_id = members.get(fact.kept_id).member_id
    records.move(
        kept_id, fact.gone_id, lambda sk: rules.name_after_unmerge(sk, gone_id=fact.gone_id)
    )
    unwanted.move_back(kept_id, to=fact.gone_id, merge_id=fact.merge_id)


def erase(fact: facts.MemberErased) -> None:
    """The archive knows nothing of them any longer, and not whose their cars are."""
    records.forget(fact.member_id)
    unwanted.forget(fact.member_id)


def forget_taken_back(fact: facts.ConsentWithdrawn | facts.DataTakenBack) -> None:
    """Of who takes their consent back nothing is kept, nor taken down; a number goes by itself.

    To be told before their number is let go. Refuses: Unavailable — a row is taken at this moment
    """
    member_id = members.get(fact.member_id).member_id
    if isinstance(fact, facts.DataTakenBack):
        if facts.Datum.PHONE in fact.data:
            records.forget_number(member_id)
        return
    known_by = identities.of_member(member_id)
    numbers = {rules.Subject("mobile", each.value) for each in known_by if each.kind is Kind.MOBILE}
    unwanted.note(member_id, numbers | rules.subjects_in(records.whole(member_id)))
    records.forget(member_id)


def _taken(wave: list[Entry], now: datetime) -> Iterator[tuple[Result, Remark | None]]:
    """Take rows of which no two are about the same."""
    known = _known(wave)
    strangers = [entry for entry in wave if not known.has(entry)]
    others = [entry for entry in wave if known.has(entry)]
    for start in range(0, len(strangers), AT_ONCE_MAX):
        some = strangers[start : start + AT_ONCE_MAX]
        try:
            with one_transaction() as write:
                for entry in some:
                    _add(write, entry, known, now)
        except Overtaken:
            others += some
        else:
            yield from ((Result.ADDED, None) for _ in some)
    for entry in others:
        yield _taken_alone(entry, known, now)


def _taken_alone(entry: Entry, known: _Known, now: datetime) -> tuple[Result, Remark | None]:
    """Take a row about which something is known, on top of whatever else changes meanwhile."""
    for _ in range(TRIES_MAX):
        if remark := known.unwanted.get(entry.row):
            return Result.REJECTED, remark
        try:
            member_id = _whose(entry, known)
            if member_id is None:
                with one_transaction() as write:
                    car = _add(write, entry, known, now)
                return Result.ADDED, _remark_on(entry, car)
            return _told_more(entry, member_id, known)
        except Overtaken:
            known = _known([entry])
    raise Unavailable


def _add(write: TransactWrite, entry: Entry, known: _Known, now: datetime) -> Car | None:
    """Join a transaction that makes a dormant member of somebody who was not known."""
    # The id shows: what it is made of must not be guessed from it.
    subject = identities.key_of(Kind.MOBILE, entry.mobile) if entry.mobile else entry.telling.source
    touch = Touch(rules.SOURCE, now)
    member = new_member(request_id=f"archive {subject}", touch=touch, state=State.DORMANT)
    known_by = [Identity(Kind.MOBILE, entry.mobile)] if entry.mobile else []
    members.add_in(write, member, known_by=known_by)
    archive = rules.with_telling(Archive(added_by=entry.telling.source), entry.telling)
    records.put_new_in(write, member.member_id, archive)
    car = _car_after(entry, member.member_id, known)
    if car:
        records.put_car_in(write, car, was=known.cars.get(car.vin))
    return car


def _told_more(entry: Entry, member_id: str, known: _Known) -> tuple[Result, Remark | None]:
    """Keep what a row says of somebody who is known. Refuses: Overtaken"""
    kept = known.archives.get(member_id) or records.own([member_id]).get(member_id)
    before = kept.archive if kept else Archive()
    after = rules.with_telling(before, entry.telling)
    if after != before and rules.has_too_many_cars(after):
        reason = texts.TOO_MANY_CARS.format(n=rules.CARS_MAX)
        return Result.REJECTED, Remark(entry.row, "mobile", reason)
    number = entry.mobile if entry.mobile not in known.owners else None
    was = known.cars.get(entry.vin or "")
    car = _car_after(entry, member_id, known)
    is_same_car = car is None or (was is not None and car.is_as(was))
    if after != before or number or not is_same_car:
        if not unwanted.may_keep_of(member_id):
            return Result.REJECTED, unwanted.remark_on(entry)
        with one_transaction() as write:
            if number:
                identities.claim(write, Identity(Kind.MOBILE, number), member_id=member_id)
            records.put_in(write, member_id, after, was=kept)
            if car:
                records.put_car_in(write, car, was=was)
    result, remark = rules.result_for(entry, before, after), _remark_on(entry, car or was)
    if result is Result.UNCHANGED and (remark or not is_same_car):
        result = Result.REFRESHED  # Only whose the car is has changed.
    return result, remark


def _car_after(entry: Entry, member_id: str, known: _Known) -> Car | None:
    """Whose the car is by this row; None where there is no car, or somebody newer told."""
    if entry.vin is None:
        return None
    was, told = known.cars.get(entry.vin), entry.telling
    mobile_hash = records.mobile_hash(entry.mobile) if entry.mobile else None
    if was is None:
        return Car(entry.vin, member_id, mobile_hash, told.at, told.source)
    if was.told_at > told.at or rules.is_later_row(was.told_by, than=told.source):
        return None
    moved_by = tuple(by for by in was.moved_by if rules.is_of_one_import(by, told.source))
    if was.member_id != member_id and _remaining(was.member_id) != member_id:
        moved_by = (*moved_by, told.source)
    else:
        mobile_hash = mobile_hash or was.mobile_hash
    return Car(entry.vin, member_id, mobile_hash, told.at, told.source, moved_by)


def _whose(entry: Entry, known: _Known) -> str | None:
    """The member whom a row is about."""
    if owner_id := known.owners.get(entry.mobile or ""):
        return owner_id if owner_id in known.archives else _remaining(owner_id)
    if (car := known.cars.get(entry.vin or "")) is None:
        return None
    holder_id = car.member_id if car.member_id in known.archives else _remaining(car.member_id)
    if holder_id is None or entry.mobile is None:
        return holder_id
    # Another number with the same car is another person, who bought it; the first number is theirs.
    is_theirs = "mobile" not in rules.person_of(of(holder_id))
    return holder_id if is_theirs and members.get(holder_id).state is State.DORMANT else None


def _remaining(member_id: str) -> str | None:
    """Who remains of two who were merged; nobody, if they were erased."""
    try:
        member = members.get(member_id)
    except NotFound:
        return None
    return None if member.state is State.ERASED else member.member_id


def _known(entries: Sequence[Entry]) -> _Known:
    owners = identities.owners_of(Kind.MOBILE, {e.mobile for e in entries if e.mobile})
    cars = records.cars({e.vin for e in entries if e.vin})
    there = {*owners.values(), *(car.member_id for car in cars.values())}
    # In this order: what is let go is noted as unwanted first.
    strangers = [e for e in entries if not {*rules.subject_of(e)} & {*owners, *cars}]
    return _Known(owners, cars, records.own(there), unwanted.remarks_on(strangers))


def _remark_on(entry: Entry, car: Car | None) -> Remark | None:
    is_moved = car is not None and entry.telling.source in car.moved_by
    return Remark(entry.row, "vin", texts.ANOTHER_OWNER) if is_moved else None


def _news(
    outcome: Outcome, *, import_id: str, first_row: int, now: datetime
) -> facts.ArchiveUpdated:
    return facts.ArchiveUpdated(
        fact_id=f"{import_id}.{first_row}",
        at=now,
        import_id=import_id,
        added=outcome.added,
        refreshed=outcome.refreshed,
        unchanged=outcome.unchanged,
        rejected=len({remark.row for remark in outcome.rejected}),
    )
