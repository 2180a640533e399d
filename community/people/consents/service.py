"""Front door: what a member agreed to.

Joining is agreeing to the privacy notice that the sign-in screen shows; whoever wants to know of one
member at once reads it off the member (`members.rules.check_consented`). Here stand the answers with
their times: whose data one has, one must be able to prove that they agreed.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec
from pynamodb.transactions import TransactWrite

from chalicelib.errors import Unavailable
from chalicelib.tables import Overtaken, one_transaction
from community.facts import (
    ConsentGiven,
    ConsentWithdrawn,
    DataTakenBack,
    Datum,
    MemberErased,
    MembersMerged,
    MembersUnmerged,
)
from community.people.consents import records, rules
from community.people.consents.records import TakenBack
from community.people.consents.rules import Consent, Way
from community.people.members import service as members
from community.people.members.rules import Member


def note_joining(write: TransactWrite, member_id: str, *, now: datetime) -> None:
    """Join the transaction in which somebody becomes a member: they agreed to the notice as it is."""
    consent = rules.joining(now)
    records.add_in(write, member_id, consent, fact=_fact(member_id, consent))


def latest(member: Member) -> Consent | None:
    """The member's last answer."""
    return records.latest(member.member_id)


def answer(member: Member, version: str, *, agreed: bool, now: datetime) -> Consent:
    """A member agrees to the privacy notice, or does not any longer: then what rests on it goes.

    Refuses: NoSuchNotice; NoticeOutdated — only the present notice can be agreed to
             Unavailable — the member changed at this moment
    """
    rules.check_known(version)
    if agreed:
        rules.check_current(version)
    stands = version if agreed else None
    current = members.get(member.member_id)
    member_id = current.member_id
    earlier = records.latest(member_id)
    if earlier and (current.consent, earlier.agreed) == (stands, agreed):
        return earlier
    consent = Consent(version=version, agreed=agreed, way=Way.ASKED, at=now)

    def answered(member: Member) -> Member:
        if member.merged_into:
            raise Unavailable  # At this moment: it is the answer of the one who remains.
        return msgspec.structs.replace(member, consent=stands)

    with one_transaction(Unavailable()) as write:
        members.change_in(write, member_id, answered)
        records.add_in(write, member_id, consent, fact=_fact(member_id, consent))
    return consent


def take_back(
    member_id: str, *, news: str, codes: frozenset[int], data: tuple[Datum, ...], at: datetime
) -> None:
    """Note what WeChat says that a member took back, once; what of it we keep goes.

    Shape: `news` and `codes` are the platform's words, kept as they came; `data` is what they mean
    """
    taken = TakenBack(news=news, codes=tuple(sorted(codes)), at=at)
    fact = DataTakenBack(
        fact_id=f"{member_id}.taken_back.{at:%Y%m%dT%H%M%S}.{taken.what}",
        at=at,
        member_id=member_id,
        data=data,
    )
    with suppress(Overtaken):
        records.add_taken_back(member_id, taken, fact=fact if data else None)


def exported(member_id: str) -> Any:
    """What they agreed to and took back, with times."""
    consents, taken = records.history(member_id)
    return msgspec.to_builtins({"consents": consents, "taken_back": taken})


def follow_merge(fact: MembersMerged) -> None:
    """Both histories are one."""
    records.move(fact.gone_id, to=fact.kept_id, merge_id=fact.merge_id)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back."""
    records.move_back(fact.kept_id, to=fact.gone_id, merge_id=fact.merge_id)


def erase(fact: MemberErased) -> None:
    """The answers stay: versions and times tell nothing of a person, and prove that we were allowed."""


def _fact(member_id: str, consent: Consent) -> ConsentGiven | ConsentWithdrawn:
    fact_id = f"{member_id}.consent.{consent.at:%Y%m%dT%H%M%S.%f}"
    if consent.agreed:
        return ConsentGiven(
            fact_id=fact_id, at=consent.at, member_id=member_id, version=consent.version
        )
    return ConsentWithdrawn(fact_id=fact_id, at=consent.at, member_id=member_id)
