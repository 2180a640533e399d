"""Front door: handing in what proves that somebody owns a car, intends to buy one, or is known.

What the photo says fills in what was left out. Who stands with their car in the owner archive, or was
invited by an advisor, is certified at once; for all others moderators get a card.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from pynamodb.transactions import TransactWrite

from chalicelib.errors import Refusal, Unavailable, naming
from chalicelib.tables import Overtaken
from chalicelib.wechat.refusals import LicenceUnreadable
from community.commons.audience.viewers import Identity
from community.commons.audit.rules import SYSTEM
from community.commons.media.rules import UsedAlready
from community.people.applications import rules
from community.people.applications.rules import Application, Prepared, Supplement
from community.people.archive import rules as archive_rules
from community.people.archive import service as archive
from community.people.attempts import service as attempts
from community.people.certifications import happened, steps
from community.people.certifications import service as certifications
from community.people.certifications.rules import (
    AT_ONCE,
    Certification,
    NoSuchCertification,
    NothingAskedFor,
    OpenAlready,
    OwnerAlready,
    State,
)
from community.people.certifications.service import Kept
from community.people.identities import service as identities
from community.people.identities.rules import Kind
from community.people.invitations import service as invitations
from community.people.licences import service as licences
from community.people.licences.rules import Licence
from community.people.members.rules import Member, check_consented
from community.people.vehicles import service as vehicles

_TRIES_MAX = 4


def submit(
    member: Member, application: Application, *, request_id: str, now: datetime
) -> Certification:
    """Hand in an application: it is approved at once, or looked at by whose the car is or by moderators.

    Refuses: ConsentNeeded; Invalid — names every wrong field; TooManyAttempts
             NoSuchMedia, NotUploaded, NotAPicture, UsedAlready — the photo
             LicenceUnreadable, OcrQuotaUsedUp, Unavailable — only if the photo was to fill fields in
             CodeUnknown, CodeUsed, CodeExpired — the invitation
             OpenAlready — the member's application for this car is being looked at
             OwnerAlready — the car is the member's
    """
    check_consented(member)
    certification_id = steps.new_certification_id(member.member_id, request_id=request_id, now=now)
    if earlier := certifications.find(certification_id):
        return earlier  # By an earlier try of this very request.
    prepared = _prepared(member, application, now=now)
    certification = rules.applied(
        prepared, certification_id=certification_id, member_id=member.member_id, now=now
    )
    for _ in range(_TRIES_MAX):
        with suppress(Overtaken):
            return _hand_in(None, certification, prepared, now=now)
        # A try at the same moment was first, or something changed meanwhile.
        if earlier := certifications.find(certification_id):
            return earlier
        _check_still(certification, prepared, now=now)
    raise Unavailable


def supplement(
    member: Member, certification_id: str, more: Supplement, *, now: datetime
) -> Certification:
    """Hand in what a moderator asked for: it is looked at again.

    Refuses: NoSuchCertification; NothingAskedFor; and as `submit`
    """
    check_consented(member)
    was = _theirs(member, certification_id)
    wanted = rules.supplemented(was.certification, more)
    photos = was.certification.photos
    shown = licences.find(photos[-1]) if photos and not more.licence_media_id else None
    prepared = _prepared(member, wanted, shown=shown, now=now)
    for _ in range(_TRIES_MAX):
        certification = rules.applied_again(was.certification, prepared)
        with suppress(Overtaken):
            return _hand_in(was, certification, prepared, now=now)
        was = _theirs(member, certification_id)
        _check_still(certification, prepared, now=now)
    raise Unavailable


def _theirs(member: Member, certification_id: str) -> Kept:
    was = certifications.kept(certification_id)
    if was.certification.member_id != member.member_id:
        raise NoSuchCertification
    if was.certification.state is not State.NEEDS_MORE:
        raise NothingAskedFor
    return was


def _prepared(
    member: Member, application: Application, *, shown: Licence | None = None, now: datetime
) -> Prepared:
    """An application with everything that speaks for it. `shown`: a photo that was handed in before."""
    may_lack = application.kind == "owner" and bool(
        application.licence_media_id or (application.vin and member.phone)
    )
    wanted = rules.tidied(application, may_lack=may_lack)
    attempts.count(rules.A_DAY, member.member_id, now=now)
    mobiles = _mobiles_of(member)
    for mobile in mobiles:
        attempts.count(rules.BY_MOBILE, identities.key_of(Kind.MOBILE, mobile), now=now)
    invitation = None
    if wanted.invitation_code and wanted.kind != "purchase_intention":
        with naming("invitation_code"):
            invitation = invitations.usable(wanted.invitation_code, now=now)
    if wanted.kind != "owner":
        return Prepared(application=wanted, invitation=invitation)
    licence, is_unread = shown, False
    if wanted.licence_media_id:
        with naming("licence_media_id"):
            wanted, licence, is_unread = _with_photo(member, wanted, now=now)
    elif not rules.is_complete(wanted):
        wanted = rules.filled(wanted, known=_car_in_archive(member, wanted.vin))
    rules.check_complete(wanted)
    assert wanted.vin
    is_in_archive = any(archive.match(wanted.vin, mobile=mobile) for mobile in mobiles)
    tried_by = certifications.who_applied(wanted.vin)
    is_proven = invitation is not None or is_in_archive
    if not (is_proven or member.member_id in tried_by or _holds(member, wanted.vin)):
        attempts.count(rules.BY_CAR, vehicles.vehicle_id_of(wanted.vin), now=now)
    return Prepared(
        application=wanted,
        licence=licence,
        is_new_photo=licence is not shown,
        is_unread=is_unread,
        invitation=invitation,
        is_in_archive=is_in_archive,
        same_photo=licences.others_with(licence) if licence else 0,
        same_car=len(tried_by - {member.member_id}),
    )


def _holds(member: Member, vin: str) -> bool:
    """Whether a car is the member's. Units: 1 RCU for owners"""
    if member.identity is not Identity.OWNER:
        return False
    holder = vehicles.holder_of(vehicles.vehicle_id_of(vin))
    return holder is not None and holder.member_id == member.member_id


def _with_photo(
    member: Member, wanted: Application, *, now: datetime
) -> tuple[Application, Licence, bool]:
    """The application filled in from the photo. Whose hands typed everything needs nobody to read it."""
    assert wanted.licence_media_id
    refused: Refusal = LicenceUnreadable()
    try:
        licence = licences.looked_at(member, wanted.licence_media_id, now=now)
    except Unavailable as unavailable:
        refused = unavailable
        licence = licences.unread(member, wanted.licence_media_id, now=now)
    if licence.reading:
        wanted = rules.filled(wanted, known=rules.read_off(licence.reading))
    elif not rules.is_complete(wanted):
        raise refused
    return wanted, licence, licence.reading is None


def _hand_in(
    was: Kept | None, certification: Certification, prepared: Prepared, *, now: datetime
) -> Certification:
    """Refuses: Overtaken; OwnerAlready"""

    def joins(write: TransactWrite, _: Certification) -> None:
        if prepared.licence and prepared.is_new_photo:
            licences.hand_in(write, prepared.licence, now=now)
        if prepared.invitation:
            invitations.redeem(write, prepared.invitation, by=certification.member_id, now=now)

    holder = certifications.holder_of(certification)
    if holder and holder.member_id == certification.member_id:
        held = certifications.get(holder.certification_id)
        if not steps.is_renewable(held, now):
            raise OwnerAlready
        holder = None
    if certification.proof in AT_ONCE:
        advisor = prepared.invitation
        approved = steps.approved(
            certification, by=advisor.advisor_name if advisor else None, now=now
        )
        staff_id = advisor.advisor_id if advisor else SYSTEM
        return certifications.approve(was, approved, staff_id=staff_id, now=now, joins=joins)
    if holder:
        return certifications.ask_holder(was, certification, holder, now=now, joins=joins)
    waiting = steps.for_moderators(certification)
    fact = happened.submitted(waiting, now=now)
    return certifications.keep(was, waiting, fact, now=now, joins=joins)


def _check_still(certification: Certification, prepared: Prepared, *, now: datetime) -> None:
    """Refuses: OpenAlready; CodeUsed; UsedAlready"""
    if certification.vin:
        is_open = certifications.open_for(certification.vin, certification.member_id)
        if is_open not in (None, certification.certification_id):
            raise OpenAlready
    if prepared.invitation:
        invitations.usable(prepared.invitation.code, now=now)
    if prepared.licence and prepared.is_new_photo and licences.is_handed_in(prepared.licence):
        raise UsedAlready


def _mobiles_of(member: Member) -> list[str]:
    """The numbers that a member has shown to be theirs: who was merged may have more than one."""
    if member.phone is None:
        return []
    known = identities.of_member(member.member_id)
    return [each.value for each in known if each.kind is Kind.MOBILE]


def _car_in_archive(member: Member, vin: str | None) -> dict[str, str | None]:
    """What the archive says of a car of the member."""
    cars = archive_rules.cars_of(archive.of(member.member_id))
    return next(({**car} for car in cars if vin and car.get("vin") == vin), {})
