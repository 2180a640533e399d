"""What happens around cars: who is certified, who holds one, who drives along."""

from __future__ import annotations

from enum import StrEnum

from community.facts.fact import Fact


class CertificationSubmitted(Fact, frozen=True, kw_only=True, tag="certification_submitted.1"):
    certification_id: str
    member_id: str


class CertificationDecision(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    ASK_MORE = "ask_more"


class CertificationDecided(Fact, frozen=True, kw_only=True, tag="certification_decided.1"):
    certification_id: str
    member_id: str
    decision: CertificationDecision
    staff_id: str


class CertificationEnd(StrEnum):
    """Why a certification holds no longer."""

    REVOKED = "revoked"
    EXPIRED = "expired"
    TRANSFERRED = "transferred"
    RENEWED = "renewed"
    """A newer one of the same member, for the same car, holds instead."""


class CertificationEnded(Fact, frozen=True, kw_only=True, tag="certification_ended.1"):
    """An approved certification holds no longer."""

    certification_id: str
    member_id: str
    end: CertificationEnd


class CertificationDue(Fact, frozen=True, kw_only=True, tag="certification_due.1"):
    """An approved certification has reached its last day."""

    certification_id: str


class LicencePhotoDue(Fact, frozen=True, kw_only=True, tag="licence_photo_due.1"):
    """The photo of a decided certification is not needed any longer."""

    certification_id: str


class TransferAsked(Fact, frozen=True, kw_only=True, tag="transfer_asked.1"):
    """Somebody applies for a car that has an owner: `holder_id` is asked."""

    certification_id: str
    member_id: str
    holder_id: str


class TransferDue(Fact, frozen=True, kw_only=True, tag="transfer_due.1"):
    """The owner who was asked has not answered in time: a moderator decides."""

    certification_id: str


class TransferRefused(Fact, frozen=True, kw_only=True, tag="transfer_refused.1"):
    """The owner who was asked says that the car is still theirs: a moderator decides."""

    certification_id: str
    holder_id: str


class SamePersonSaid(Fact, frozen=True, kw_only=True, tag="same_person_said.1"):
    """The owner who was asked says that who applies is themselves: that one has to say so too."""

    certification_id: str
    member_id: str
    holder_id: str


class CoDriverAdded(Fact, frozen=True, kw_only=True, tag="co_driver_added.1"):
    vehicle_id: str
    member_id: str
    holder_id: str


class CoDriverRemoved(Fact, frozen=True, kw_only=True, tag="co_driver_removed.1"):
    """Somebody has a seat in a car no longer; `by_self`: they gave it up, nobody took it from them."""

    vehicle_id: str
    member_id: str
    by_self: bool = False
