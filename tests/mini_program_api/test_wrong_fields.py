"""Whatever is wrong with a field, the answer says which one, also when it is found out late."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway import Gateway
from tests.world import Person, World

NOBODYS = "01J0000000000000000000MED1"
A_CAR = {"vin": "LSVAM4187C2184841", "plate_number": "沪A12345", "model": "途观 L"}
OWNER = {"kind": "owner", **A_CAR}


@pytest.mark.parametrize(
    ("path", "body", "code", "field"),
    [
        ("/v1/me/phone", {"code": "no-code"}, "phone_code_invalid", "code"),
        (
            "/v1/licence-readings",
            {"licence_media_id": NOBODYS},
            "no_such_media",
            "licence_media_id",
        ),
        (
            "/v1/certifications",
            {**OWNER, "licence_media_id": NOBODYS},
            "no_such_media",
            "licence_media_id",
        ),
        (
            "/v1/certifications",
            {**OWNER, "invitation_code": "ABCDEFGH23"},
            "code_unknown",
            "invitation_code",
        ),
    ],
)
def test_what_is_wrong_is_named(
    api: Gateway,
    world: World,
    wang: Person,
    path: str,
    body: dict[str, Any],
    code: str,
    field: str,
) -> None:
    world.platform.answers("/wxa/business/getuserphonenumber", 40029)
    reply = api.post(path, body, as_=wang)
    assert (reply.status, reply.json["code"]) == (422, code)
    assert [error["field"] for error in reply.json["errors"]] == [field]


def test_a_wrong_code_of_a_seat_is_named(api: Gateway, wang: Person) -> None:
    reply = api.put("/v1/co-drivers/ABCDEFGH23", as_=wang)
    assert (reply.status, reply.json["code"]) == (422, "code_unknown")
    assert [error["field"] for error in reply.json["errors"]] == ["code"]


def test_a_sign_in_code_that_is_none_is_named(api: Gateway, world: World) -> None:
    world.platform.answers("/sns/jscode2session", 40029)
    reply = api.post("/v1/session", {"code": "gone"})
    assert (reply.status, reply.json["code"]) == (422, "login_code_invalid")
    assert [error["field"] for error in reply.json["errors"]] == ["code"]
