"""My cars, and who drives them too."""

from __future__ import annotations

from datetime import datetime

import msgspec

from chalicelib.errors import naming
from community.commons.codes.rules import CodeExpired, CodeUnknown, CodeUsed, Issued
from community.people.attempts.rules import TooManyAttempts
from community.people.certifications.rules import shown_plate
from community.people.members import service as members
from community.people.members.rules import ConsentNeeded, Member
from community.people.vehicles import service as vehicles
from community.people.vehicles.rules import (
    NoSuchVehicle,
    Role,
    Seat,
    SeatsTaken,
    Vehicle,
    YourOwnCar,
)
from mini_program_api.door import MemberCall, door


class CoDriverView(msgspec.Struct, frozen=True):
    member_id: str
    nickname: str
    added_at: datetime


class VehicleView(msgspec.Struct, kw_only=True):
    """`certification_id` and `co_drivers` are for the owner."""

    vehicle_id: str
    role: Role
    model: str
    plate_number: str
    certification_id: str | None
    co_drivers: list[CoDriverView]


class Vehicles(msgspec.Struct):
    items: list[VehicleView]


@door.route("GET", "/v1/vehicles", gives=Vehicles)
def my_vehicles(call: MemberCall[None, None]) -> Vehicles:
    """The cars that I am certified for, or drive along; what I only say I drive is in `GET /v1/me`."""
    return Vehicles([_view(each, call.caller) for each in vehicles.mine(call.caller)])


@door.route(
    "POST",
    "/v1/vehicles/{vehicle_id}/co-drivers",
    gives=Issued,
    status=201,
    refuses=(NoSuchVehicle, SeatsTaken),
)
def invite_co_driver(call: MemberCall[None, None], vehicle_id: str) -> Issued:
    """A code for somebody who drives my car too: one use, within a day."""
    return vehicles.offer_seat(call.caller, vehicle_id, request_id=call.request_id, now=call.now)


@door.route(
    "PUT",
    "/v1/co-drivers/{code}",
    gives=VehicleView,
    refuses=(
        ConsentNeeded,
        TooManyAttempts,
        CodeUnknown,
        CodeExpired,
        CodeUsed,
        YourOwnCar,
        SeatsTaken,
    ),
)
def become_co_driver(call: MemberCall[None, None], code: str) -> VehicleView:
    """Become the co-driver that an owner's code is for."""
    with naming("code"):
        vehicle = vehicles.take_seat(call.caller, code, now=call.now)
    return _view(vehicle, call.caller)


@door.route("DELETE", "/v1/vehicles/{vehicle_id}/co-drivers/{member_id}", refuses=(NoSuchVehicle,))
def remove_co_driver(call: MemberCall[None, None], vehicle_id: str, member_id: str) -> None:
    """Take a co-driver off my car, or leave somebody's myself."""
    vehicles.free_seat(call.caller, vehicle_id, member_id, now=call.now)


def _view(vehicle: Vehicle, viewer: Member) -> VehicleView:
    holder = vehicle.holder
    role = vehicle.role_of(viewer.member_id) or Role.CO_DRIVER
    is_mine = role is Role.OWNER
    return VehicleView(
        vehicle_id=holder.vehicle_id,
        role=role,
        model=holder.model,
        plate_number=shown_plate(holder.plate_number),
        certification_id=holder.certification_id if is_mine else None,
        co_drivers=[_co_driver_view(seat) for seat in vehicle.seats] if is_mine else [],
    )


def _co_driver_view(seat: Seat) -> CoDriverView:
    member = members.get(seat.member_id)
    return CoDriverView(member.member_id, member.nickname, seat.added_at)
