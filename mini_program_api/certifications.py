"""Being certified: as an owner, as somebody who intends to buy, by an advisor's invitation."""

from __future__ import annotations

from datetime import datetime

import msgspec

from chalicelib.errors import naming
from chalicelib.lists import Page, PageQuery
from chalicelib.wechat.refusals import LicenceUnreadable, OcrQuotaUsedUp
from community.commons.codes.rules import CodeExpired, CodeUnknown, CodeUsed
from community.commons.media.rules import NoSuchMedia, NotAPicture, NotUploaded, UsedAlready
from community.people.applications import service as applications
from community.people.applications.rules import Application, Supplement
from community.people.attempts.rules import TooManyAttempts
from community.people.certifications import service as certifications
from community.people.certifications.rules import (
    Answer,
    Certification,
    Kind,
    NoSuchCertification,
    NothingAskedFor,
    OpenAlready,
    OwnerAlready,
    State,
    shown_plate,
)
from community.people.licences import service as licences
from community.people.licences.rules import MediaId, Reading
from community.people.members.rules import ConsentNeeded
from community.people.merges.rules import NotToBeMerged
from community.people.profiles.rules import When
from community.people.transfers import service as transfers
from community.people.transfers.rules import Said, TransferSettled
from mini_program_api.door import MemberCall, door

_PHOTO = (NoSuchMedia, NotUploaded, NotAPicture, UsedAlready, LicenceUnreadable, OcrQuotaUsedUp)
_CODE = (CodeUnknown, CodeExpired, CodeUsed)
_HANDING_IN = (ConsentNeeded, TooManyAttempts, OpenAlready, OwnerAlready, *_PHOTO, *_CODE)


class TransferView(msgspec.Struct, frozen=True):
    """The car has an owner, who is asked until `due_at`. `answer` is null as long as they said nothing."""

    due_at: datetime
    answer: Answer | None


class CertificationView(msgspec.Struct, kw_only=True):
    certification_id: str
    kind: Kind
    model: str | None
    plate_number: str | None
    when: When | None
    budget_fen_min: int | None
    budget_fen_max: int | None
    state: State
    created_at: datetime
    decided_at: datetime | None
    reason: str | None
    expires_at: datetime | None
    transfer: TransferView | None


class ToRead(msgspec.Struct):
    """A photo that was uploaded for the purpose `licence`."""

    licence_media_id: MediaId


class TransferAnswer(msgspec.Struct):
    """What I say to somebody else's application for my car, or `same_person` for mine."""

    answer: Said


@door.route(
    "POST",
    "/v1/certifications",
    takes=Application,
    gives=CertificationView,
    status=202,
    refuses=_HANDING_IN,
)
def certify(call: MemberCall[Application, None]) -> CertificationView:
    """Apply for certification: what cannot be told at once, a moderator decides."""
    return _view(
        applications.submit(call.caller, call.body, request_id=call.request_id, now=call.now)
    )


@door.route("GET", "/v1/certifications", asks=PageQuery, gives=Page[CertificationView])
def my_certifications(call: MemberCall[None, PageQuery]) -> Page[CertificationView]:
    """My certifications, newest first."""
    return certifications.mine(call.caller, call.query).map(_view)


@door.route(
    "PUT",
    "/v1/certifications/{certification_id}",
    takes=Supplement,
    gives=CertificationView,
    refuses=(NoSuchCertification, NothingAskedFor, *_HANDING_IN),
)
def supplement(call: MemberCall[Supplement, None], certification_id: str) -> CertificationView:
    """Hand in what a moderator asked for; what is not named stays as it was."""
    return _view(applications.supplement(call.caller, certification_id, call.body, now=call.now))


@door.route(
    "POST",
    "/v1/certifications/{certification_id}/transfer",
    takes=TransferAnswer,
    gives=TransferView,
    refuses=(NoSuchCertification, TransferSettled, NotToBeMerged),
)
def answer_transfer(
    call: MemberCall[TransferAnswer, None], certification_id: str
) -> TransferView | None:
    """Say whether my car, for which somebody applies, has changed hands."""
    answered = transfers.answer(call.caller, certification_id, call.body.answer, now=call.now)
    return _transfer_view(answered)


@door.route(
    "POST",
    "/v1/licence-readings",
    takes=ToRead,
    gives=Reading,
    refuses=(ConsentNeeded, TooManyAttempts, *_PHOTO),
)
def read_licence(call: MemberCall[ToRead, None]) -> Reading:
    """What stands on my photographed licence, to fill the form in; null is what could not be read."""
    with naming("licence_media_id"):
        return licences.read(call.caller, call.body.licence_media_id, now=call.now)


def _view(certification: Certification) -> CertificationView:
    plate = certification.plate_number
    return CertificationView(
        certification_id=certification.certification_id,
        kind=certification.kind,
        model=certification.model,
        plate_number=shown_plate(plate) if plate else None,
        when=certification.when,
        budget_fen_min=certification.budget_fen_min,
        budget_fen_max=certification.budget_fen_max,
        state=certification.state,
        created_at=certification.created_at,
        decided_at=certification.decided_at,
        reason=certification.reason,
        expires_at=certification.expires_at,
        transfer=_transfer_view(certification),
    )


def _transfer_view(certification: Certification) -> TransferView | None:
    transfer = certification.transfer
    return TransferView(transfer.due_at, transfer.answer) if transfer else None
