"""Facts: past tense, versioned, frozen, and nothing personal in them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, get_args, get_origin

import msgspec
import pytest

from community import facts
from community.facts import AnyFact, Fact, Reacted
from tests.world import START

KINDS = Fact.__subclasses__()


def a_fact(kind: type[Fact]) -> Fact:
    """One of each kind, made from the types of its fields."""
    examples: dict[str, Any] = {"fact_id": "f", "at": START.isoformat()}
    for name in msgspec.structs.fields(kind):
        if name.name not in examples:
            examples[name.name] = _example(name.type)
    return msgspec.convert(examples, kind, strict=False)


def _example(kind: Any) -> Any:
    if options := getattr(kind, "__members__", None):
        return next(iter(options.values()))
    if get_origin(kind) is tuple:
        return [_example(get_args(kind)[0])]
    if get_origin(kind) is dict:
        return {"x": _example(get_args(kind)[1])}
    return {datetime: START.isoformat(), int: 1, bool: True}.get(kind, "x")


def test_every_fact_can_be_read() -> None:
    assert set(get_args(AnyFact)) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fact_is_read_as_it_was_written(kind: type[Fact]) -> None:
    fact = a_fact(kind)
    assert facts.read(facts.written(fact)) == fact


@pytest.mark.parametrize("kind", KINDS)
def test_a_facts_name_travels_with_its_version(kind: type[Fact]) -> None:
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
    assert re.fullmatch(rf"{snake}\.\d+", str(kind.__struct_config__.tag))


def test_no_two_facts_travel_under_the_same_name() -> None:
    assert len({kind.__struct_config__.tag for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fact_cannot_be_changed(kind: type[Fact]) -> None:
    with pytest.raises(AttributeError):
        setattr(a_fact(kind), "fact_id", "other")  # noqa: B010 (an assignment that a type checker allows)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fact_says_who_and_what_by_id_and_nothing_personal(kind: type[Fact]) -> None:
    impersonal = {"at", "decision", "kind", "touchpoint"}
    impersonal |= {"data", "end", "erases_at", "fields", "on", "purpose", "version"}
    impersonal |= {"added", "refreshed", "rejected", "unchanged"}
    impersonal |= {"seen", "dwelled", "clicked"}  # ids of posts
    impersonal |= {"again", "attempt", "board_role", "by_self", "held", "judgement", "passed"}
    impersonal |= {"mentioned"}  # ids of members
    told = {field.name for field in msgspec.structs.fields(kind)} - impersonal
    assert [name for name in told if not name.endswith("_id")] == []


def test_what_is_no_fact_is_a_bug() -> None:
    with pytest.raises(msgspec.ValidationError):
        facts.read('{"type": "it_rained.1", "fact_id": "f", "at": "2026-11-22T04:00:00Z"}')


def test_times_in_facts_are_aware() -> None:
    at = facts.read(facts.written(a_fact(Reacted))).at
    assert at.utcoffset() is not None
