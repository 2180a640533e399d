"""Front door: a member shows that a phone number is theirs.

WeChat tells a number once for each press of the button. It is written down before anything is done with
it, so that the same call made again goes on where the first one stopped.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.errors import Unavailable
from chalicelib.tables import Overtaken, one_transaction
from chalicelib.wechat import client as wechat
from chalicelib.wechat.refusals import PhoneCodeInvalid
from community.commons.audit.rules import SYSTEM
from community.facts import (
    ConsentWithdrawn,
    DataTakenBack,
    Datum,
    MemberErased,
    MembersMerged,
    MembersUnmerged,
    PhoneBound,
)
from community.people.attempts import service as attempts
from community.people.identities import service as identities
from community.people.identities.rules import Identity, Kind
from community.people.members import rules as member_rules
from community.people.members import service as members
from community.people.members.rules import Member, State
from community.people.merges import service as merges
from community.people.merges.rules import Reason
from community.people.phones import records, rules
from community.people.phones.rules import Told

_TRIES_MAX = 5


def bind(member: Member, code: str, *, now: datetime) -> Member:
    """The number behind a code of the phone button is this member's from now on, and no earlier one is.

    Whoever was known by it before is the same person: they are merged, and one of them remains.
    Gives who it is then. The same code once more changes nothing more.

    Refuses: ConsentNeeded; PhoneCodeInvalid — have the button pressed again
             TooManyAttempts; Unavailable
             NotToBeMerged — the number is of somebody who is leaving
             MemberBlocked — the number is of somebody who is
    """
    member_rules.check_consented(member)
    told = _told(member, code, now)
    if told.bound and member.phone:
        return member
    for _ in range(_TRIES_MAX):
        try:
            return _bind(member.member_id, code, told)
        except (Overtaken, Unavailable):
            continue  # Somebody binds the same number, or the member changed.
    raise Unavailable


def forget_taken_back(fact: ConsentWithdrawn | DataTakenBack) -> None:
    """Who takes their number back, or their consent, is known by it no longer, unless they gave it since.

    Refuses: Unavailable — the member changes at this moment; the fact comes again
    """
    if isinstance(fact, DataTakenBack) and Datum.PHONE not in fact.data:
        return
    member = members.get(fact.member_id)
    if any(told.at > fact.at for told in records.of_member(member.member_id)):
        return
    known_by = identities.of_member(member.member_id)
    numbers = [each for each in known_by if each.kind is Kind.MOBILE]
    if numbers or member.phone:
        with one_transaction(Unavailable()) as write:
            for number in numbers:
                identities.release(write, number, member_id=member.member_id)
            members.change_in(write, member.member_id, rules.unbound)
    records.forget(member.member_id)


def exported(member_id: str) -> Any:
    """The numbers that they showed to be theirs of late."""
    return [{"mobile": told.mobile, "at": told.at} for told in records.of_member(member_id)]


def follow_merge(fact: MembersMerged) -> None:
    """Who goes on with a call as the one who remains finds what was told to the other."""
    records.move(fact.gone_id, to=fact.kept_id, merge_id=fact.merge_id)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back."""
    records.move_back(fact.kept_id, to=fact.gone_id, merge_id=fact.merge_id)


def erase(fact: MemberErased) -> None:
    """What was told is forgotten."""
    records.forget(fact.member_id)


def _told(member: Member, code: str, now: datetime) -> Told:
    """What WeChat tells for the code, asked once. Refuses: PhoneCodeInvalid, TooManyAttempts"""
    if told := records.find(code):
        if members.get(told.member_id).member_id != member.member_id:
            raise PhoneCodeInvalid
        return told
    attempts.count(rules.TRIES, member.member_id, now=now)
    mobile = wechat.phone_of(code, openid=members.openid_here(member))
    told = Told(member.member_id, mobile, now)
    records.keep(code, told)
    return told


def _bind(member_id: str, code: str, told: Told) -> Member:
    """Refuses: Overtaken, Unavailable — look again; NotToBeMerged; MemberBlocked"""
    mobile = Identity(Kind.MOBILE, told.mobile)
    holder_id = identities.owner_of(Kind.MOBILE, told.mobile)
    kept_id = _one_with(holder_id, member_id, told) if holder_id else member_id
    current = members.get(kept_id)
    member_rules.check_not_blocked(current)
    kept_id = current.member_id
    # What was known of who is gone may not have followed yet.
    earlier = [
        (each, whose)
        for whose in {kept_id, member_id, holder_id or member_id}
        for each in identities.of_member(whose)
        if each.kind is Kind.MOBILE and each != mobile
    ]
    bound = rules.bound(current, told)
    if holder_id is not None and bound == current and not earlier:
        return current
    at = told.at
    fact = PhoneBound(fact_id=f"{kept_id}.phone.{at.isoformat()}", at=at, member_id=kept_id)
    with one_transaction() as write:
        if holder_id in (None, kept_id):
            identities.claim(write, mobile, member_id=kept_id)
        for each, whose in earlier:
            identities.release(write, each, member_id=whose)
        records.note_bound(write, code)
        return members.change_in(write, kept_id, lambda m: rules.bound(m, told), fact=fact)


def _one_with(holder_id: str, member_id: str, told: Told) -> str:
    """Who the holder of a number and the member are together."""
    holder = members.get(holder_id)
    if holder.member_id == member_id:
        return member_id
    # Whom only an archive knows is found there by their number.
    reason = Reason.ARCHIVE if holder.state is State.DORMANT else Reason.MOBILE
    return merges.merge(member_id, holder_id, reason=reason, by=SYSTEM, now=told.at)
