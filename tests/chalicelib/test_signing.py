"""Signed texts: what we handed out comes back unchanged or not at all."""

from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from chalicelib.settings import secrets
from chalicelib.signing import signed, unsigned

pytestmark = pytest.mark.usefixtures("known_secrets")
often = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)

values = st.text(st.characters(exclude_categories=["Cs"])) | st.lists(
    st.integers(-(2**53), 2**53) | st.text(st.characters(codec="ascii")), max_size=4
)


@often
@given(values)
def test_what_we_signed_we_read_again(value: Any) -> None:
    assert unsigned(signed(value, purpose="x"), purpose="x") == value


@often
@given(values)
def test_a_signed_text_can_stand_in_an_address(value: Any) -> None:
    allowed = set(string.ascii_letters + string.digits + "-_.")
    assert set(signed(value, purpose="x")) <= allowed


@often
@given(st.data())
def test_no_letter_can_be_changed(data: st.DataObject) -> None:
    text = signed(["01J0000000000000000000MBR1", 1, 1_800_000_000], purpose="session")
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_."))
    forged = f"{text[:place]}{letter}{text[place + 1 :]}"
    assume(forged != text)
    # The last letter of base64 has bits that say nothing: another letter may mean the same bytes.
    assume(place < len(text) - 1)
    assert unsigned(forged, purpose="session") is None


@often
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_what_we_did_not_sign_is_nothing(text: str) -> None:
    assert unsigned(text, purpose="session") is None


def test_a_text_for_one_purpose_is_nothing_for_another() -> None:
    assert unsigned(signed("x", purpose="cursor"), purpose="session") is None


def change_keys(known: dict[str, str], keys: str) -> None:
    known["session_keys"] = keys
    secrets.cache_clear()


def test_a_new_key_keeps_what_the_old_one_signed(known_secrets: dict[str, str]) -> None:
    text = signed("x", purpose="session")
    change_keys(known_secrets, f"brand-new,{known_secrets['session_keys']}")
    assert unsigned(text, purpose="session") == "x"


def test_the_newest_key_signs(known_secrets: dict[str, str]) -> None:
    change_keys(known_secrets, "newest,older")
    text = signed("x", purpose="session")
    change_keys(known_secrets, "newest")
    assert unsigned(text, purpose="session") == "x"


def test_a_key_that_was_taken_away_opens_nothing(known_secrets: dict[str, str]) -> None:
    text = signed("x", purpose="session")
    change_keys(known_secrets, "brand-new")
    assert unsigned(text, purpose="session") is None
