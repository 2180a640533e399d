"""Cars: whose they are, and who drives them along."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from chalicelib.errors import Unavailable
from chalicelib.lists import PageQuery
from community.commons.audience.rules import OWNERS, unlock_for
from community.commons.codes.rules import CodeExpired, CodeUnknown, CodeUsed
from community.commons.notifications import service as notifications
from community.facts import CoDriverRemoved, MemberErased
from community.forum.posts import service as posts
from community.people.attempts.rules import TooManyAttempts
from community.people.certifications import service as certifications
from community.people.certifications.rules import Certification
from community.people.members import service as members
from community.people.members.rules import ConsentNeeded
from community.people.merges import service as merges
from community.people.merges.rules import Reason
from community.people.standing import service as standing
from community.people.vehicles import records
from community.people.vehicles import service as vehicles
from community.people.vehicles.rules import (
    CODES_A_DAY,
    NoSuchVehicle,
    Role,
    Seat,
    SeatsTaken,
    Vehicle,
    YourOwnCar,
)
from tests.builders import a_draft
from tests.community.people.certifying import Decide, Submit, told
from tests.world import A_VIN, Person, World


@pytest.fixture
def li(world: World) -> Person:
    """Whose the car is."""
    return world.joins("li")


@pytest.fixture
def wang(world: World) -> Person:
    """Who drives it too."""
    world.later(seconds=1)
    return world.joins("wang")


@pytest.fixture
def car(world: World, li: Person, submit: Submit, decide: Decide) -> Certification:
    made = decide(submit(li))
    world.settle()
    world.later(minutes=1)
    return made


def vehicle_id() -> str:
    return vehicles.vehicle_id_of(A_VIN)


def invite(world: World, owner: Person) -> str:
    offered = vehicles.offer_seat(
        owner.member, vehicle_id(), request_id=world.new_request_id(), now=world.now
    )
    return offered.code


def sits_down(world: World, who: Person, code: str) -> Vehicle:
    vehicle = vehicles.take_seat(who.member, code, now=world.now)
    world.settle()
    world.later(minutes=1)
    return vehicle


def drivers() -> list[str]:
    vehicle = records.find(vehicle_id())
    return [seat.member_id for seat in vehicle.seats] if vehicle else []


ANOTHER_VIN = "LSVAA49J132000002"


def heard(who: Person) -> list[str]:
    """What somebody reads of seats that they have no longer."""
    page, _, _ = notifications.page(who.member_id, PageQuery())
    return [each.text for each in page.items if each.title == "共同驾驶人身份已结束"]


def revoke(world: World, car: Certification) -> None:
    certifications.revoke(car.certification_id, by="zhangsan", why="x", now=world.now)
    world.settle()


# Mine


def test_an_owners_car_is_theirs(li: Person, wang: Person, car: Certification) -> None:
    (mine,) = vehicles.mine(li.member)
    assert (mine.role_of(li.member_id), mine.holder.certification_id, mine.holder.model) == (
        Role.OWNER,
        car.certification_id,
        "Model X",
    )
    assert vehicles.mine(wang.member) == []


def test_neither_vin_nor_plate_stand_in_the_row(world: World, car: Certification) -> None:
    rows = [row for row in world.rows("people") if row["pk"].startswith("vehicle#")]
    assert len(rows) == 1
    assert not [word for word in (A_VIN, "A12345") if word in str(rows)]


# A seat


def test_whom_the_owner_gives_a_code_drives_along(
    world: World, li: Person, wang: Person, car: Certification
) -> None:
    vehicle = sits_down(world, wang, invite(world, li))
    assert vehicle.role_of(wang.member_id) is Role.CO_DRIVER
    assert [mine.holder.vehicle_id for mine in vehicles.mine(wang.member)] == [vehicle_id()]
    assert (wang.member.identity, wang.member.badges) == ("prospect", ("co-driver",))
    assert told(li)[0] == "已添加共同驾驶人"


def test_a_co_driver_reads_and_writes_where_owners_do_and_is_none(
    world: World, li: Person, wang: Person, car: Certification
) -> None:
    assert unlock_for(wang.member, OWNERS)
    sits_down(world, wang, invite(world, li))
    assert unlock_for(wang.member, OWNERS) is None
    post = posts.publish(wang.member, "car-care", a_draft(), request_id="r", now=world.now)
    assert post.author.member_id == wang.member_id
    assert wang.member.identity == "prospect"


def test_a_code_is_good_for_a_day_and_for_one(
    world: World, li: Person, wang: Person, car: Certification
) -> None:
    first, second = invite(world, li), invite(world, li)
    sits_down(world, wang, first)
    zhao = world.joins("zhao")
    with pytest.raises(CodeUsed):
        sits_down(world, zhao, first)
    with pytest.raises(CodeUnknown):
        sits_down(world, zhao, "ABCDEFGHJK")
    world.later(hours=24)
    with pytest.raises(CodeExpired):
        sits_down(world, zhao, second)
    assert drivers() == [wang.member_id]


def test_to_use_the_code_again_changes_nothing(
    world: World, li: Person, wang: Person, car: Certification
) -> None:
    code = invite(world, li)
    first = sits_down(world, wang, code)
    assert sits_down(world, wang, code) == first
    assert len(told(li)) == 2


def test_three_at_most(world: World, li: Person, car: Certification) -> None:
    fourth = invite(world, li)
    for number in range(3):
        sits_down(world, world.joins(f"p{number}"), invite(world, li))
    with pytest.raises(SeatsTaken):
        invite(world, li)
    with pytest.raises(SeatsTaken):
        sits_down(world, world.joins("p4"), fourth)
    assert len(drivers()) == 3


def test_the_last_seat_of_two_at_once_is_for_the_first(
    world: World, li: Person, car: Certification, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        sits_down(world, world.joins(f"p{number}"), invite(world, li))
    late, fast = world.joins("late"), world.joins("fast")
    codes, find, once = [invite(world, li), invite(world, li)], records.find, [1]

    def find_while_another_is_faster(vehicle_id: str) -> Vehicle | None:
        found = find(vehicle_id)
        if once:
            once.clear()
            sits_down(world, fast, codes[0])
        return found

    monkeypatch.setattr(records, "find", find_while_another_is_faster)
    with pytest.raises(SeatsTaken):
        sits_down(world, late, codes[1])
    assert late.member_id not in drivers()
    assert fast.member_id in drivers()


def test_the_owner_needs_no_seat(world: World, li: Person, car: Certification) -> None:
    with pytest.raises(YourOwnCar):
        sits_down(world, li, invite(world, li))


def test_who_does_not_consent_gets_none(
    world: World, li: Person, wang: Person, car: Certification
) -> None:
    members.change(wang.member_id, lambda m: msgspec.structs.replace(m, consent=None))
    with pytest.raises(ConsentNeeded):
        sits_down(world, wang, invite(world, li))


def test_codes_cannot_be_tried_out(world: World, wang: Person) -> None:
    for _ in range(CODES_A_DAY.most):
        with pytest.raises(CodeUnknown):
            vehicles.take_seat(wang.member, "ABCDEFGHJK", now=world.now)
    with pytest.raises(TooManyAttempts):
        vehicles.take_seat(wang.member, "ABCDEFGHJK", now=world.now)


@pytest.mark.parametrize("where", ["", "x", "x" * 3_000])
def test_only_the_owner_gives_seats(
    world: World, li: Person, wang: Person, car: Certification, where: str
) -> None:
    for who, what in ((wang, vehicle_id()), (li, where)):
        with pytest.raises(NoSuchVehicle):
            vehicles.offer_seat(who.member, what, request_id="r", now=world.now)


# Leaving it


@pytest.mark.parametrize("by", ["li", "wang"])
def test_the_owner_or_who_has_it_ends_a_seat(
    world: World, li: Person, wang: Person, car: Certification, by: str
) -> None:
    sits_down(world, wang, invite(world, li))
    who = {"li": li, "wang": wang}[by]
    vehicles.free_seat(who.member, vehicle_id(), wang.member_id, now=world.now)
    world.settle()
    assert (drivers(), wang.member.badges, vehicles.mine(wang.member)) == ([], (), [])
    sits_down(world, wang, invite(world, li))
    assert wang.member.badges == ("co-driver",)


def test_who_loses_a_seat_hears_in_which_car_and_what_is_closed_to_them(
    world: World, li: Person, wang: Person, car: Certification
) -> None:
    sits_down(world, wang, invite(world, li))
    vehicles.free_seat(li.member, vehicle_id(), wang.member_id, now=world.now)
    world.settle()
    assert heard(wang) == ["您不再是Model X的共同驾驶人，车主板块不再对您开放"]


def test_who_gives_a_seat_up_is_told_nothing(
    world: World, li: Person, wang: Person, car: Certification
) -> None:
    sits_down(world, wang, invite(world, li))
    vehicles.free_seat(wang.member, vehicle_id(), wang.member_id, now=world.now)
    world.settle()
    assert heard(wang) == []


def test_to_who_owns_another_car_nothing_is_closed(
    world: World, li: Person, car: Certification
) -> None:
    owner = world.becomes_owner("owner")
    sits_down(world, owner, invite(world, li))
    revoke(world, car)
    assert heard(owner) == ["您不再是Model X的共同驾驶人"]


def test_to_who_drives_another_car_along_nothing_is_closed(
    world: World, li: Person, wang: Person, car: Certification, submit: Submit, decide: Decide
) -> None:
    sits_down(world, wang, invite(world, li))
    zhao = world.joins("zhao")
    decide(submit(zhao, vin=ANOTHER_VIN, plate_number="沪A54321"))
    world.settle()
    another = vehicles.vehicle_id_of(ANOTHER_VIN)
    offered = vehicles.offer_seat(zhao.member, another, request_id="r", now=world.now)
    sits_down(world, wang, offered.code)
    vehicles.free_seat(li.member, vehicle_id(), wang.member_id, now=world.now)
    world.settle()
    assert heard(wang) == ["您不再是Model X的共同驾驶人"]


def test_where_nobody_knows_any_longer_which_car_it_was_it_has_no_name(
    world: World, wang: Person
) -> None:
    fact = CoDriverRemoved(
        fact_id="old", at=world.now, vehicle_id=vehicle_id(), member_id=wang.member_id
    )
    vehicles.tell_driver(fact)
    assert heard(wang) == ["您不再是一辆车的共同驾驶人，车主板块不再对您开放"]


def test_nobody_else_does(world: World, li: Person, wang: Person, car: Certification) -> None:
    sits_down(world, wang, invite(world, li))
    zhao = world.joins("zhao")
    sits_down(world, zhao, invite(world, li))
    for who in (zhao, world.joins("stranger")):
        with pytest.raises(NoSuchVehicle):
            vehicles.free_seat(who.member, vehicle_id(), wang.member_id, now=world.now)
    assert wang.member_id in drivers()


def test_a_seat_that_nobody_has_is_free(world: World, li: Person, car: Certification) -> None:
    vehicles.free_seat(li.member, vehicle_id(), "nobody", now=world.now)
    assert drivers() == []


def test_freed_seats_can_be_given_again(world: World, li: Person, car: Certification) -> None:
    for number in range(5):
        who = world.joins(f"p{number}")
        sits_down(world, who, invite(world, li))
        vehicles.free_seat(li.member, vehicle_id(), who.member_id, now=world.now)
    assert drivers() == []


def test_when_the_owners_certification_ends_so_do_the_seats(
    world: World, li: Person, wang: Person, car: Certification
) -> None:
    code, late = invite(world, li), invite(world, li)
    sits_down(world, wang, code)
    revoke(world, car)
    assert (wang.member.badges, vehicles.mine(wang.member)) == ((), [])
    assert told(wang)[0] == "共同驾驶人身份已结束"
    with pytest.raises(CodeUnknown):
        sits_down(world, world.joins("zhao"), late)


def test_a_new_owner_has_all_seats_free(
    world: World, li: Person, wang: Person, car: Certification, submit: Submit, decide: Decide
) -> None:
    for who in (wang, world.joins("p1"), world.joins("p2")):
        sits_down(world, who, invite(world, li))
    revoke(world, car)
    zhao = world.joins("zhao")
    decide(submit(zhao))
    world.settle()
    for number in range(3):
        sits_down(world, world.joins(f"q{number}"), invite(world, zhao))
    assert len(drivers()) == 3
    assert wang.member.badges == ()


# Going along, and being forgotten


def merge(world: World, one: Person, other: Person) -> str:
    kept_id = merges.merge(
        one.member_id, other.member_id, reason=Reason.MOBILE, by="system", now=world.now
    )
    world.settle()
    return kept_id


def unmerge(world: World) -> None:
    (row,) = [row for row in world.rows("people") if row["pk"].startswith("merge#")]
    merges.unmerge(row["pk"].removeprefix("merge#"), by="zhangsan", now=world.now)
    world.settle()


def test_a_car_goes_along_in_a_merge_and_back(
    world: World, wang: Person, submit: Submit, decide: Decide
) -> None:
    world.later(seconds=1)
    younger = world.joins("younger")
    decide(submit(younger))
    world.settle()
    driver = world.joins("driver")
    sits_down(world, driver, invite(world, younger))
    assert merge(world, wang, younger) == wang.member_id
    assert [v.role_of(wang.member_id) for v in vehicles.mine(wang.member)] == [Role.OWNER]
    assert (wang.member.badges, driver.member.badges) == (("owner",), ("co-driver",))
    assert vehicles.exported(wang.member_id)[0]["co_drivers"] == [driver.member_id]
    unmerge(world)
    assert vehicles.mine(wang.member) == []
    assert len(vehicles.exported(younger.member_id)) == 1
    assert wang.member.badges == ()
    assert members.get(younger.member_id).badges == ("owner",)


def test_a_seat_goes_along_in_a_merge_and_back(
    world: World, li: Person, wang: Person, car: Certification
) -> None:
    world.later(seconds=1)
    younger = world.joins("younger")
    sits_down(world, younger, invite(world, li))
    merge(world, wang, younger)
    assert (drivers(), wang.member.badges) == ([wang.member_id], ("co-driver",))
    unmerge(world)
    assert (drivers(), wang.member.badges) == ([younger.member_id], ())


def test_a_seat_in_ones_own_car_is_none(
    world: World, li: Person, wang: Person, car: Certification
) -> None:
    sits_down(world, wang, invite(world, li))
    merge(world, li, wang)
    assert (drivers(), li.member.badges) == ([], ("owner",))
    assert standing.of_member(li.member_id) == [
        each for each in standing.of_member(li.member_id) if each.ground == "owner"
    ]


def test_of_who_is_erased_neither_car_nor_seat_is_left(
    world: World, li: Person, wang: Person, car: Certification
) -> None:
    sits_down(world, wang, invite(world, li))
    vehicles.erase(MemberErased(fact_id="e1", at=world.now, member_id=wang.member_id))
    assert drivers() == []
    assert wang.member_id not in str(
        [row for row in world.rows("people") if row["pk"].startswith("vehicle#")]
    )
    zhao = world.joins("zhao")
    sits_down(world, zhao, invite(world, li))
    vehicles.erase(MemberErased(fact_id="e2", at=world.now, member_id=li.member_id))
    world.settle()
    assert vehicles.holder_of(vehicle_id()) is None
    assert zhao.member.badges == ()


def test_an_owner_is_erased_in_the_end_where_a_seat_changes_at_that_moment(
    world: World,
    li: Person,
    wang: Person,
    car: Certification,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    zhao = world.joins("zhao")
    for who in (wang, zhao):
        sits_down(world, who, invite(world, li))
    leave, held = records.leave_seat, [zhao.member_id]

    def held_by_another_the_first_time(write: Any, seat: Seat, *args: Any, model: str) -> None:
        if seat.member_id in held:
            held.clear()
            raise Unavailable
        leave(write, seat, *args, model=model)

    monkeypatch.setattr(records, "leave_seat", held_by_another_the_first_time)
    fact = MemberErased(fact_id="e", at=world.now, member_id=li.member_id)
    with pytest.raises(Unavailable):
        vehicles.erase(fact)
    for _ in range(2):
        vehicles.erase(fact)
    world.settle()
    assert (vehicles.holder_of(vehicle_id()), records.seats_in(vehicle_id())) == (None, [])
    assert (wang.member.badges, zhao.member.badges) == ((), ())


def test_who_sits_down_while_the_owner_is_erased_gets_up_again(
    world: World, li: Person, wang: Person, car: Certification, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, give_up = invite(world, li), records.give_up

    def give_up_a_moment_too_late(*args: Any) -> None:
        sits_down(world, wang, code)
        give_up(*args)

    monkeypatch.setattr(records, "give_up", give_up_a_moment_too_late)
    vehicles.erase(MemberErased(fact_id="e", at=world.now, member_id=li.member_id))
    world.settle()
    assert (records.seats_in(vehicle_id()), wang.member.badges) == ([], ())
