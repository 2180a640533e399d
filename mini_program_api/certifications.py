"""Being certified as an owner."""

from __future__ import annotations

from datetime import datetime

import msgspec

from chalicelib.lists import Page, PageQuery
from community.people.certifications import service as certifications
from community.people.certifications.rules import (
    Application,
    Certification,
    OpenAlready,
    OwnerAlready,
    State,
    shown_plate,
)
from mini_program_api.door import MemberCall, door


class CertificationView(msgspec.Struct, kw_only=True):
    certification_id: str
    kind: str
    model: str
    plate_number: str
    state: State
    created_at: datetime
    decided_at: datetime | None
    reason: str | None


@door.route(
    "POST",
    "/v1/certifications",
    takes=Application,
    gives=CertificationView,
    status=202,
    refuses=(OpenAlready, OwnerAlready),
)
def certify(call: MemberCall[Application, None]) -> CertificationView:
    """Apply for certification; a moderator decides."""
    return _view(
        certifications.submit(call.caller, call.body, request_id=call.request_id, now=call.now)
    )


@door.route("GET", "/v1/certifications", asks=PageQuery, gives=Page[CertificationView])
def my_certifications(call: MemberCall[None, PageQuery]) -> Page[CertificationView]:
    """My certifications, newest first."""
    return certifications.mine(call.caller, call.query).map(_view)


def _view(certification: Certification) -> CertificationView:
    return CertificationView(
        certification_id=certification.certification_id,
        kind=certification.kind,
        model=certification.model,
        plate_number=shown_plate(certification.plate_number),
        state=certification.state,
        created_at=certification.created_at,
        decided_at=certification.decided_at,
        reason=certification.reason,
    )
