"""Something that happens, what it costs, and what it may cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from bench.acts import BOARDS, Cast
from bench.meter import Sum
from bench.stage import Stage


class Budget(NamedTuple):
    """At most so many units; None where nothing is said."""

    reads: float | None
    writes: float | None

    def allows(self, cost: Sum) -> bool:
        pairs = ((cost.reads, self.reads), (cost.writes, self.writes))
        return all(most is None or units <= most for units, most in pairs)


@dataclass(frozen=True)
class Operation:
    """Something that happens. `costs` is what it costs today: a change has to be meant."""

    name: str
    do: Callable[[Stage, Cast], Sum]
    costs: Sum
    budget: Budget | None = None


def got(stage: Stage, cast: Cast, route: str, *path: str, limit: int | None = None) -> Sum:
    query = {"limit": str(limit)} if limit else None
    return done(stage, cast, "GET", route, *path, query=query)


def done(stage: Stage, cast: Cast, method: str, route: str, *path: str, **more: object) -> Sum:
    """What a call of the reader costs, beside knowing who calls."""
    cost = stage.cost(lambda: stage.call(method, route, *path, token=cast.reader, **more))
    return cost - cast.identity


def own(stage: Stage, token: str, method: str, route: str, *path: str, **more: object) -> Sum:
    """What a call of somebody else costs, beside knowing who calls."""
    for _ in range(2):  # What else a first call brings is of no interest.
        identity = stage.cost(lambda: stage.call("GET", BOARDS, token=token))
    return stage.cost(lambda: stage.call(method, route, *path, token=token, **more)) - identity
