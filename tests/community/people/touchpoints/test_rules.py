"""Touchpoints: what the catalogue takes, and what a code means."""

from __future__ import annotations

import string
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Invalid
from community.people.touchpoints import rules
from community.people.touchpoints.rules import EndedAlready, Kind, Touch, Touchpoint
from tests.world import START

DAY = timedelta(days=1)


def a_touchpoint(**fields: Any) -> Touchpoint:
    told = {"touchpoint_id": "live-7", "kind": Kind.LIVESTREAM, "name": "直播", "from_at": START}
    return Touchpoint(**{**told, **fields})


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"touchpoint_id": ""}, "touchpoint_id"),
        ({"touchpoint_id": "x" * 33}, "touchpoint_id"),
        ({"touchpoint_id": "直播"}, "touchpoint_id"),
        ({"touchpoint_id": "a b"}, "touchpoint_id"),
        ({"touchpoint_id": "a%20"}, "touchpoint_id"),
        ({"touchpoint_id": "a\n"}, "touchpoint_id"),
        ({"touchpoint_id": "A" * 20}, "touchpoint_id"),
        ({"touchpoint_id": "s" * 31, "kind": Kind.LIVE_CODE}, "touchpoint_id"),
        ({"kind": Kind.UNKNOWN}, "kind"),
        ({"kind": Kind.REFERRAL}, "kind"),
        ({"name": " "}, "name"),
        ({"name": "名" * 31}, "name"),
        ({"page": "/pages/index/index"}, "page"),
        ({"page": "pages/index/index?x=1"}, "page"),
        ({"page": "index"}, "page"),
        ({"page": f"pages/{'x' * 123}"}, "page"),
        ({"until_at": START}, "until_at"),
    ],
)
def test_what_the_catalogue_does_not_take_is_named(fields: dict[str, Any], wrong: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.tidied(a_touchpoint(**fields))
    assert [error.field for error in refused.value.errors] == [wrong]


@pytest.mark.parametrize(
    "fields",
    [
        {"touchpoint_id": "x"},
        {"touchpoint_id": "x" * 32},
        {"touchpoint_id": "!#$&'()*+,/:;=?@-._~"},
        {"touchpoint_id": "s" * 30, "kind": Kind.LIVE_CODE},
        {"name": "名" * 30},
        {"page": f"pages/{'x' * 122}"},
        {"until_at": START + DAY},
    ],
)
def test_what_is_at_a_bound_is_taken(fields: dict[str, Any]) -> None:
    assert rules.tidied(a_touchpoint(**fields)) == a_touchpoint(**fields)


def test_every_wrong_field_is_named_at_once() -> None:
    wrong = a_touchpoint(touchpoint_id="", name="", page="")
    with pytest.raises(Invalid) as refused:
        rules.tidied(wrong)
    fields = [error.field for error in refused.value.errors]
    assert fields == ["touchpoint_id", "name", "page"]


def test_every_community_has_touchpoints_that_its_own_rules_take() -> None:
    for touchpoint in rules.FROM_THE_START:
        assert rules.tidied(touchpoint) == touchpoint


def test_a_touchpoint_ends_once() -> None:
    ended = rules.ended(a_touchpoint(), START + DAY)
    assert ended.until_at == START + DAY
    with pytest.raises(EndedAlready):
        rules.ended(ended, START + DAY)
    assert rules.ended(a_touchpoint(until_at=START + 2 * DAY), START + DAY) == ended


def test_one_that_has_not_begun_never_holds_once_it_is_ended() -> None:
    never = rules.ended(a_touchpoint(from_at=START + DAY), START)
    assert not any(never.holds_at(START + days * DAY) for days in range(4))


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        (START - timedelta(seconds=1), Kind.UNKNOWN),
        (START, Kind.LIVESTREAM),
        (START + DAY - timedelta(seconds=1), Kind.LIVESTREAM),
        (START + DAY, Kind.UNKNOWN),
    ],
)
def test_a_code_means_its_touchpoint_as_long_as_that_holds(at: Any, kind: Kind) -> None:
    known = a_touchpoint(until_at=START + DAY)
    assert rules.touch_of("live-7", known, at=at).kind is kind


def test_a_touch_is_called_as_its_touchpoint_was_then() -> None:
    known = a_touchpoint(staff_id="wangwu")
    touch = rules.touch_of("live-7", known, at=START)
    assert touch == Touch(
        touchpoint_id="live-7", kind=Kind.LIVESTREAM, name="直播", staff_id="wangwu", at=START
    )


@pytest.mark.parametrize(("code", "kept"), [("x-1", "x-1"), ("直播", None), ("x" * 33, None)])
def test_of_an_unknown_code_only_what_can_be_one_is_kept(code: str, kept: str | None) -> None:
    touch = rules.touch_of(code, None, at=START)
    assert touch == Touch(touchpoint_id=kept, kind=Kind.UNKNOWN, at=START)


@given(st.binary(min_size=32, max_size=32))
def test_a_referral_code_fits_into_a_code(secret: bytes) -> None:
    code = rules.referral_code(secret)
    assert rules.is_referral_code(code)
    assert rules.is_code(code)
    assert set(code) <= set(string.ascii_letters + string.digits)


@given(st.text(max_size=40))
def test_no_text_is_a_code_that_wechat_would_refuse(text: str) -> None:
    allowed = set(f"{string.ascii_letters}{string.digits}!#$&'()*+,/:;=?@-._~")
    assert rules.is_code(text) is (1 <= len(text) <= 32 and set(text) <= allowed)


def test_members_are_spread_over_the_shards() -> None:
    shards = {rules.shard_of(f"01J00000000000000000000{number:03}") for number in range(100)}
    assert shards == set(range(rules.SHARDS))


def test_a_touch_is_read_as_it_was_written() -> None:
    touch = Touch(touchpoint_id="x", kind=Kind.REFERRAL, referrer_id="m", at=START)
    assert msgspec.json.decode(msgspec.json.encode(touch), type=Touch) == touch
