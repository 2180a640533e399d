"""The steps of a certification from state to state, and which of them may be taken."""

from __future__ import annotations

from datetime import datetime

import msgspec

from chalicelib import ids
from community.commons.staff.rules import Staff
from community.facts import CertificationDecision, CertificationEnd
from community.people.certifications import texts
from community.people.certifications.rules import (
    HOLDER_ANSWERS_WITHIN,
    RENEWED_FROM,
    STATE_AFTER,
    STATE_AT_END,
    VALID_FOR,
    Answer,
    Certification,
    DecidedAlready,
    HolderIsAsked,
    NotApproved,
    PhotoIsGone,
    State,
    Transfer,
    words_for,
)
from community.people.vehicles.rules import Holder


def new_certification_id(member_id: str, *, request_id: str, now: datetime) -> str:
    """The same for every try of a request."""
    return ids.new_id(now, f"certification {member_id} {request_id}")


def decided(
    certification: Certification,
    decision: CertificationDecision,
    *,
    by: Staff,
    reason: str | None = None,
    now: datetime,
) -> Certification:
    """Refuses: DecidedAlready — tells who was first; HolderIsAsked"""
    check_waits_for_moderators(certification)
    if decision is CertificationDecision.APPROVE:
        return approved(certification, by=by.name, now=now)
    return msgspec.structs.replace(
        certification,
        state=STATE_AFTER[decision],
        decided_at=now,
        decided_by=by.name,
        reason=reason if decision is CertificationDecision.REJECT else None,
    )


def check_waits_for_moderators(certification: Certification) -> None:
    """Refuses: DecidedAlready, HolderIsAsked"""
    if certification.state is not State.SUBMITTED:
        raise DecidedAlready(words_for(certification))
    if certification.transfer and certification.transfer.is_open:
        raise HolderIsAsked(words_for(certification))


def check_has_photo(certification: Certification) -> None:
    """Refuses: PhotoIsGone — there was none, or it was deleted after the decision"""
    if not certification.photos or certification.state is not State.SUBMITTED:
        raise PhotoIsGone


def approved(certification: Certification, *, by: str | None, now: datetime) -> Certification:
    """It holds from now on."""
    valid_for = VALID_FOR.get(certification.kind)
    return msgspec.structs.replace(
        certification,
        state=State.APPROVED,
        decided_at=now,
        decided_by=by,
        reason=None,
        expires_at=now + valid_for if valid_for else None,
    )


def ended(certification: Certification, end: CertificationEnd, *, now: datetime) -> Certification:
    """It holds no longer. Refuses: NotApproved"""
    if certification.state is not State.APPROVED:
        raise NotApproved
    reason = texts.RENEWED if end is CertificationEnd.RENEWED else certification.reason
    return msgspec.structs.replace(
        certification, state=STATE_AT_END[end], ended_at=now, reason=reason
    )


def withdrawn(certification: Certification, *, why: str, now: datetime) -> Certification:
    """Nobody decides any longer; what it was to be decided by is gone."""
    return forgotten(closed(certification, why=why, now=now))


def forgotten(certification: Certification) -> Certification:
    """Without what it was decided by; and without the car, unless that stands as somebody's."""
    car = {} if certification.state is State.APPROVED else {"vin": None, "plate_number": None}
    return msgspec.structs.replace(certification, photos=(), differences={}, **car)


def closed(certification: Certification, *, why: str, now: datetime) -> Certification:
    """Nobody waits any longer for what a moderator had asked for."""
    return msgspec.structs.replace(
        certification, state=State.REJECTED, reason=why, decided_at=now, decided_by=None
    )


def for_moderators(certification: Certification) -> Certification:
    """Submitted, with one more card for the moderators."""
    return msgspec.structs.replace(
        certification, state=State.SUBMITTED, cards=certification.cards + 1
    )


def asking(certification: Certification, holder: Holder, *, now: datetime) -> Certification:
    """Submitted; whose the car is has to answer first."""
    transfer = Transfer(
        holder_id=holder.member_id,
        instead_of=holder.certification_id,
        asked_at=now,
        due_at=now + HOLDER_ANSWERS_WITHIN,
    )
    return msgspec.structs.replace(
        certification,
        state=State.SUBMITTED,
        transfer=transfer,
        decided_at=None,
        decided_by=None,
        reason=None,
        expires_at=None,
    )


def answered(certification: Certification, answer: Answer) -> Certification:
    """With the answer of whom was asked; where that settles nothing, moderators are."""
    assert certification.transfer
    transfer = msgspec.structs.replace(certification.transfer, answer=answer)
    answered = msgspec.structs.replace(certification, transfer=transfer)
    return for_moderators(answered) if answer in (Answer.REFUSE, Answer.SILENCE) else answered


def may_take_from(certification: Certification, holder: Holder) -> bool:
    """Whether an approval makes the car theirs although it is held: by themselves, or by who had a say."""
    transfer = certification.transfer
    had_a_say = transfer is not None and (
        transfer.instead_of == holder.certification_id and not transfer.is_open
    )
    return had_a_say or holder.member_id == certification.member_id


def is_renewable(certification: Certification, now: datetime) -> bool:
    """Whether it ends so soon that the same member may apply anew."""
    ends_at = certification.expires_at
    return ends_at is not None and ends_at - now <= RENEWED_FROM
