"""Personal data at rest: only we read it, and only where it belongs."""

from __future__ import annotations

import base64
import re

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import crypto
from chalicelib.aws import KeyServiceSilent
from chalicelib.settings import secrets
from local.placeholders import SETTINGS

pytestmark = pytest.mark.usefixtures("known_secrets")
often = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)


@often
@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(codec="ascii")))
def test_what_is_sealed_opens_where_it_belongs(text: str, about: str) -> None:
    assert crypto.opened(crypto.sealed(text, about=about), about=about) == text


def test_a_seal_does_not_open_in_another_row() -> None:
    seal = crypto.sealed("LSVAA49J132000001", about="certification-1")
    with pytest.raises(InvalidTag):
        crypto.opened(seal, about="certification-2")


@often
@given(st.data())
def test_a_changed_seal_does_not_open(data: st.DataObject) -> None:
    key_id, _, text = crypto.sealed("沪A12345", about="x").partition(".")
    body = bytearray(base64.b64decode(text))
    body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(InvalidTag):
        crypto.opened(f"{key_id}.{base64.b64encode(body).decode()}", about="x")


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert crypto.sealed("x", about="x") != crypto.sealed("x", about="x")


def test_nothing_of_the_text_shows() -> None:
    assert "A12345" not in crypto.sealed("沪A12345", about="x")


def test_after_a_rotation_old_seals_open_and_the_newest_key_seals(
    known_secrets: dict[str, str],
) -> None:
    old = crypto.sealed("x", about="x")
    newest = base64.b64encode(b"n" * 32).decode()
    known_secrets["field_keys"] = f"k2:{newest},{known_secrets['field_keys']}"
    secrets.cache_clear()
    assert crypto.opened(old, about="x") == "x"
    assert crypto.sealed("x", about="x").startswith("k2.")


def test_a_value_is_found_again_by_its_hash() -> None:
    assert crypto.lookup_hash("vin", "LSV") == crypto.lookup_hash("vin", "LSV")


@pytest.mark.parametrize(("kind", "value"), [("vin", "LSW"), ("openid", "LSV"), ("vi", "n:LSV")])
def test_other_kinds_and_values_have_other_hashes(kind: str, value: str) -> None:
    assert crypto.lookup_hash(kind, value) != crypto.lookup_hash("vin", "LSV")


def test_a_hash_can_stand_in_a_key() -> None:
    assert re.fullmatch(r"[\w-]{43}", crypto.lookup_hash("vin", "LSV"))


def test_without_the_key_a_hash_cannot_be_made(known_secrets: dict[str, str]) -> None:
    ours = crypto.lookup_hash("vin", "LSV")
    known_secrets["lookup_key"] = base64.b64encode(b"n" * 32).decode()
    secrets.cache_clear()
    assert crypto.lookup_hash("vin", "LSV") != ours


def test_kms_opens_each_data_key_once(
    known_secrets: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []

    def data_key(sealed: bytes, *, stack: str) -> bytes:
        assert stack == SETTINGS["STACK"]
        asked.append(sealed)
        return sealed[:32]

    monkeypatch.setattr("chalicelib.aws.data_key", data_key)
    old, new = b"o" * 184, b"n" * 184
    known_secrets["field_keys"] = _ring(k1=old)
    secrets.cache_clear()
    seal = crypto.sealed("x", about="x")
    known_secrets["field_keys"] = _ring(k2=new, k1=old)
    secrets.cache_clear()
    for _ in range(3):
        assert crypto.opened(seal, about="x") == "x"
        assert crypto.opened(crypto.sealed("y", about="y"), about="y") == "y"
    assert asked == [old, new]


def test_a_data_key_that_could_not_be_opened_is_asked_for_again(
    known_secrets: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known_secrets["field_keys"] = _ring(k1=b"s" * 32)
    secrets.cache_clear()

    def silent(sealed: bytes, *, stack: str) -> bytes:
        raise KeyServiceSilent

    with monkeypatch.context() as for_now:
        for_now.setattr("chalicelib.aws.data_key", silent)
        with pytest.raises(KeyServiceSilent):
            crypto.sealed("x", about="x")
    assert crypto.opened(crypto.sealed("x", about="x"), about="x") == "x"


def _ring(**keys: bytes) -> str:
    return ",".join(f"{key_id}:{base64.b64encode(key).decode()}" for key_id, key in keys.items())
