"""The table of what follows from what happened."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable

import msgspec
import pytest

from community import consequences, facts
from community.consequences import CONSEQUENCES, follow
from community.facts import ArchiveUpdated, BoardRoleChanged, Fact, PhoneBound, PostPublished
from community.people.members import service as members
from tests.world import START

NOTHING_FOLLOWS: set[type[Fact]] = {ArchiveUpdated, PhoneBound, BoardRoleChanged}


def test_every_fact_has_consequences_or_is_known_to_have_none() -> None:
    assert set(Fact.__subclasses__()) - set(CONSEQUENCES) == NOTHING_FOLLOWS


def test_no_consequence_is_listed_twice_for_a_fact() -> None:
    for listed in CONSEQUENCES.values():
        assert len(set(listed)) == len(listed)


def test_every_consequence_says_what_it_does() -> None:
    silent = [c for listed in CONSEQUENCES.values() for c in listed if not inspect.getdoc(c)]
    assert silent == []


def told(fact: Fact, monkeypatch: pytest.MonkeyPatch, *names: str) -> list[str]:
    """Which consequences ran, in their order."""
    ran: list[str] = []

    def made(name: str) -> Callable[[Fact], None]:
        def run(fact: Fact) -> None:
            ran.append(f"{name} {fact.author_id}" if isinstance(fact, PostPublished) else name)

        return run

    monkeypatch.setattr(members, "remaining", lambda member_id: MERGED.get(member_id, member_id))
    table = {type(fact): tuple(made(name) for name in names)}
    monkeypatch.setattr(consequences, "CONSEQUENCES", table)
    follow(facts.written(fact))
    return ran


PUBLISHED = PostPublished(fact_id="f", at=START, post_id="p", author_id="m")
BOUND = PhoneBound(fact_id="f", at=START, member_id="m")
MERGED = {"gone": "kept"}


def test_consequences_run_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(PUBLISHED, monkeypatch, "first", "second") == ["first m", "second m"]


def test_what_happened_to_who_is_gone_is_followed_for_who_remains(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = msgspec.structs.replace(PUBLISHED, author_id="gone")
    assert told(late, monkeypatch, "it is by") == ["it is by kept"]


def test_a_fact_without_consequences_is_followed_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told(BOUND, monkeypatch)
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (line["fact"], line["fact_followed"]) == ("PhoneBound", 1)
