"""What must be true with a step of a certification, beside its own row: joined to its transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pynamodb.transactions import TransactWrite

from community.commons.agenda import service as agenda
from community.commons.audit import service as audit
from community.commons.audit.rules import Entry
from community.commons.outbound import service as outbound
from community.commons.outbound.rules import TaskDone
from community.facts import CertificationEnd
from community.people.certifications import cards, happened, texts
from community.people.certifications.rules import Certification, Kind, State
from community.people.members import service as members
from community.people.standing import service as standing
from community.people.standing.rules import Ground
from community.people.vehicles import service as vehicles
from community.people.vehicles.rules import Holder

Joins = Callable[[TransactWrite, Certification], None]
"""What somebody else has to write with a step; it is told the certification as it is written."""


def join(
    write: TransactWrite, was: Certification | None, now_is: Certification, *, now: datetime
) -> None:
    """What it makes of the member, and what time will make of it."""
    held = was is not None and was.state is State.APPROVED
    holds = now_is.state is State.APPROVED
    if holds is not held and now_is.kind is not Kind.PURCHASE_INTENTION:
        speaks = standing.begin if holds else standing.end
        ground = Ground(now_is.kind)
        speaks(write, now_is.member_id, ground, ref_id=now_is.certification_id)
    if holds and not held and now_is.expires_at:
        agenda.put_in(write, happened.due(now_is))
    was_open = was is None or was.state is State.SUBMITTED
    if now_is.photos and was_open and now_is.state is not State.SUBMITTED:
        agenda.put_in(write, happened.photo_due(now_is, now=now))


def take_car(
    write: TransactWrite, certification: Certification, *, instead_of: Holder | None
) -> None:
    """The car of an approved certification is the member's."""
    holder = Holder(
        vehicle_id=vehicles.vehicle_id_of(certification.vin or ""),
        member_id=certification.member_id,
        certification_id=certification.certification_id,
        model=certification.model or "",
        plate_number=certification.plate_number or "",
    )
    vehicles.take(write, holder, instead_of=instead_of)


def end_by(certification: Certification, *, of: Holder) -> CertificationEnd:
    """How that ends by which a car was held until this one was approved."""
    is_theirs = of.member_id == certification.member_id or (
        members.remaining(of.member_id) == members.remaining(certification.member_id)
    )
    return CertificationEnd.RENEWED if is_theirs else CertificationEnd.TRANSFERRED


def close_card(certification: Certification) -> None:
    """Moderators have nothing to decide on any longer, nor do they see whose car it was about."""
    if task_id := cards.open_task(certification):
        done = TaskDone(message_id=f"done {task_id}", task_id=task_id, words=texts.ERASED)
        outbound.enqueue(done)


def noting(what: str, *, by: str, why: str = "", now: datetime) -> Joins:
    """It stands in the audit log who did it, and why."""

    def note(write: TransactWrite, certification: Certification) -> None:
        entry = Entry(
            what=what,
            about=f"certification#{certification.certification_id}",
            by=by,
            why=why,
            at=now,
            after={"state": certification.state, "member_id": certification.member_id},
        )
        audit.note_in(write, entry)

    return note
