"""The main job, told badly: facts and messages that come twice, late, in any order, or after a crash.

However it is told, the rows and the messages come out as when everything comes once and in order.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

import pytest

from chalicelib import aws, crypto, tables
from chalicelib.errors import Refusal, Unavailable
from community import consequences
from community.commons.outbound import service as outbound
from tests.community.story import play
from tests.conftest import stage_in_memory
from tests.world import World

Danger = Callable[[], AbstractContextManager[None]]

STEPS_MAX = 3_000
CRASHES_SHARE = 0.05
SAID = (
    "/cgi-bin/message/send",
    "/cgi-bin/message/update_template_card",
    "/cgi-bin/message/subscribe/send",
    "/cgi-bin/webhook/send",
)
SEALED_FOR = {
    "certification": "certification#",
    "openid": "member#",
    "value": "",
    "about": "",
}


@dataclass
class Badly:
    """Brings every fact and message twice and in any order, and at last all of them once more.

    What follows from a fact is done in `danger`; after a crash the fact comes again.
    """

    world: World
    random: Random
    danger: Danger = nullcontext
    crashes: int = 0
    _pool: list[tuple[str, str]] = field(default_factory=list)
    _all: list[tuple[str, str]] = field(default_factory=list)

    def settle(self) -> None:
        for _ in range(STEPS_MAX):
            if not self._pool or self.random.random() < 0.1:
                self._collect()
            if not self._pool:
                return
            self._bring(self._pool.pop(self.random.randrange(len(self._pool))))
        raise AssertionError("It goes on and on.")

    def bring_all_again(self) -> None:
        self._pool = self.random.sample(self._all, len(self._all))
        self.settle()

    def _collect(self) -> None:
        self.world.relay()
        queues = ("facts", "counts", "outbound")
        news = [(queue, body) for queue in queues for body in self.world.take(queue)]
        self._pool += news * 2
        self._all += news

    def _bring(self, item: tuple[str, str]) -> None:
        queue, body = item
        try:
            if queue == "facts":
                with self.danger():
                    consequences.follow(body)
            elif queue == "counts":
                with self.danger():
                    consequences.count([body])
            else:
                outbound.send(body)
        except Unavailable:
            self._pool.append(item)
        except Crash:
            self.crashes += 1
            self._pool.append(item)
        except Refusal as refusal:
            self.world.refused.append(refusal.code)


class Crash(BaseException):
    """The Lambda is gone in the middle."""


def outcome(world: World) -> dict[str, Any]:
    """The rows, with what is sealed opened, and everything that was said."""
    rows = [
        json.dumps(
            {name: _opened(row, name) for name in row if not _is_trace(row, name)}, sort_keys=True
        )
        for district in ("platform", "people", "forum")
        for row in world.rows(district)
        if not row["pk"].startswith("token#")
    ]
    said = [f"{path} {json.dumps(body)}" for path in SAID for body in world.sent(path)]
    return {"rows": sorted(rows), "said": sorted(said)}


def _is_trace(row: dict[str, Any], name: str) -> bool:
    """Whether it says how often somebody was at work on a row, and not what came of it."""
    return name == "version" and row["pk"].startswith("indexed#")


def _opened(row: dict[str, Any], name: str) -> Any:
    if name not in SEALED_FOR:
        return row[name]
    return crypto.opened(row[name], about=row["pk"].removeprefix(SEALED_FOR[name]))


@pytest.fixture(scope="module")
def in_order() -> dict[str, Any]:
    """How it comes out when everything comes once and in order."""
    with pytest.MonkeyPatch.context() as patch, stage_in_memory(patch) as world:
        play(world, world.settle)
        assert (world.dead, world.refused) == ([], [])
        return outcome(world)


def test_the_story_says_something_of_every_kind(in_order: dict[str, Any]) -> None:
    told = {line.split(" ")[0] for line in in_order["said"]}
    assert told == set(SAID)


@pytest.mark.parametrize("seed", range(2))
def test_whatever_comes_twice_and_in_any_order_ends_the_same(
    in_order: dict[str, Any], world: World, seed: int
) -> None:
    badly = Badly(world, Random(seed))
    play(world, badly.settle)
    badly.bring_all_again()
    assert outcome(world) == in_order
    assert world.refused == []


@pytest.fixture
def dangers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Random], Danger]]:
    """While in danger, any call of AWS may end the Lambda: before it was made, or after."""
    events = tables.connection().client.meta.events
    enqueue = aws.enqueue
    in_danger: list[Random] = []

    def maybe_crash(**_: Any) -> None:
        if in_danger and in_danger[0].random() < CRASHES_SHARE:
            raise Crash

    def enqueue_or_crash(*args: Any, **told: Any) -> None:
        maybe_crash()
        enqueue(*args, **told)
        maybe_crash()

    @contextmanager
    def danger(random: Random) -> Iterator[None]:
        in_danger.append(random)
        try:
            yield
        finally:
            in_danger.clear()

    for place in ("before-call.dynamodb", "after-call.dynamodb"):
        events.register(place, maybe_crash)
    monkeypatch.setattr(aws, "enqueue", enqueue_or_crash)
    yield lambda random: partial(danger, random)
    for place in ("before-call.dynamodb", "after-call.dynamodb"):
        events.unregister(place, maybe_crash)


@pytest.mark.parametrize("seed", range(2))
def test_a_crash_in_the_middle_of_what_follows_ends_the_same(
    in_order: dict[str, Any], world: World, dangers: Callable[[Random], Danger], seed: int
) -> None:
    random = Random(seed)
    badly = Badly(world, random, danger=dangers(random))
    play(world, badly.settle)
    assert badly.crashes > 0
    assert outcome(world) == in_order
