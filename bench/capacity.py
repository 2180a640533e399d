"""What operations cost in DynamoDB's units: the table, and the figures that follow from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bench import acts
from bench.acts import Cast
from bench.figures import Figure
from bench.listing import WINDOW_S, rush
from bench.meter import PARTITION_READS_MAX, PARTITION_WRITES_MAX, Sum, Use
from bench.operation import Operation
from bench.operations import OPERATIONS
from bench.stage import Stage, in_memory
from local import say

TOKEN_LIVES_S = 7200


@dataclass(frozen=True)
class Line:
    """An operation and what it cost just now."""

    operation: Operation
    cost: Sum

    @property
    def is_met(self) -> bool:
        budget = self.operation.budget
        return budget is None or budget.allows(self.cost)


def measured() -> tuple[list[Line], list[Figure]]:
    """The table of all operations; figures 9 and 10; how hot a loved post makes its board."""
    with say.step("Read and write units of every operation"), in_memory() as stage:
        cast = acts.prepare(stage)
        lines = [Line(each, each.do(stage, cast)) for each in OPERATIONS]
        return lines, [_dedupe(stage), _token_reads(stage), _loved_post(stage, cast)]


def _dedupe(stage: Stage) -> Figure:
    uses = _uses(stage, lambda: acts.callback(stage))
    rows = {(use.place, use.partition) for use in uses if use.writes and "." not in use.place}
    units = sum(use.writes for use in uses)
    return Figure(
        9,
        "a callback handled: rows written beside the one that keeps it until it is handled",
        len(rows) - 1,
        goal=1,
        limit="0",
        note="the same row knows a repeat, by the condition of its put; "
        f"keeping and marking it costs {units:.0f} WCU with its place in the index of what waits",
    )


def _token_reads(stage: Stage) -> Figure:
    """A container that wants a token every second, for as long as one lives."""
    from chalicelib import tokens
    from chalicelib.wechat import client

    tokens._held.clear()

    def want() -> None:
        for _ in range(TOKEN_LIVES_S):
            stage.later(seconds=1)
            client.prepare(now=stage.now)

    minutes: dict[int, float] = {}
    for use in _uses(stage, want):
        minutes[use.at // 60] = minutes.get(use.at // 60, 0) + use.reads
    return Figure(
        10,
        "token reads of a container in its busiest minute",
        max(minutes.values()),
        " RCU",
        goal=1,
        limit="0",
        note=f"{sum(minutes.values()):g} RCU in {TOKEN_LIVES_S // 3600} hours of one call a second",
    )


def _loved_post(stage: Stage, cast: Cast) -> Figure:
    """10,000 likes a minute on one post, and everything that follows from them."""
    post_id = acts.post(stage, cast.author, audience={})
    asked = rush(stage, post_id, seconds=WINDOW_S).by_partition_and_second()
    (_, partition, _), most = max(asked.items(), key=lambda pair: pair[1].writes)
    reads = max(cost.reads for cost in asked.values())
    return Figure(
        0,
        "10,000 likes a minute on one post: write units in the busiest second of any partition",
        most.writes,
        " WCU",
        goal=PARTITION_WRITES_MAX,
        limit=f"{PARTITION_WRITES_MAX:,} is what one can give",
        note=f"`{partition.split('#')[0]}#…`; reads {reads:g} RCU at most of {PARTITION_READS_MAX:,}; "
        f"likes of {WINDOW_S} s counted in one",
    )


def _uses(stage: Stage, do: Callable[[], object]) -> Iterable[Use]:
    start = len(stage.meter.uses)
    stage.cost(do)
    return stage.meter.uses[start:]
