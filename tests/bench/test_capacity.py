"""Capacity is gated exactly: what every operation costs, and that it is within its budget.

A number that got smaller is as good a reason to look as one that grew: put the new one into
`bench/operations.py` if it is meant.
"""

from __future__ import annotations

import pytest

from bench import acts
from bench.meter import Sum
from bench.operation import Operation
from bench.operations import OPERATIONS
from bench.stage import in_memory

pytestmark = pytest.mark.xdist_group("capacity")
"""On one worker: what everything costs is found out once."""


@pytest.fixture(scope="module")
def costs() -> dict[str, Sum]:
    """What every operation costs, one after the other on one stage."""
    with in_memory() as stage:
        cast = acts.prepare(stage)
        return {operation.name: operation.do(stage, cast) for operation in OPERATIONS}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_an_operation_costs_what_it_did(operation: Operation, costs: dict[str, Sum]) -> None:
    assert costs[operation.name] == operation.costs


@pytest.mark.parametrize(
    "operation", [o for o in OPERATIONS if o.budget], ids=lambda operation: operation.name
)
def test_an_operation_is_within_its_budget(operation: Operation) -> None:
    assert operation.budget
    assert operation.budget.allows(operation.costs)
