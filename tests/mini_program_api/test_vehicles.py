"""/v1/vehicles and /v1/co-drivers"""

from __future__ import annotations

from typing import Any

import pytest

from community.facts import CertificationDecision
from community.people.certifications import service as certifications
from tests.gateway import Gateway
from tests.world import A_PLATE, A_VIN, Person, World

PATH = "/v1/vehicles"
CAR = {"kind": "owner", "vin": A_VIN, "plate_number": A_PLATE, "model": "Model X"}


@pytest.fixture
def zhao(api: Gateway, world: World) -> Person:
    """Who is certified for a car."""
    who = world.joins("zhao")
    made = api.post("/v1/certifications", CAR, as_=who).json["certification_id"]
    certifications.decide(made, CertificationDecision.APPROVE, by="zhangsan", now=world.now)
    world.settle()
    return who


def cars(api: Gateway, who: Person) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = api.get(PATH, as_=who).json["items"]
    return items


def seats(api: Gateway, zhao: Person) -> str:
    return f"{PATH}/{cars(api, zhao)[0]['vehicle_id']}/co-drivers"


def test_my_car_is_shown_and_not_its_number(api: Gateway, zhao: Person, wang: Person) -> None:
    (car,) = cars(api, zhao)
    assert (car["role"], car["model"], car["plate_number"]) == ("owner", "Model X", "沪A***45")
    assert car["certification_id"]
    assert (cars(api, wang), A_VIN in str(car)) == ([], False)


def test_a_co_driver_is_invited_comes_and_leaves(
    api: Gateway, zhao: Person, wang: Person, world: World
) -> None:
    path = seats(api, zhao)
    offered = api.post(path, as_=zhao)
    assert (offered.status, offered.json["expires_at"]) == (201, "2026-11-23T04:00:00Z")
    for _ in range(2):
        joined = api.put(f"/v1/co-drivers/{offered.json['code']}", as_=wang)
        assert (joined.status, joined.json["role"]) == (200, "co_driver")
        assert (joined.json["certification_id"], joined.json["co_drivers"]) == (None, [])
    world.settle()
    assert api.get("/v1/me", as_=wang).json["badges"] == ["co-driver"]
    (driver,) = cars(api, zhao)[0]["co_drivers"]
    assert (driver["member_id"], driver["nickname"]) == (wang.member_id, wang.member.nickname)
    assert api.delete(f"{path}/{wang.member_id}", as_=wang).status == 204
    assert (cars(api, wang), cars(api, zhao)[0]["co_drivers"]) == ([], [])


def test_the_same_call_with_its_key_gives_the_same_code(api: Gateway, zhao: Person) -> None:
    path = seats(api, zhao)
    first, again = (api.post(path, as_=zhao, key="k").json for _ in range(2))
    assert first == again
    assert api.post(path, as_=zhao, key="other").json != first


@pytest.mark.parametrize("code", ["x", "ABCDEFGHJK", "码", "x" * 3_000])
def test_a_code_that_nobody_gave_opens_nothing(api: Gateway, wang: Person, code: str) -> None:
    assert api.put(f"/v1/co-drivers/{code}", as_=wang).refusal == (422, "code_unknown")


def test_a_used_or_old_code_opens_nothing(
    api: Gateway, zhao: Person, wang: Person, world: World
) -> None:
    path = seats(api, zhao)
    used, old = (api.post(path, as_=zhao).json["code"] for _ in range(2))
    assert api.put(f"/v1/co-drivers/{used}", as_=wang).status == 200
    other = world.joins("other")
    assert api.put(f"/v1/co-drivers/{used}", as_=other).refusal == (409, "code_used")
    world.later(days=1)
    assert api.put(f"/v1/co-drivers/{old}", as_=other).refusal == (422, "code_expired")
    assert cars(api, other) == []


@pytest.mark.parametrize("vehicle_id", ["x", "x" * 3_000])
def test_what_is_not_mine_is_not_there(
    api: Gateway, zhao: Person, wang: Person, vehicle_id: str
) -> None:
    for path in (f"{PATH}/{vehicle_id}/co-drivers", seats(api, zhao)):
        assert api.post(path, as_=wang).refusal == (404, "no_such_vehicle")
        reply = api.delete(f"{path}/{zhao.member_id}", as_=wang)
        assert reply.refusal == (404, "no_such_vehicle")
