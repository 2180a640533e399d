"""Applying: what an application must say, and what fills in what it leaves out."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from chalicelib.errors import Invalid
from community.people.applications import rules
from community.people.applications.rules import Application
from tests.builders import an_application


def wrong_fields(**fields: Any) -> list[str]:
    with pytest.raises(Invalid) as refused:
        rules.tidied(an_application(**fields), may_lack=False)
    assert refused.value.detail == "认证信息有误，请检查后重新提交"
    return [error.field for error in refused.value.errors]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"vin": " lsvaa49j132000001 "}, "LSVAA49J132000001"),
        ({"vin": "LSVAA49J132000001"}, "LSVAA49J132000001"),
    ],
)
def test_a_vin_is_kept_as_it_stands_on_the_car(given: dict[str, str], kept: str) -> None:
    assert rules.tidied(an_application(**given), may_lack=False).vin == kept


@pytest.mark.parametrize(
    "vin",
    [
        "",
        "LSVAA49J13200000",
        "LSVAA49J1320000011",
        "LSVAA49J13200000O",
        "ISVAA49J132000001",
        "LSVAA49J13200Q001",
        "LSVAA49J13200000一",
        "LSVAA49J 32000001",
    ],
)
def test_what_is_no_vin_is_refused(vin: str) -> None:
    assert wrong_fields(vin=vin) == ["vin"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("沪A12345", "沪A12345"),
        ("沪a·12345", "沪A12345"),
        (" 沪A-123 45 ", "沪A12345"),
        ("沪AD12345", "沪AD12345"),
        ("京A12345F", "京A12345F"),
        ("粤B1234挂", "粤B1234挂"),
        ("沪A1234学", "沪A1234学"),
        ("粤Z1234港", "粤Z1234港"),
        ("鄂A1234警", "鄂A1234警"),
    ],
)
def test_a_plate_is_kept_as_it_stands_on_the_car(given: str, kept: str) -> None:
    assert rules.tidied(an_application(plate_number=given), may_lack=False).plate_number == kept


@pytest.mark.parametrize(
    "plate",
    [
        "",
        "沪A1234",
        "沪A1234567",
        "沪I12345",
        "沪A1234O",
        "沪112345",
        "A123456",
        "日A12345",
        "沪A1挂345",
    ],
)
def test_what_is_no_plate_is_refused(plate: str) -> None:
    assert wrong_fields(plate_number=plate) == ["plate_number"]


def test_a_model_of_blanks_is_refused() -> None:
    assert wrong_fields(model="  ") == ["model"]


def test_every_wrong_field_is_named_at_once() -> None:
    assert wrong_fields(vin="x", plate_number="x", model="") == ["vin", "plate_number", "model"]


@pytest.mark.parametrize(
    "fields",
    [{"kind": "buyer"}, {"model": "x" * 41}, {"vin": "L" * 41}, {"plate_number": "沪" * 21}],
)
def test_an_application_out_of_bounds_is_refused_at_the_door(fields: dict[str, str]) -> None:
    whole = {**msgspec.to_builtins(an_application()), **fields}
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(whole), type=Application)
