"""Front door: members who paid an intention deposit. Staff say so here until the orders do."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from chalicelib import ids
from chalicelib.tables import Overtaken
from community.commons.staff import service as staff
from community.people.certifications import effects, steps
from community.people.certifications import service as certifications
from community.people.certifications.rules import Certification, Kind, Proof, State
from community.people.members import service as members


def grant(member_id: str, *, by: str, why: str, request_id: str, now: datetime) -> Certification:
    """A colleague notes that a member paid a deposit, until it is revoked. `by` is their userid.

    The same request once more, be it days later, gives what it gave.

    Refuses: NotStaff; NotFound
    """
    colleague = staff.colleague(by)
    member = members.get(member_id)
    certification_id = steps.new_certification_id(member.member_id, request_id=request_id, now=now)
    for earlier in certifications.of_member(member.member_id):
        if ids.is_of_one_seed(earlier.certification.certification_id, certification_id):
            return earlier.certification
    paid = Certification(
        certification_id=certification_id,
        member_id=member.member_id,
        kind=Kind.DEPOSIT_HOLDER,
        proof=Proof.STAFF,
        state=State.SUBMITTED,
        created_at=now,
    )
    granted = steps.approved(paid, by=colleague.name, now=now)
    note = effects.noting("deposit.grant", by=colleague.userid, why=why, now=now)
    with suppress(Overtaken):
        return certifications.approve(None, granted, staff_id=colleague.userid, now=now, joins=note)
    return certifications.get(certification_id)  # By another try at this moment.
