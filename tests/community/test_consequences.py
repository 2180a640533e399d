"""The table of what follows from what happened."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable

import pytest

from community import consequences, facts
from community.consequences import CONSEQUENCES, follow
from community.facts import Fact, MemberJoined, PostPublished, PostRemoved
from tests.world import START

NOTHING_FOLLOWS: set[type[Fact]] = {MemberJoined, PostRemoved}


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
        def run(_: Fact) -> None:
            ran.append(name)

        return run

    table = {type(fact): tuple(made(name) for name in names)}
    monkeypatch.setattr(consequences, "CONSEQUENCES", table)
    follow(facts.written(fact))
    return ran


PUBLISHED = PostPublished(fact_id="f", at=START, post_id="p", author_id="m")


def test_consequences_run_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(PUBLISHED, monkeypatch, "first", "second") == ["first", "second"]


def test_a_fact_without_consequences_is_followed_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    follow(facts.written(MemberJoined(fact_id="f", at=START, member_id="m", touchpoint="x")))
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (line["fact"], line["fact_followed"]) == ("MemberJoined", 1)
