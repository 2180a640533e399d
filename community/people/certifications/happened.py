"""The facts of a certification, those of now and those that are still to come."""

from __future__ import annotations

from datetime import datetime

import msgspec

from community.commons.audit.rules import SYSTEM
from community.facts import (
    CertificationDecided,
    CertificationDecision,
    CertificationDue,
    CertificationEnd,
    CertificationEnded,
    CertificationSubmitted,
    LicencePhotoDue,
    SamePersonSaid,
    TransferAsked,
    TransferDue,
    TransferRefused,
)
from community.people.certifications import cards
from community.people.certifications.rules import PHOTO_KEPT, Certification, Transfer

_CLOSED = ".closed"
_AT_ONCE = ".at_once"


def submitted(certification: Certification, *, now: datetime) -> CertificationSubmitted:
    return CertificationSubmitted(
        fact_id=f"{certification.certification_id}.submitted{_again(certification)}",
        at=now,
        certification_id=certification.certification_id,
        member_id=certification.member_id,
    )


def decided(
    certification: Certification, decision: CertificationDecision, *, staff_id: str
) -> CertificationDecided:
    assert certification.decided_at
    return CertificationDecided(
        fact_id=f"{certification.certification_id}.decided{_again(certification)}",
        at=certification.decided_at,
        certification_id=certification.certification_id,
        member_id=certification.member_id,
        decision=decision,
        staff_id=staff_id,
    )


def approved(
    certification: Certification, *, was: Certification | None, staff_id: str
) -> CertificationDecided:
    """Approved on a moderator's card, or on none: then not what was decided on the last one."""
    on_card = decided(certification, CertificationDecision.APPROVE, staff_id=staff_id)
    if was and cards.open_task(was):
        return on_card
    fact_id = f"{certification.certification_id}{_AT_ONCE}"
    return msgspec.structs.replace(on_card, fact_id=fact_id)


def closed(certification: Certification, *, was: Certification) -> CertificationDecided:
    """Rejected by nobody. What waited for the member, or for a holder, was on no moderator's card."""
    rejected = decided(certification, CertificationDecision.REJECT, staff_id=SYSTEM)
    if cards.open_task(was):
        return rejected
    fact_id = f"{certification.certification_id}{_CLOSED}{_again(certification)}"
    return msgspec.structs.replace(rejected, fact_id=fact_id)


def ended(certification: Certification, end: CertificationEnd) -> CertificationEnded:
    assert certification.ended_at
    return CertificationEnded(
        fact_id=f"{certification.certification_id}.ended",
        at=certification.ended_at,
        certification_id=certification.certification_id,
        member_id=certification.member_id,
        end=end,
    )


def due(certification: Certification) -> CertificationDue:
    assert certification.expires_at
    return CertificationDue(
        fact_id=f"{certification.certification_id}.due",
        at=certification.expires_at,
        certification_id=certification.certification_id,
    )


def photo_due(certification: Certification, *, now: datetime) -> LicencePhotoDue:
    return LicencePhotoDue(
        fact_id=f"{certification.certification_id}.photo_due",
        at=now + PHOTO_KEPT,
        certification_id=certification.certification_id,
    )


def holder_asked(certification: Certification) -> tuple[TransferAsked, TransferDue]:
    """That the holder is asked, and that their time to answer will be over."""
    transfer = _transfer(certification)
    name = _transfer_name(certification)
    asked = TransferAsked(
        fact_id=f"{name}.asked",
        at=transfer.asked_at,
        certification_id=certification.certification_id,
        member_id=certification.member_id,
        holder_id=transfer.holder_id,
    )
    over = TransferDue(
        fact_id=f"{name}.due",
        at=transfer.due_at,
        certification_id=certification.certification_id,
    )
    return asked, over


def holder_refused(certification: Certification, *, now: datetime) -> TransferRefused:
    return TransferRefused(
        fact_id=f"{_transfer_name(certification)}.refused",
        at=now,
        certification_id=certification.certification_id,
        holder_id=_transfer(certification).holder_id,
    )


def same_person_said(certification: Certification, *, now: datetime) -> SamePersonSaid:
    return SamePersonSaid(
        fact_id=f"{_transfer_name(certification)}.same_person",
        at=now,
        certification_id=certification.certification_id,
        member_id=certification.member_id,
        holder_id=_transfer(certification).holder_id,
    )


def card_of(fact: CertificationDecided) -> int | None:
    """On which of its cards it was decided, if on one."""
    if _CLOSED in fact.fact_id or fact.fact_id.endswith(_AT_ONCE):
        return None
    number = fact.fact_id.rpartition(".")[2]
    return int(number) if number.isdigit() else 1


def _transfer(certification: Certification) -> Transfer:
    assert certification.transfer
    return certification.transfer


def _transfer_name(certification: Certification) -> str:
    asked_at = _transfer(certification).asked_at
    return f"{certification.certification_id}.transfer.{int(asked_at.timestamp())}"


def _again(certification: Certification) -> str:
    """What was asked of moderators more than once happens more than once."""
    return f".{certification.cards}" if certification.cards > 1 else ""
