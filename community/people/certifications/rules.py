"""Certification: what an application must say, which states it goes through, who may decide."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from chalicelib import ids
from chalicelib.errors import Conflict, FieldError, Invalid, NotFound
from community.commons.staff.rules import Staff
from community.facts import CertificationDecision

MODEL_CHARS_MAX = 40

# Letters that look like digits (I, O, Q) do not occur. Source: GB 16735.
_VIN = r"[A-HJ-NPR-Z0-9]{17}"
# Province, authority, and five characters (six for new-energy cars); no I, no O. Source: GA 36.
_PLATE = (
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z]"
    r"(?:[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳]|[A-HJ-NP-Z0-9]{6})"
)


class State(StrEnum):
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    NEEDS_MORE = "needs_more"


TAKEN = "这辆车已有认证车主"
STATE_AFTER = {
    CertificationDecision.APPROVE: State.APPROVED,
    CertificationDecision.REJECT: State.REJECTED,
    CertificationDecision.ASK_MORE: State.NEEDS_MORE,
}


class OpenAlready(Conflict):
    code = "certification_open"
    text = "这辆车的认证正在审核中，请耐心等待"


class OwnerAlready(Conflict):
    code = "owner_already"
    text = "您已是这辆车的认证车主"


class DecidedAlready(Conflict):
    code = "certification_decided"
    text = "这份认证已被处理"


class NoSuchCertification(NotFound):
    code = "no_such_certification"
    text = "没有找到这份认证"


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """What a member hands in to be certified as an owner."""

    kind: Literal["owner"]
    vin: Annotated[str, msgspec.Meta(max_length=40)]
    plate_number: Annotated[str, msgspec.Meta(max_length=20)]
    model: Annotated[str, msgspec.Meta(max_length=MODEL_CHARS_MAX)]


class Certification(msgspec.Struct, frozen=True, kw_only=True):
    """An application and what became of it. VIN and plate are personal: see `shown_plate`."""

    certification_id: str
    member_id: str
    kind: Literal["owner"]
    vin: str
    plate_number: str
    model: str
    state: State
    created_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None
    reason: str | None = None


def tidied(application: Application) -> Application:
    """The application as it is meant. Refuses: Invalid, naming every wrong field"""
    vin = application.vin.strip().upper()
    plate = re.sub(r"[\s·•-]", "", application.plate_number).upper()
    model = application.model.strip()
    errors = []
    if not re.fullmatch(_VIN, vin):
        errors.append(FieldError("vin", "车架号应为 17 位字母和数字，不含 I、O、Q"))
    if not re.fullmatch(_PLATE, plate):
        errors.append(FieldError("plate_number", "车牌号不正确，例如：沪A12345、沪AD12345"))
    if not model:
        errors.append(FieldError("model", "请填写车型"))
    if errors:
        raise Invalid("认证信息有误，请检查后重新提交", errors=errors)
    return Application(kind=application.kind, vin=vin, plate_number=plate, model=model)


def new_certification_id(member_id: str, *, request_id: str, now: datetime) -> str:
    """The same for every try of a request."""
    return ids.new_id(now, f"certification {member_id} {request_id}")


def submitted(
    application: Application, *, certification_id: str, member_id: str, now: datetime
) -> Certification:
    return Certification(
        certification_id=certification_id,
        member_id=member_id,
        kind=application.kind,
        vin=application.vin,
        plate_number=application.plate_number,
        model=application.model,
        state=State.SUBMITTED,
        created_at=now,
    )


def decided(
    certification: Certification, decision: CertificationDecision, *, by: Staff, now: datetime
) -> Certification:
    """Refuses: DecidedAlready — tells who was first"""
    if certification.state is not State.SUBMITTED:
        raise DecidedAlready(words_for(certification))
    return msgspec.structs.replace(
        certification, state=STATE_AFTER[decision], decided_at=now, decided_by=by.name
    )


def taken(certification: Certification) -> Certification:
    """What becomes of an approval when the car turns out to have another owner."""
    return msgspec.structs.replace(certification, state=State.REJECTED, reason=TAKEN)


def words_for(certification: Certification) -> str:
    """Who decided what, as the moderators' card shows it: 已由 张三 通过."""
    words = {
        State.APPROVED: "通过",
        State.REJECTED: "驳回",
        State.NEEDS_MORE: "要求补充资料",
        State.SUBMITTED: "处理",
    }
    because = f"：{certification.reason}" if certification.reason else ""
    return f"已由 {certification.decided_by} {words[certification.state]}{because}"


def shown_plate(plate_number: str) -> str:
    """A plate that its owner recognises and nobody else can use: 沪A***45."""
    return f"{plate_number[:2]}***{plate_number[-2:]}"
