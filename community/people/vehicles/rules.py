"""Who holds a car and who has a seat in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib.errors import Conflict, NotFound
from community.people.attempts.rules import Limit

CO_DRIVERS_MAX = 3
SEAT_CODE_VALID = timedelta(hours=24)


CODES_A_DAY = Limit("co_driver_code", 20, timedelta(days=1))


class Role(StrEnum):
    OWNER = "owner"
    CO_DRIVER = "co_driver"


class NoSuchVehicle(NotFound):
    """It is not there, or not yours: one answer for both."""

    code = "no_such_vehicle"
    text = "没有找到这辆车"


class SeatsTaken(Conflict):
    code = "co_drivers_full"
    text = f"每辆车最多添加 {CO_DRIVERS_MAX} 位共同驾驶人"


class YourOwnCar(Conflict):
    code = "own_vehicle"
    text = "您已是这辆车的认证车主"


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Whose a car is, and by which certification. The plate is personal."""

    vehicle_id: str
    member_id: str
    certification_id: str
    model: str
    plate_number: str


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who drives a car that is somebody else's, `given_by`."""

    vehicle_id: str
    member_id: str
    given_by: str
    added_at: datetime


class Vehicle(msgspec.Struct, frozen=True):
    holder: Holder
    seats: tuple[Seat, ...]

    def role_of(self, member_id: str) -> Role | None:
        if self.holder.member_id == member_id:
            return Role.OWNER
        has_seat = any(seat.member_id == member_id for seat in self.seats)
        return Role.CO_DRIVER if has_seat else None


def check_theirs(vehicle: Vehicle | None, member_id: str) -> Vehicle:
    """Refuses: NoSuchVehicle"""
    if vehicle is None or vehicle.role_of(member_id) is not Role.OWNER:
        raise NoSuchVehicle
    return vehicle


def check_has_room(vehicle: Vehicle) -> None:
    """Refuses: SeatsTaken"""
    if len(vehicle.seats) >= CO_DRIVERS_MAX:
        raise SeatsTaken
