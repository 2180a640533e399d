"""Front door: certifications, and what becomes of them.

Applying is in `applications`, the talk with a car's holder in `transfers`, who is told in `telling`,
what else follows in `afterwards`.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec
from pynamodb.transactions import TransactWrite

from chalicelib.errors import Unavailable
from chalicelib.lists import Page, PageQuery, cursor_after, place_of
from chalicelib.tables import Overtaken, one_transaction
from community.commons.agenda import service as agenda
from community.commons.audit.rules import SYSTEM
from community.commons.staff import service as staff
from community.facts import (
    CertificationDecision,
    CertificationDue,
    CertificationEnd,
    Fact,
    MemberErased,
    MembersMerged,
    MembersUnmerged,
)
from community.people.certifications import effects, happened, records, steps, texts
from community.people.certifications.effects import Joins
from community.people.certifications.records import Kept as Kept  # For those who may not read rows.
from community.people.certifications.rules import (
    Certification,
    NoSuchCertification,
    Reason,
    State,
)
from community.people.members.rules import Member
from community.people.vehicles import service as vehicles
from community.people.vehicles.rules import Holder

_LIST = "certifications"
_TRIES_MAX = 4


def get(certification_id: str) -> Certification:
    """Refuses: NoSuchCertification"""
    return records.get(certification_id).certification


def kept(certification_id: str) -> Kept:
    """The same, to be changed. Refuses: NoSuchCertification"""
    return records.get(certification_id)


def find(certification_id: str) -> Certification | None:
    try:
        return get(certification_id)
    except NoSuchCertification:
        return None


def mine(member: Member, query: PageQuery) -> Page[Certification]:
    """The member's certifications, newest first."""
    before = place_of(query.cursor, of=_LIST)
    found = records.of_member(member.member_id, before=before, limit=query.limit)
    more = len(found) == query.limit
    items = [each.certification for each in found]
    cursor = cursor_after(items[-1].certification_id, of=_LIST) if more else None
    return Page(items=items, next_cursor=cursor)


def open_for(vin: str, member_id: str) -> str | None:
    """The certification of a member for a car that is being looked at."""
    return records.open_for(vin, member_id)


def who_applied(vin: str) -> set[str]:
    """Which members applied for a car in the last year."""
    return records.who_applied(vin)


def holder_of(certification: Certification) -> Holder | None:
    """Whose the car of a certification is at this moment."""
    vin = certification.vin
    return vehicles.holder_of(vehicles.vehicle_id_of(vin)) if vin else None


def keep(
    was: Kept | None,
    certification: Certification,
    fact: Fact | None,
    *,
    now: datetime,
    joins: Joins | None = None,
) -> Certification:
    """Write a step of a certification and what must be true with it, or nothing.

    Refuses: Overtaken — somebody changed it meanwhile
    """
    with one_transaction() as write:
        _write(write, was, certification, fact, now=now)
        if joins:
            joins(write, certification)
    return certification


def approve(
    was: Kept | None,
    certification: Certification,
    *,
    staff_id: str,
    now: datetime,
    despite: Holder | None = None,
    joins: Joins | None = None,
) -> Certification:
    """An approved certification holds, and its car is the member's; by which it was another's ends.

    Whose the car is has a say first, unless they had it: in `despite`, or when they were asked.
    Refuses: Overtaken — somebody changed it, or took the car, meanwhile
    """
    holder = holder_of(certification)
    if holder and holder != despite and not steps.may_take_from(certification, holder):
        return ask_holder(was, certification, holder, now=now, joins=joins)
    before = was.certification if was else None
    fact = happened.approved(certification, was=before, staff_id=staff_id)
    with one_transaction() as write:
        _write(write, was, certification, fact, now=now)
        if certification.vin:
            effects.take_car(write, certification, instead_of=holder)
        if holder:
            theirs = records.get(holder.certification_id)
            end = effects.end_by(certification, of=holder)
            ended = steps.ended(theirs.certification, end, now=now)
            _write(write, theirs, ended, happened.ended(ended, end), now=now)
        if joins:
            joins(write, certification)
    return certification


def ask_holder(
    was: Kept | None,
    certification: Certification,
    holder: Holder,
    *,
    now: datetime,
    joins: Joins | None = None,
) -> Certification:
    """Whose the car is has a week to answer; then moderators decide. Refuses: Overtaken"""
    asking = steps.asking(certification, holder, now=now)
    asked, over = happened.holder_asked(asking)
    with one_transaction() as write:
        _write(write, was, asking, asked, now=now)
        agenda.put_in(write, over)
        if joins:
            joins(write, asking)
    return asking


def decide(
    certification_id: str,
    decision: CertificationDecision,
    *,
    by: str,
    reason: Reason | None = None,
    now: datetime,
) -> Certification:
    """A moderator decides. `by` is their userid. Whose the car is already has a say before it changes hands.

    Refuses: NotAModerator; NoSuchCertification
             DecidedAlready — somebody was first; says who
             HolderIsAsked
    """
    moderator = staff.moderator(by)
    what = f"certification.{decision}"
    words = texts.REASONS[reason] if reason else None
    note = effects.noting(what, by=moderator.userid, why=words or "", now=now)
    for _ in range(_TRIES_MAX):
        was = records.get(certification_id)
        decided = steps.decided(was.certification, decision, by=moderator, reason=words, now=now)
        with suppress(Overtaken):
            if decision is CertificationDecision.APPROVE:
                return approve(was, decided, staff_id=moderator.userid, now=now, joins=note)
            fact = happened.decided(decided, decision, staff_id=moderator.userid)
            return keep(was, decided, fact, now=now, joins=note)
    raise Unavailable


def revoke(certification_id: str, *, by: str, why: str, now: datetime) -> Certification:
    """A moderator takes a certification back. `by` is their userid.

    Refuses: NotAModerator; NoSuchCertification; NotApproved
    """
    moderator = staff.moderator(by)
    return _end(certification_id, CertificationEnd.REVOKED, by=moderator.userid, why=why, now=now)


def expire(fact: CertificationDue) -> None:
    """A certification has reached its last day, unless it ended before."""
    certification = find(fact.certification_id)
    if certification and certification.state is State.APPROVED:
        _end(fact.certification_id, CertificationEnd.EXPIRED, by=SYSTEM, why="", now=fact.at)


def of_member(member_id: str) -> list[Kept]:
    """All certifications of a member, whatever became of them."""
    return records.of_member(member_id, before=None, limit=None)


def exported(member_id: str) -> list[dict[str, Any]]:
    """All certifications of a member."""
    return [msgspec.to_builtins(each.certification) for each in of_member(member_id)]


def follow_merge(fact: MembersMerged) -> None:
    """The certifications of the one who is gone are those of the one who stays."""
    for each in of_member(fact.gone_id):
        _move(each, to=fact.kept_id, merge_id=fact.merge_id, back=False, now=fact.at)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back."""
    for each in of_member(fact.kept_id):
        if fact.merge_id in each.merges:
            _move(each, to=fact.gone_id, merge_id=fact.merge_id, back=True, now=fact.at)


def erase(fact: MemberErased) -> None:
    """Nothing is left of a member's certifications, nor any card to decide on."""
    for each in of_member(fact.member_id):
        effects.close_card(each.certification)
        records.delete(each)


def _move(was: Kept, *, to: str, merge_id: str, back: bool, now: datetime) -> None:
    try:
        records.move(was, to=to, merge_id=merge_id, back=back, now=now)
    except Overtaken:
        raise Unavailable from None  # Decided at this moment: the fact comes again.


def _end(
    certification_id: str, end: CertificationEnd, *, by: str, why: str, now: datetime
) -> Certification:
    for _ in range(_TRIES_MAX):
        was = records.get(certification_id)
        ended = steps.ended(was.certification, end, now=now)
        holder = holder_of(ended)
        with suppress(Overtaken), one_transaction() as write:
            _write(write, was, ended, happened.ended(ended, end), now=now)
            if holder and holder.certification_id == certification_id:
                vehicles.give_up(write, holder)
            if by != SYSTEM:
                what = f"certification.{end}"
                effects.noting(what, by=by, why=why, now=now)(write, ended)
            return ended
    raise Unavailable


def _write(
    write: TransactWrite,
    was: Kept | None,
    certification: Certification,
    fact: Fact | None,
    *,
    now: datetime,
) -> None:
    """Join a transaction with a step of a certification, and with what its state means."""
    if was:
        records.save(write, was, certification, fact, now=now)
    else:
        assert fact
        records.add(write, certification, fact, now=now)
    effects.join(write, was.certification if was else None, certification, now=now)
