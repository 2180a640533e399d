"""Texts that people write, made fit to be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.commons.words import visible


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("  首保多少钱\n", "首保多少钱"),
        ("第一行\n\t第二行", "第一行\n\t第二行"),
        ("x\x00\x07y", "xy"),
        ("\u200b\u200b", ""),
        ("\u3000\u2060 ", ""),
        ("一家人 👨\u200d👩\u200d👧", "一家人 👨\u200d👩\u200d👧"),
    ],
)
def test_only_what_can_be_seen_stays(written: str, read: str) -> None:
    assert visible(written) == read


@given(st.text())
def test_what_was_made_fit_stays_as_it_is(text: str) -> None:
    assert visible(visible(text)) == visible(text)
