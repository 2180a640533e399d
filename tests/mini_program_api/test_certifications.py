"""POST and GET /v1/certifications"""

from __future__ import annotations

from typing import Any

import pytest

from community.facts import CertificationDecision
from community.people.certifications import service as certifications
from tests.gateway import Gateway, Reply
from tests.world import A_PLATE, A_VIN, Person, World

PATH = "/v1/certifications"


def apply(api: Gateway, who: Person, key: str | None = None, **fields: Any) -> Reply:
    body = {"kind": "owner", "vin": A_VIN, "plate_number": A_PLATE, "model": "Model X", **fields}
    return api.post(PATH, body, as_=who, key=key)


def test_an_application_is_accepted_and_waits(api: Gateway, wang: Person) -> None:
    reply = apply(api, wang)
    assert reply.status == 202
    assert reply.json["state"] == "submitted"
    assert reply.json["certification_id"]


def test_my_applications_are_listed_newest_first(api: Gateway, wang: Person, world: World) -> None:
    first = apply(api, wang).json
    world.later(seconds=1)
    second = apply(api, wang, vin="LSVAA49J132000002").json
    listed = api.get(PATH, as_=wang).json
    assert listed == {"items": [second, first], "next_cursor": None}


def test_nobody_sees_anothers_applications(api: Gateway, li: Person, wang: Person) -> None:
    apply(api, wang)
    assert api.get(PATH, as_=li).json["items"] == []


def test_neither_car_nor_whole_plate_comes_back(api: Gateway, wang: Person) -> None:
    texts = apply(api, wang).text + api.get(PATH, as_=wang).text
    assert A_VIN not in texts
    assert A_PLATE not in texts
    assert "沪A***45" in texts


def test_a_decision_shows_in_the_list(api: Gateway, wang: Person, world: World) -> None:
    made = apply(api, wang).json
    certifications.decide(
        made["certification_id"], CertificationDecision.APPROVE, by="zhangsan", now=world.now
    )
    (listed,) = api.get(PATH, as_=wang).json["items"]
    assert (listed["state"], listed["decided_at"]) == ("approved", "2026-11-22T04:00:00Z")
    assert "张三" not in str(listed)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"vin": "x"}, ["vin"]),
        ({"plate_number": "x"}, ["plate_number"]),
        ({"model": " "}, ["model"]),
        ({"vin": "x", "plate_number": "x", "model": ""}, ["vin", "plate_number", "model"]),
        ({"kind": "buyer"}, ["kind"]),
        ({"vin": "x" * 41}, ["vin"]),
        ({"model": None}, ["model"]),
    ],
)
def test_every_wrong_field_is_named(
    api: Gateway, wang: Person, fields: dict[str, Any], wrong: list[str]
) -> None:
    assert apply(api, wang, **fields).wrong_fields == wrong


def test_the_same_car_is_looked_at_once_per_member(api: Gateway, wang: Person) -> None:
    apply(api, wang)
    assert apply(api, wang).refusal == (409, "certification_open")


def test_the_same_call_again_with_its_key_is_no_second_application(
    api: Gateway, wang: Person, world: World
) -> None:
    first = apply(api, wang, key="k")
    world.later(minutes=1)
    again = apply(api, wang, key="k")
    assert (again.status, again.json) == (202, first.json)
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_guest_is_asked_to_sign_in(api: Gateway, method: str) -> None:
    assert api.call(method, PATH).refusal == (401, "sign_in_first")
