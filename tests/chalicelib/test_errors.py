"""Refusals: what each of them can say to a program and to a person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from chalicelib.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    Refusal,
    TooMany,
    Unavailable,
)

KINDS = (Invalid, Forbidden, NotFound, Conflict, TooMany, Unavailable)


def every_refusal(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    import app  # noqa: F401 (all of them are defined once the app is)

    for below in kind.__subclasses__():
        if not below.__module__.startswith("tests."):
            yield below
            yield from every_refusal(below)


def test_there_are_six_kinds() -> None:
    assert set(Refusal.__subclasses__()) == set(KINDS)


def test_every_refusal_has_a_code_of_its_own() -> None:
    codes = Counter(refusal.code for refusal in set(every_refusal()) if "code" in vars(refusal))
    assert [code for code, times in codes.items() if times > 1] == []


def test_every_code_is_a_word_for_programs() -> None:
    assert [r for r in every_refusal() if not re.fullmatch(r"[a-z][a-z_]+", r.code)] == []


def test_every_refusal_speaks_chinese() -> None:
    assert [r for r in every_refusal() if not re.search(r"[\u4e00-\u9fff]", r.text)] == []


def test_every_refusal_that_is_told_apart_says_something_of_its_own() -> None:
    concrete = [r for r in every_refusal() if r not in KINDS and "code" in vars(r)]
    assert [r for r in concrete if "text" not in vars(r)] == [tables_overtaken()]


def tables_overtaken() -> type[Refusal]:
    """The one that the ground floor raises and services turn into their own."""
    from chalicelib.tables import Overtaken

    return Overtaken


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_says_its_text_unless_told_otherwise(kind: type[Refusal]) -> None:
    assert (kind().detail, kind("因为下雨").detail) == (kind.text, "因为下雨")


def test_the_exception_text_names_the_code_only_so_that_logs_stay_clean() -> None:
    refusal = Invalid("王先生的车牌不对", errors=[FieldError("plate_number", "沪A12345 不对")])
    assert str(refusal) == "invalid"


def test_a_refusal_carries_what_is_wrong_with_each_field() -> None:
    error = FieldError("title", "请填写标题")
    assert Invalid(errors=[error]).errors == (error,)
