"""What was sent: understood, or refused with the field's name and a sentence for who filled it in."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Annotated, Any, Literal

import msgspec
import pytest

from chalicelib import reading
from chalicelib.errors import Invalid
from chalicelib.problems import TooLarge, WrongMediaType
from chalicelib.reading import BODY_BYTES_MAX, Malformed

JSON = "application/json"


class Wheel(msgspec.Struct, forbid_unknown_fields=True):
    inches: Annotated[int, msgspec.Meta(ge=10, le=24)]


class Car(msgspec.Struct):
    model: Annotated[str, msgspec.Meta(min_length=1, max_length=5)]
    kind: Literal["suv", "mpv"] = "suv"
    wheels: Annotated[tuple[Wheel, ...], msgspec.Meta(max_length=4)] = ()


class Axle(msgspec.Struct):
    """Says in its own words what is wrong with it."""

    wheels: int = 2

    def __post_init__(self) -> None:
        if self.wheels % 2:
            raise ValueError("车轮成对安装")


class Truck(msgspec.Struct):
    model: Annotated[str, msgspec.Meta(max_length=5)]
    axles: tuple[Axle, ...] = ()


class Crate(msgspec.Struct):
    label: str = ""
    inside: Crate | None = None

    def __post_init__(self) -> None:
        """Nothing; but even that needs room on the stack."""


class Asked(msgspec.Struct):
    seats: int = 5
    kind: Literal["suv", "mpv"] = "suv"


def wrong(body: str | bytes, takes: Any = Car) -> tuple[str, str]:
    raw = body.encode() if isinstance(body, str) else body
    with pytest.raises(Invalid) as refused:
        reading.body(takes, raw, JSON)
    (error,) = refused.value.errors
    return error.field, error.message


def test_a_body_becomes_what_was_declared() -> None:
    car = reading.body(Car, '{"model": "小车", "wheels": [{"inches": 17}]}'.encode(), JSON)
    assert car == Car("小车", "suv", (Wheel(17),))


def test_what_is_not_declared_is_passed_over() -> None:
    assert reading.body(Car, b'{"model": "X", "colour": "red"}', JSON) == Car("X")


def test_where_no_body_is_taken_none_is_looked_at() -> None:
    assert reading.body(None, b"\xff", "text/plain") is None


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ("{}", "model", "缺少此项"),
        ('{"model": ""}', "model", "至少 1 个字符"),
        ('{"model": "六个字的车型"}', "model", "最多 5 个字符"),
        ('{"model": 7}', "model", "应为文字"),
        ('{"model": null}', "model", "应为文字"),
        ('{"model": "X", "kind": "bus"}', "kind", "取值不在允许范围内"),
        ('{"model": "X", "wheels": [{"inches": 9}]}', "wheels[0].inches", "不能小于 10"),
        ('{"model": "X", "wheels": [{"inches": 25}]}', "wheels[0].inches", "不能大于 24"),
        ('{"model": "X", "wheels": [{"inches": 9.5}]}', "wheels[0].inches", "应为整数"),
        ('{"model": "X", "wheels": [{}]}', "wheels[0].inches", "缺少此项"),
        ('{"model": "X", "wheels": [{"inches": 17, "x": 1}]}', "wheels[0].x", "没有这个参数"),
        ("[]", "body", "应为一组内容"),
        ("null", "body", "应为一组内容"),
        ('"小车"', "body", "应为一组内容"),
        ('{"model": "X", "wheels": 4}', "wheels", "应为列表"),
        ('{"model": "X", "wheels": [{"inches": 17}, 4]}', "wheels[1]", "应为一组内容"),
    ],
)
def test_the_wrong_field_is_named_with_a_sentence(body: str, field: str, message: str) -> None:
    assert wrong(body) == (field, message)


def test_what_a_type_says_in_its_own_words_is_told_of_its_field() -> None:
    body = '{"model": "X", "axles": [{}, {"wheels": 3}]}'
    assert wrong(body, Truck) == ("axles[1]", "车轮成对安装")
    assert wrong('{"wheels": 1}', Axle) == ("body", "车轮成对安装")


class Garage(msgspec.Struct):
    car: Car | None = None
    others: Annotated[tuple[Car, ...], msgspec.Meta(max_length=2)] | None = None


def test_everything_that_is_wrong_inside_of_fields_is_named_too() -> None:
    body = b"""{"car": {"model": "", "kind": "bus", "wheels": [{"inches": 9}, {"inches": 25}]},
                "others": [{"model": "X"}, {"model": 7, "kind": 7}]}"""
    with pytest.raises(Invalid) as refused:
        reading.body(Garage, body, JSON)
    assert [error.field for error in refused.value.errors] == [
        "car.model",
        "car.kind",
        "car.wheels[0].inches",
        "car.wheels[1].inches",
        "others[1].model",
        "others[1].kind",
    ]


def test_of_a_long_list_so_many_wrong_items_are_named_and_no_more() -> None:
    body = b'{"others": [%s]}' % b",".join([b"7"] * 30_000)
    with pytest.raises(Invalid) as refused:
        reading.body(Garage, body, JSON)
    assert [error.field for error in refused.value.errors] == [f"others[{n}]" for n in range(20)]


def test_every_wrong_field_is_named() -> None:
    body = '{"kind": "bus", "wheels": [{"inches": 17}, {"inches": 9}]}'
    with pytest.raises(Invalid) as refused:
        reading.body(Car, body.encode(), JSON)
    assert [(error.field, error.message) for error in refused.value.errors] == [
        ("model", "缺少此项"),
        ("kind", "取值不在允许范围内"),
        ("wheels[1].inches", "不能小于 10"),
    ]


def test_what_is_no_json_after_a_wrong_field_is_malformed() -> None:
    with pytest.raises(Malformed):
        reading.body(Car, b'{"model": 7, ', JSON)


def test_too_many_items_are_named() -> None:
    wheels = ", ".join(['{"inches": 17}'] * 5)
    assert wrong(f'{{"model": "X", "wheels": [{wheels}]}}') == ("wheels", "最多 4 项")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"model": "X"} {}',
        b"model=X",
        b"\xff\xfe",
        b'{"model": "\xff"}',
        b'{"model": "\\ud83d"}',
        b'{"model": "X", "deep": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    ],
    ids=["empty", "cut", "two", "form", "bytes", "no utf-8", "half an emoji", "too deep"],
)
def test_what_is_no_json_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        reading.body(Car, raw, JSON)


def test_a_body_may_have_64_kib() -> None:
    start, end = b'{"model": "X", "pad": "', b'"}'
    raw = start + b"p" * (BODY_BYTES_MAX - len(start) - len(end)) + end
    assert reading.body(Car, raw, JSON) == Car("X")
    with pytest.raises(TooLarge):
        reading.body(Car, raw + b" ", JSON)


@pytest.mark.parametrize("kind", [JSON, "application/json; charset=utf-8", "Application/JSON "])
def test_json_is_taken_however_it_is_spelled(kind: str) -> None:
    assert reading.body(Car, b'{"model": "X"}', kind) == Car("X")


@pytest.mark.parametrize("kind", ["", "text/plain", "application/xml", "application/jsonp"])
def test_other_media_types_are_refused(kind: str) -> None:
    with pytest.raises(WrongMediaType):
        reading.body(Car, b'{"model": "X"}', kind)


def test_a_query_becomes_what_was_declared() -> None:
    assert reading.query(Asked, {"seats": "7", "kind": "mpv"}) == Asked(7, "mpv")


def test_where_nothing_is_asked_a_query_is_not_looked_at() -> None:
    assert reading.query(None, {"seats": "many"}) is None


@pytest.mark.parametrize(
    ("values", "field", "message"),
    [
        ({"seats": "many"}, "seats", "应为整数"),
        ({"kind": "bus"}, "kind", "取值不在允许范围内"),
    ],
)
def test_the_wrong_part_of_a_query_is_named(
    values: dict[str, str], field: str, message: str
) -> None:
    with pytest.raises(Invalid) as refused:
        reading.query(Asked, values)
    (error,) = refused.value.errors
    assert (error.field, error.message) == (field, message)


def test_what_was_sent_is_not_repeated_in_the_refusal() -> None:
    assert "秘密" not in str(wrong('{"model": "X", "kind": "秘密"}'))


class WrongLabel(Exception):
    """The label is what is wrong, and nothing else."""


def read_crate(body: bytes) -> Crate:
    try:
        crate: Crate = reading.body(Crate, body, JSON)
        return crate
    except Malformed:
        raise
    except Invalid as invalid:
        if [error.field for error in invalid.errors] == ["label"]:
            raise WrongLabel from invalid
        raise


@pytest.mark.parametrize("label", [1, "x"])
def test_a_body_that_goes_too_deep_is_refused_at_whatever_depth_that_shows(label: Any) -> None:
    """Python's own limit is near 1,000: what can still be read as JSON may be too deep as a type."""
    for levels in (*range(200, 1_000), 5_000):
        raw = '{"inside":' * levels + "{}" + "}" * levels
        body = f'{{"label": {json.dumps(label)}, "inside": {raw}}}'.encode()
        with suppress(Malformed, WrongLabel):
            assert read_crate(body).label == "x"
