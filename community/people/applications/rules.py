"""What an application must say, and what fills in what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec

from chalicelib.errors import FieldError, Invalid
from community.commons import cars
from community.people.attempts.rules import Limit
from community.people.certifications.rules import Certification, Kind, Proof, State
from community.people.invitations.rules import Invitation, InvitationCode
from community.people.licences.rules import Licence, MediaId, Reading
from community.people.profiles.rules import MODEL_CHARS_MAX, Fen, When

A_DAY = Limit("application", 5, timedelta(days=1))
BY_MOBILE = Limit("application_mobile", 10, timedelta(days=30))
BY_CAR = Limit("application_car", 10, timedelta(days=30))
"""So many members; a count of tries would let one of them lock out whose car it is."""

Vin = Annotated[str, msgspec.Meta(max_length=40)]
Plate = Annotated[str, msgspec.Meta(max_length=20)]
Model = Annotated[str, msgspec.Meta(max_length=MODEL_CHARS_MAX)]

_OF_A_CAR = ("vin", "plate_number", "model")


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """What a member hands in. Of an owner's car, a photo of the licence says what is left out."""

    kind: Literal["owner", "purchase_intention", "invitation"]
    vin: Vin | None = None
    plate_number: Plate | None = None
    model: Model | None = None
    licence_media_id: MediaId | None = None
    invitation_code: InvitationCode | None = None
    when: When | None = None
    budget_fen_min: Fen | None = None
    budget_fen_max: Fen | None = None


class Supplement(msgspec.Struct, frozen=True, kw_only=True):
    """What a moderator asked for; what is not named stays."""

    vin: Vin | None = None
    plate_number: Plate | None = None
    model: Model | None = None
    licence_media_id: MediaId | None = None
    invitation_code: InvitationCode | None = None


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """An application with everything that speaks for it. `is_unread`: nobody could read the photo."""

    application: Application
    licence: Licence | None = None
    is_new_photo: bool = False
    is_unread: bool = False
    invitation: Invitation | None = None
    is_in_archive: bool = False
    same_photo: int = 0
    same_car: int = 0

    @property
    def proof(self) -> Proof:
        if self.application.kind == "purchase_intention":
            return Proof.OWN_WORD
        if self.invitation:
            return Proof.INVITATION
        if self.is_in_archive:
            return Proof.ARCHIVE
        return Proof.PHOTO if self.licence else Proof.TYPED


def tidied(application: Application, *, may_lack: bool) -> Application:
    """The application as it is meant; an empty field is one left out.

    Refuses: Invalid, naming every wrong field, and every missing one unless it `may_lack` some
    """
    tidy = msgspec.structs.replace(
        application,
        vin=cars.tidied_vin(application.vin or "") or None,
        plate_number=cars.tidied_plate(application.plate_number or "") or None,
        model=(application.model or "").strip() or None,
        invitation_code=(application.invitation_code or "").strip() or None,
    )
    errors = [*_wrong(tidy), *([] if may_lack else _missing(tidy))]
    if errors:
        order = (*_OF_A_CAR, "when", "budget_fen_max", "invitation_code")
        errors.sort(key=lambda error: order.index(error.field))
        raise Invalid("认证信息有误，请检查后重新提交", errors=errors)
    return tidy


def check_complete(application: Application) -> None:
    """Refuses: Invalid, naming every missing field"""
    if errors := _missing(application):
        raise Invalid("认证信息不完整，请补充后重新提交", errors=errors)


def is_complete(application: Application) -> bool:
    return not _missing(application)


def filled(application: Application, *, known: Mapping[str, str | None]) -> Application:
    """The application with what is known put where it says nothing."""
    left_out = [field for field in _OF_A_CAR if getattr(application, field) is None]
    news = {field: value for field in left_out if (value := known.get(field))}
    return msgspec.structs.replace(application, **news)


def read_off(reading: Reading) -> dict[str, str | None]:
    """What stands on a licence, as far as it can be taken as it was read."""
    vin = cars.tidied_vin(reading.vin or "")
    plate = cars.tidied_plate(reading.plate_number or "")
    return {
        "vin": vin if cars.is_vin(vin) else None,
        "plate_number": plate if cars.is_plate(plate) else None,
        "model": (reading.model or "")[:MODEL_CHARS_MAX] or None,
    }


def differences(application: Application, reading: Reading | None) -> dict[str, str]:
    """Where a licence says something else than the member, and what. Models have many names."""
    if reading is None:
        return {}
    read = {"vin": reading.vin, "plate_number": reading.plate_number}
    return {f: value for f, value in read.items() if value and value != getattr(application, f)}


def supplemented(certification: Certification, supplement: Supplement) -> Application:
    """What was applied for, with what is new. Refuses: Invalid — nothing is"""
    news = {f: v for f in supplement.__struct_fields__ if (v := getattr(supplement, f)) is not None}
    if not news:
        raise Invalid("请补充至少一项资料")
    said = Application(
        kind="owner",
        vin=certification.vin,
        plate_number=certification.plate_number,
        model=certification.model,
    )
    return msgspec.structs.replace(said, **news)


def applied(
    prepared: Prepared, *, certification_id: str, member_id: str, now: datetime
) -> Certification:
    """The certification that an application asks for."""
    new = Certification(
        certification_id=certification_id,
        member_id=member_id,
        kind=Kind(prepared.application.kind),
        state=State.SUBMITTED,
        created_at=now,
    )
    return _with(new, prepared)


def applied_again(certification: Certification, prepared: Prepared) -> Certification:
    """The same certification with what was asked for."""
    asked_again = msgspec.structs.replace(
        certification, state=State.SUBMITTED, transfer=None, decided_at=None, reason=None
    )
    return _with(asked_again, prepared)


def _with(certification: Certification, prepared: Prepared) -> Certification:
    asked, licence = prepared.application, prepared.licence
    is_intention, has_car = asked.kind == "purchase_intention", asked.kind == "owner"
    photos = (licence.media_id,) if licence and prepared.is_new_photo else ()
    return msgspec.structs.replace(
        certification,
        proof=prepared.proof,
        vin=asked.vin if has_car else None,
        plate_number=asked.plate_number if has_car else None,
        model=asked.model,
        when=asked.when if is_intention else None,
        budget_fen_min=asked.budget_fen_min if is_intention else None,
        budget_fen_max=asked.budget_fen_max if is_intention else None,
        photos=(*certification.photos, *photos),
        differences=differences(asked, licence.reading if licence else None),
        is_unread=prepared.is_unread,
        same_photo=prepared.same_photo,
        same_car=prepared.same_car,
        invited_by=prepared.invitation.advisor_id if prepared.invitation else None,
    )


def _wrong(application: Application) -> list[FieldError]:
    errors = []
    if application.vin and not cars.is_vin(application.vin):
        errors.append(FieldError("vin", "车架号应为 17 位字母和数字，不含 I、O、Q"))
    if application.plate_number and not cars.is_plate(application.plate_number):
        errors.append(FieldError("plate_number", "车牌号不正确，例如：沪A12345、沪AD12345"))
    least, most = application.budget_fen_min, application.budget_fen_max
    if least is not None and most is not None and least > most:
        errors.append(FieldError("budget_fen_max", "预算上限不能低于下限"))
    return errors


def _missing(application: Application) -> list[FieldError]:
    wanted = {
        "owner": {
            "vin": "车架号应为 17 位字母和数字，不含 I、O、Q",
            "plate_number": "车牌号不正确，例如：沪A12345、沪AD12345",
            "model": "请填写车型",
        },
        "purchase_intention": {
            "model": "请填写意向车型",
            "when": "请选择购车时间",
            "budget_fen_max": "请填写购车预算",
        },
        "invitation": {"invitation_code": "请填写销售顾问给您的邀请码"},
    }[application.kind]
    return [FieldError(f, text) for f, text in wanted.items() if getattr(application, f) is None]
