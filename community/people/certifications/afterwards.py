"""What follows when a certification was decided or has ended, beside what must be true with it."""

from __future__ import annotations

from community.commons.audit.rules import SYSTEM
from community.facts import (
    CertificationDecided,
    CertificationDecision,
    CertificationEnded,
    ConsentWithdrawn,
    DataTakenBack,
    Datum,
    LeavingAsked,
    LicencePhotoDue,
)
from community.people.archive import service as archive
from community.people.certifications import rules, texts
from community.people.certifications import service as certifications
from community.people.certifications.rules import State
from community.people.identities import service as identities
from community.people.identities.rules import Kind
from community.people.licences import service as licences
from community.people.members import service as members
from community.people.merges import service as merges
from community.people.merges.rules import Reason
from community.people.vehicles import service as vehicles


def forget_photos(fact: LicencePhotoDue) -> None:
    """The photos of a decided certification are deleted; those of one that is looked at again wait.

    Where a moderator asked for more, and it did not come, the application ends with them.
    Refuses: Unavailable — it comes at this moment; the fact comes again
    """
    certification = certifications.find(fact.certification_id)
    if certification is None or certification.state is State.SUBMITTED:
        return
    if certification.state is State.NEEDS_MORE:
        was = certifications.kept(fact.certification_id)
        certifications.close(was, why=texts.NOT_SUPPLEMENTED, now=fact.at)
    for media_id in certification.photos:
        licences.forget(media_id)


def forget_taken_back(fact: DataTakenBack | ConsentWithdrawn | LeavingAsked) -> None:
    """Who takes plate and photo back before the decision withdraws what rests on them; who takes
    consent back or wants to leave, every application.

    A leaver's not only when they are erased: WeCom changes a card within 72 hours, and it names them.
    Refuses: Unavailable — one is decided at this moment; the fact comes again
    """
    if isinstance(fact, DataTakenBack) and Datum.LICENCE not in fact.data:
        return
    for each in certifications.of_member(members.get(fact.member_id).member_id):
        rests = not isinstance(fact, DataTakenBack) or each.certification.kind is rules.Kind.OWNER
        is_undecided = each.certification.is_undecided
        if is_undecided and rests and each.certification.created_at <= fact.at:
            why = texts.LEAVING if isinstance(fact, LeavingAsked) else texts.TAKEN_BACK
            certifications.withdraw(each, why=why, now=fact.at)


def clear_seats(fact: CertificationEnded) -> None:
    """Who drove an owner's car along drives it no longer when it is not that owner's any more."""
    certification = certifications.find(fact.certification_id)
    if certification and certification.vin:
        vehicle_id, model = vehicles.vehicle_id_of(certification.vin), certification.model or ""
        vehicles.clear_seats(vehicle_id, model=model, now=fact.at)


def wake_owner(fact: CertificationDecided) -> None:
    """Whom the archive knows as the car's owner, and who was not here yet, is this member.

    Not where both have a mobile number and not the same: then the car has changed hands since.
    """
    if fact.decision is not CertificationDecision.APPROVE:
        return
    certification = certifications.get(fact.certification_id)
    if certification.vin is None or certification.state is not State.APPROVED:
        return
    dormant_id = archive.dormant_with_vin(certification.vin)
    if dormant_id is None:
        return
    member_id = members.get(certification.member_id).member_id
    here, there = _mobiles_of(member_id), _mobiles_of(dormant_id)
    if not here or not there or here & there:
        merges.merge(member_id, dormant_id, reason=Reason.VIN, by=SYSTEM, now=fact.at)


def _mobiles_of(member_id: str) -> set[str]:
    known = identities.of_member(member_id)
    return {each.value for each in known if each.kind is Kind.MOBILE}
