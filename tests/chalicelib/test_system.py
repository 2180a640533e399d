"""What the system says about itself."""

from __future__ import annotations

import pytest

from chalicelib.system import VERSION
from tests.gateway import Gateway


@pytest.fixture
def api() -> Gateway:
    return Gateway(lambda: "request-1")


def test_health_tells_version_and_stage(api: Gateway) -> None:
    answer = api.get("/health")
    assert (answer.status, answer.json) == (200, {"version": VERSION, "stage": "dev"})


def test_health_is_asked_anew_each_time(api: Gateway) -> None:
    assert api.get("/health").headers["cache-control"] == "no-store"


def test_the_contract_is_served(api: Gateway) -> None:
    answer = api.get("/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json["info"]["version"] == VERSION


def test_the_contract_includes_itself_and_health(api: Gateway) -> None:
    assert {"/health", "/openapi.json"} <= set(api.get("/openapi.json").json["paths"])
