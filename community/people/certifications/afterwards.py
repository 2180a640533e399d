"""What follows when a certification was decided or has ended, beside what must be true with it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from chalicelib.errors import Unavailable
from chalicelib.tables import Overtaken, one_transaction
from community.commons.audit.rules import SYSTEM
from community.facts import (
    CertificationDecided,
    CertificationDecision,
    CertificationEnded,
    ConsentWithdrawn,
    DataTakenBack,
    Datum,
    Fact,
    LeavingAsked,
    LicencePhotoDue,
)
from community.people.archive import service as archive
from community.people.certifications import happened, rules, steps, texts
from community.people.certifications import service as certifications
from community.people.certifications.rules import Certification, NoSuchCertification, State
from community.people.certifications.service import Kept
from community.people.identities import service as identities
from community.people.identities.rules import Identity, Kind
from community.people.licences import service as licences
from community.people.members import rules as member_rules
from community.people.members import service as members
from community.people.members.rules import Member
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
        closed = steps.closed(was.certification, why=texts.NOT_SUPPLEMENTED, now=fact.at)
        _end(was, closed, now=fact.at)
    _forget_photos(certification)


def forget_taken_back(fact: DataTakenBack | ConsentWithdrawn | LeavingAsked) -> None:
    """Who takes plate and photo back before the decision withdraws what rests on them; who takes
    consent back or wants to leave, every application. What was decided keeps no photo then, and its
    car only while it holds; but all of it for a leaver, who may change their mind.

    A leaver's application not only when they are erased: WeCom changes a card within 72 hours, and it
    names them.
    Refuses: Unavailable — one is decided at this moment; the fact comes again
    """
    if isinstance(fact, DataTakenBack) and Datum.LICENCE not in fact.data:
        return
    for each in certifications.of_member(members.get(fact.member_id).member_id):
        rests = not isinstance(fact, DataTakenBack) or each.certification.kind is rules.Kind.OWNER
        if not rests or each.certification.created_at > fact.at:
            continue
        if each.certification.is_undecided:
            why = texts.LEAVING if isinstance(fact, LeavingAsked) else texts.TAKEN_BACK
            _forget_photos(each.certification)
            _end(each, steps.withdrawn(each.certification, why=why, now=fact.at), now=fact.at)
        elif not isinstance(fact, LeavingAsked):
            _forget_photos(each.certification)
            _keep(each, steps.forgotten(each.certification), None, now=fact.at)


def clear_seats(fact: CertificationEnded) -> None:
    """Who drove an owner's car along drives it no longer when it is not that owner's any more."""
    with suppress(NoSuchCertification):
        was = certifications.kept(fact.certification_id)
        for vehicle_id in was.cars:  # Which one it was about, they may have taken back by now.
            vehicles.clear_seats(vehicle_id, model=was.certification.model or "", now=fact.at)


def wake_owner(fact: CertificationDecided) -> None:
    """Whom the archive knows as the car's owner, and who was not here yet, is this member.

    Not where both have a mobile number: then the car has changed hands since. A number that only the
    archive told goes to nobody: whoever proves it next would come in as this member.
    Refuses: Unavailable — somebody proves that number at this moment; the fact comes again
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
    unproven = _mobiles_of(dormant_id)
    if unproven:
        if _mobiles_of(member_id):
            return
        with one_transaction(Unavailable()) as write:
            members.change_in(write, dormant_id, _still_dormant)
            for number in unproven:
                identities.release(write, number, member_id=dormant_id)
    merges.merge(member_id, dormant_id, reason=Reason.VIN, by=SYSTEM, now=fact.at)


def _forget_photos(certification: Certification) -> None:
    for media_id in certification.photos:
        licences.forget(media_id)


def _end(was: Kept, closed: Certification, *, now: datetime) -> None:
    """Nobody decides it. Refuses: Unavailable — somebody does at this moment"""
    _keep(was, closed, happened.closed(closed, was=was.certification), now=now)


def _keep(was: Kept, now_is: Certification, fact: Fact | None, *, now: datetime) -> None:
    """Refuses: Unavailable"""
    try:
        if now_is != was.certification:
            certifications.keep(was, now_is, fact, now=now)
    except Overtaken:
        raise Unavailable from None


def _still_dormant(member: Member) -> Member:
    """Refuses: Unavailable — somebody turned out to be them a moment ago"""
    if member.state is not member_rules.State.DORMANT:
        raise Unavailable
    return member


def _mobiles_of(member_id: str) -> list[Identity]:
    return [each for each in identities.of_member(member_id) if each.kind is Kind.MOBILE]
