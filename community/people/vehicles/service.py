"""Front door: whose a car is, and who else may drive it.

Certifications take a car and give it up, in their own transactions; the table sees to it that it has
one holder. A holder gives seats away by codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec
from pynamodb.transactions import TransactWrite

from chalicelib.errors import Unavailable
from chalicelib.tables import Overtaken, one_transaction
from community.commons.audience.rules import OWNERS, unlock_for
from community.commons.codes import service as codes
from community.commons.codes.rules import CodeUnknown, Issued, Purpose
from community.commons.notifications import service as notifications
from community.commons.notifications.rules import Kind
from community.facts import (
    CoDriverAdded,
    CoDriverRemoved,
    MemberErased,
    MembersMerged,
    MembersUnmerged,
)
from community.people.attempts import service as attempts
from community.people.members import service as members
from community.people.members.rules import Member, check_consented
from community.people.standing import service as standing
from community.people.standing.rules import Ground
from community.people.vehicles import records, rules, texts
from community.people.vehicles.rules import Holder, Role, Seat, Vehicle

_TRIES_MAX = 3
_PAGE = "pages/vehicles/index"


def vehicle_id_of(vin: str) -> str:
    """By what a car is known here: nobody can tell the VIN from it."""
    return records.vehicle_id_of(vin)


def holder_of(vehicle_id: str) -> Holder | None:
    """Whose a car is at this moment."""
    vehicle = records.find(vehicle_id)
    return vehicle.holder if vehicle else None


def take(write: TransactWrite, holder: Holder, *, instead_of: Holder | None) -> None:
    """Join a transaction: the car is theirs, overtaken if it is not any longer whose it was."""
    records.take(write, holder, instead_of=instead_of)


def give_up(write: TransactWrite, holder: Holder) -> None:
    """Join a transaction: the car is nobody's, overtaken if it is somebody else's by now."""
    records.give_up(write, holder)


def mine(member: Member) -> list[Vehicle]:
    """The cars that a member holds or has a seat in."""
    found = map(records.find, records.ids_of(member.member_id))
    return [v for v in found if v is not None and v.role_of(member.member_id)]


def offer_seat(member: Member, vehicle_id: str, *, request_id: str, now: datetime) -> Issued:
    """An owner gets a code to hand to somebody who drives their car too.

    Refuses: NoSuchVehicle; SeatsTaken
    """
    vehicle = rules.check_theirs(records.find(vehicle_id), member.member_id)
    rules.check_has_room(vehicle)
    return codes.issue(
        Purpose.CO_DRIVER,
        issuer_id=member.member_id,
        subject_id=vehicle_id,
        valid_for=rules.SEAT_CODE_VALID,
        request_id=request_id,
        now=now,
    )


def take_seat(member: Member, code: str, *, now: datetime) -> Vehicle:
    """A member becomes the co-driver that an owner's code is for. Again: nothing changes.

    Refuses: ConsentNeeded; TooManyAttempts; CodeUnknown, CodeUsed, CodeExpired; YourOwnCar; SeatsTaken
             Unavailable — again and again somebody else was first
    """
    check_consented(member)
    attempts.count(rules.CODES_A_DAY, member.member_id, now=now)
    for _ in range(_TRIES_MAX):
        found = codes.usable(code, Purpose.CO_DRIVER, by=member.member_id, now=now)
        vehicle = records.find(found.subject_id or "")
        if vehicle is None or not _is_same(vehicle.holder.member_id, found.issuer_id):
            raise CodeUnknown  # The car has got another owner meanwhile.
        match vehicle.role_of(member.member_id):
            case Role.OWNER:
                raise rules.YourOwnCar
            case Role.CO_DRIVER:
                return vehicle
        rules.check_has_room(vehicle)
        if found.used_by:
            raise CodeUnknown  # Used by this very member, who has left the seat since.
        with suppress(Overtaken):
            seat = _sit_down(member, vehicle.holder, code, now=now)
            return Vehicle(vehicle.holder, (*vehicle.seats, seat))
    raise Unavailable


def free_seat(member: Member, vehicle_id: str, driver_id: str, *, now: datetime) -> None:
    """The owner takes a seat back, or who has it leaves it. Again: nothing changes.

    Refuses: NoSuchVehicle — neither of the two asks
    """
    vehicle = records.find(vehicle_id)
    role = vehicle.role_of(member.member_id) if vehicle else None
    if vehicle is None or not (role is Role.OWNER or member.member_id == driver_id):
        raise rules.NoSuchVehicle
    by_self, model = member.member_id == driver_id, vehicle.holder.model
    for seat in vehicle.seats:
        if seat.member_id == driver_id:
            _leave(seat, vehicle.holder, model=model, by_self=by_self, now=now)


def clear_seats(vehicle_id: str, *, model: str, now: datetime) -> None:
    """Nobody has a seat in a car, a `model`, that is not any longer whose it was when they got it."""
    holder = holder_of(vehicle_id)
    for seat in records.seats_in(vehicle_id):
        if holder is None or not _is_same(seat.given_by, holder.member_id):
            _leave(seat, None, model=model, now=now)


def tell_holder(fact: CoDriverAdded) -> None:
    """The owner hears who uses their code."""
    vehicle = records.find(fact.vehicle_id)
    if vehicle is None:
        return
    text = texts.ADDED_TEXT.format(
        nickname=members.get(fact.member_id).nickname, model=vehicle.holder.model
    )
    holder_id = members.get(fact.holder_id).member_id
    notifications.tell(
        holder_id, fact, kind=Kind.CERTIFICATION, title=texts.ADDED_TITLE, text=text, link=_PAGE
    )


def tell_driver(fact: CoDriverRemoved) -> None:
    """Who had a seat, and did not give it up, hears in which car they have it no longer."""
    if fact.by_self:
        return
    member = members.get(fact.member_id)
    model = records.model_left(fact.vehicle_id, fact.member_id) or texts.A_CAR
    text = texts.REMOVED_TEXT.format(model=model)
    if unlock_for(member, OWNERS):  # No car of their own, nor a seat in another one.
        text += texts.BOARDS_CLOSED
    notifications.tell(
        member.member_id,
        fact,
        kind=Kind.CERTIFICATION,
        title=texts.REMOVED_TITLE,
        text=text,
        link=_PAGE,
    )


def exported(member_id: str) -> list[dict[str, Any]]:
    """The cars that a member holds, and those in which they have a seat."""
    told = []
    for vehicle in filter(None, map(records.find, records.ids_of(member_id))):
        is_theirs = vehicle.role_of(member_id) is Role.OWNER
        about = msgspec.to_builtins(vehicle.holder) if is_theirs else {}
        told.append(
            {
                **about,
                "vehicle_id": vehicle.holder.vehicle_id,
                "role": vehicle.role_of(member_id),
                "co_drivers": [s.member_id for s in vehicle.seats] if is_theirs else [],
            }
        )
    return told


def follow_merge(fact: MembersMerged) -> None:
    """Cars and seats of the one who is gone are those of the one who stays."""
    for vehicle in filter(None, map(records.find, records.ids_of(fact.gone_id))):
        if vehicle.role_of(fact.gone_id) is Role.OWNER:
            with suppress(Overtaken):
                records.move_holder(
                    vehicle.holder, to=fact.kept_id, merge_id=fact.merge_id, back=False
                )
            continue
        seat = next(seat for seat in vehicle.seats if seat.member_id == fact.gone_id)
        role = vehicle.role_of(fact.kept_id)
        with suppress(Overtaken):
            if role is None:
                records.move_seat(seat, to=fact.kept_id, merge_id=fact.merge_id, back=False)
            else:
                riders = [fact.gone_id, *([fact.kept_id] if role is Role.OWNER else [])]
                _forget_seat(seat, vehicle.holder, of=riders)
    standing.refresh(fact.kept_id)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back."""
    for vehicle_id, is_held in records.came_by(fact.merge_id, to=fact.kept_id):
        vehicle = records.find(vehicle_id)
        if vehicle is None:
            continue
        with suppress(Overtaken):
            if is_held:
                records.move_holder(
                    vehicle.holder, to=fact.gone_id, merge_id=fact.merge_id, back=True
                )
            for seat in vehicle.seats:
                if not is_held and seat.member_id == fact.kept_id:
                    records.move_seat(seat, to=fact.gone_id, merge_id=fact.merge_id, back=True)


def erase(fact: MemberErased) -> None:
    """Their cars are nobody's, nobody has a seat in them, and they have none elsewhere.

    Refuses: Unavailable — somebody with a seat changes at this moment; the fact comes again
    """
    for vehicle in filter(None, map(records.find, records.ids_of(fact.member_id))):
        holder = vehicle.holder
        if holder.member_id == fact.member_id:
            # Seats first: when the holder is gone, nothing leads from the member to the car any longer.
            for seat in vehicle.seats:
                _leave(seat, None, model=holder.model, now=fact.at)
            with suppress(Overtaken), one_transaction() as write:
                records.give_up(write, holder)
            # Who sat down in between.
            clear_seats(holder.vehicle_id, model=holder.model, now=fact.at)
            continue
        for seat in vehicle.seats:
            if seat.member_id == fact.member_id:
                with suppress(Overtaken):
                    _forget_seat(seat, holder, of=[fact.member_id])


def _sit_down(member: Member, holder: Holder, code: str, *, now: datetime) -> Seat:
    """Refuses: Overtaken"""
    seat = Seat(
        vehicle_id=holder.vehicle_id,
        member_id=member.member_id,
        given_by=holder.member_id,
        added_at=now,
    )
    fact = CoDriverAdded(
        fact_id=f"{holder.vehicle_id}.{member.member_id}.added.{int(now.timestamp())}",
        at=now,
        vehicle_id=holder.vehicle_id,
        member_id=member.member_id,
        holder_id=holder.member_id,
    )
    with one_transaction() as write:
        records.add_seat(write, seat, holder, fact)
        standing.begin(write, member.member_id, Ground.CO_DRIVER, ref_id=holder.vehicle_id)
        codes.use_in(write, code, by=member.member_id, now=now)
    return seat


def _leave(
    seat: Seat, holder: Holder | None, *, model: str, by_self: bool = False, now: datetime
) -> None:
    """Who was first to end it has ended it."""
    fact = CoDriverRemoved(
        fact_id=f"{seat.vehicle_id}.{seat.member_id}.left.{int(seat.added_at.timestamp())}",
        at=now,
        vehicle_id=seat.vehicle_id,
        member_id=seat.member_id,
        by_self=by_self,
    )
    with suppress(Overtaken), one_transaction() as write:
        records.leave_seat(write, seat, holder, fact, model=model)
        standing.end(write, seat.member_id, Ground.CO_DRIVER, ref_id=seat.vehicle_id)


def _forget_seat(seat: Seat, holder: Holder, *, of: Sequence[str]) -> None:
    """As if it had never been; nobody is told."""
    with one_transaction() as write:
        records.forget_seat(write, seat, holder)
        for member_id in of:
            standing.end(write, member_id, Ground.CO_DRIVER, ref_id=seat.vehicle_id)


def _is_same(one_id: str, other_id: str) -> bool:
    return one_id == other_id or (members.get(one_id).member_id == members.get(other_id).member_id)
