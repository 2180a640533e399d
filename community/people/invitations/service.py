"""Front door: an advisor invites somebody whom they know, by a code for one use."""

from __future__ import annotations

from datetime import datetime

from pynamodb.transactions import TransactWrite

from community.commons.audit import service as audit
from community.commons.audit.rules import Entry
from community.commons.codes import service as codes
from community.commons.codes.rules import CodeUnknown, Issued, Purpose
from community.commons.staff import service as staff
from community.commons.staff.rules import NotAnAdvisor
from community.people.invitations.rules import VALID_FOR, Invitation


def issue(*, by: str, request_id: str, now: datetime) -> Issued:
    """An advisor gets a code to hand to a customer. `by` is their userid. Refuses: NotAnAdvisor"""
    advisor = staff.advisor(by)
    issued = codes.issue(
        Purpose.INVITATION,
        issuer_id=advisor.userid,
        valid_for=VALID_FOR,
        request_id=request_id,
        now=now,
    )
    audit.note(
        Entry(what="invitation.issue", about=f"staff#{advisor.userid}", by=advisor.userid, at=now)
    )
    return issued


def usable(code: str, *, now: datetime) -> Invitation:
    """Who vouches with this code for whoever holds it. An advisor who left vouches for nobody.

    Refuses: CodeUnknown, CodeUsed, CodeExpired
    """
    found = codes.usable(code, Purpose.INVITATION, now=now)
    try:
        advisor = staff.advisor(found.issuer_id)
    except NotAnAdvisor:
        raise CodeUnknown from None
    return Invitation(code, advisor.userid, advisor.name)


def redeem(write: TransactWrite, invitation: Invitation, *, by: str, now: datetime) -> None:
    """Join the transaction of the certification; it is overtaken if the code was used meanwhile."""
    codes.use_in(write, invitation.code, by=by, now=now)
