"""The contract: made from what the routes declare, of the toy door and of the real ones."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from chalicelib import openapi
from chalicelib.http import Who
from mini_program_api import door
from tests.chalicelib.toy import CarWash

METHODS = {"get", "post", "put", "delete"}


@pytest.fixture(scope="module")
def toy() -> Any:
    return json.loads(openapi.document([CarWash().door], version="1.2.3"))


@pytest.fixture(scope="module")
def real() -> Any:
    return json.loads(openapi.document([door], version="1.2.3"))


def operations(contract: Any) -> list[dict[str, Any]]:
    return [operation for path in contract["paths"].values() for operation in path.values()]


def test_it_says_which_version_of_what_it_is(toy: Any) -> None:
    assert (toy["openapi"], toy["info"]["version"]) == ("3.1.0", "1.2.3")


def test_every_declared_route_is_in_it(real: Any) -> None:
    told = {(m.upper(), path) for path, methods in real["paths"].items() for m in methods}
    assert told == {(route.method, route.path) for route in door.routes}


def test_no_call_is_a_patch(real: Any) -> None:
    assert {method for path in real["paths"].values() for method in path} <= METHODS


def test_every_operation_has_a_name_of_its_own_and_a_sentence(real: Any) -> None:
    names = [operation["operationId"] for operation in operations(real)]
    assert len(names) == len(set(names))
    assert [o["operationId"] for o in operations(real) if not o["summary"].endswith(".")] == []


def test_every_reference_leads_somewhere(real: Any) -> None:
    told = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(real)))
    assert told <= set(real["components"]["schemas"])


def test_every_refusal_is_a_problem_document(real: Any) -> None:
    for operation in operations(real):
        for status, response in operation["responses"].items():
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"]


def test_a_body_and_an_answer_are_told_by_their_types(toy: Any) -> None:
    wash = toy["paths"]["/bays/{bay}/washes"]["post"]
    body = wash["requestBody"]["content"]["application/json"]["schema"]
    given = wash["responses"]["201"]["content"]["application/json"]["schema"]
    assert (body["$ref"], given["$ref"]) == (
        "#/components/schemas/Wash",
        "#/components/schemas/Washed",
    )


def test_values_of_the_path_and_of_the_query_are_parameters(toy: Any) -> None:
    wash = toy["paths"]["/bays/{bay}/washes"]["post"]["parameters"]
    prices = toy["paths"]["/prices"]["get"]["parameters"]
    assert [(p["name"], p["in"]) for p in wash] == [("bay", "path"), ("Idempotency-Key", "header")]
    assert [(p["name"], p["in"]) for p in prices] == [("limit", "query"), ("cursor", "query")]


@pytest.mark.parametrize(
    ("method", "path", "security"),
    [
        ("get", "/washes", [{"session": []}]),
        ("get", "/prices", [{"session": []}, {}]),
        ("get", "/open", None),
    ],
)
def test_who_may_call_is_told(toy: Any, method: str, path: str, security: Any) -> None:
    assert toy["paths"][path][method].get("security") == security


@pytest.mark.parametrize(
    ("method", "path", "statuses"),
    [
        ("post", "/bays/{bay}/washes", {"201", "401", "409", "413", "415", "422", "500", "503"}),
        ("get", "/prices", {"200", "304", "401", "422", "500", "503"}),
        ("get", "/washes", {"200", "401", "500", "503"}),
        ("put", "/bays/{bay}/light", {"204", "401", "500", "503"}),
        ("get", "/open", {"200", "500", "503"}),
    ],
)
def test_every_status_that_can_come_is_told(
    toy: Any, method: str, path: str, statuses: set[str]
) -> None:
    assert set(toy["paths"][path][method]["responses"]) == statuses


def test_the_codes_of_a_status_are_told(toy: Any) -> None:
    conflict = toy["paths"]["/bays/{bay}/washes"]["post"]["responses"]["409"]["description"]
    assert "no_water" in conflict


def test_limits_are_in_the_contract(real: Any) -> None:
    draft = real["components"]["schemas"]["Draft"]["properties"]
    assert (draft["title"]["maxLength"], draft["text"]["maxLength"]) == (50, 5000)


def test_callbacks_are_not_part_of_it() -> None:
    from chat.callbacks import door as chat

    assert json.loads(openapi.document([chat], version="1"))["paths"] == {}


def test_guests_may_call_where_the_door_lets_them(real: Any) -> None:
    for route in door.routes:
        security = real["paths"][route.path][route.method.lower()].get("security", [{}])
        assert ({} in security) == (route.who is not Who.MEMBER)
