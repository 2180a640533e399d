"""Whether anything costs more when there is more: every operation, and lists in one huge partition.

Runs in processes of their own, because a process keeps the DynamoDB that it first spoke to:
`python -m bench.scale operations` on the emulator, which knows transactions, and
`python -m bench.scale lists` on dynalite, which can hold a million rows in one partition.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import astuple
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

from bench import big_store, operations, told
from bench.crowd import PLACE, Many, Rows
from bench.figures import Figure
from bench.meter import Sum
from bench.operations import COMMENTS, NOTIFICATIONS, OPERATIONS, PAGE, POSTS, Cast
from bench.stage import DISTRICTS, Stage, make_tables, opened, table_of
from local import ports, say
from local.emulator import Emulator
from local.places import LOCAL, REPO

FEW, MANY, MOST = 1_000, 100_000, 1_000_000
GROWTH_MAX = 1.05
BOARDS = {FEW: "new-car-shopping", MANY: "accessory-deals", MOST: "new-launches"}
_LISTS = LOCAL / "bench" / "lists"
_SOURCES = ("bench", "chalicelib", "community")

Costs = dict[str, Sum]


def measured() -> list[Figure]:
    """Figure 8, for operations and for lists."""
    return [_of_operations(), *_of_lists()]


def _of_operations() -> Figure:
    with tempfile.TemporaryDirectory() as state, say.step(f"Every operation at {MANY:,} rows"):
        emulator = Emulator(Path(state), ports.free(), tied=True)
        emulator.start()
        try:
            costs = _in_process("operations", AWS_ENDPOINT_URL=emulator.url)
        finally:
            emulator.keeper.stop()
    growth, name = _growth(costs[str(FEW)], costs[str(MANY)])
    return Figure(
        8,
        "any operation's units and calls at 10^5 rows ÷ at 10^3",
        growth,
        goal=GROWTH_MAX,
        limit="1.0",
        note=f"the worst of {len(OPERATIONS)} is “{name}”; on the emulator",
    )


def _of_lists() -> list[Figure]:
    big_store.install()
    folder = _filled()
    with say.step("Lists in one partition of up to a million rows"), big_store.serving(folder) as url:
        costs = _in_process("lists", str(folder), AWS_ENDPOINT_URL_DYNAMODB=url)
    return [
        _list_figure(costs, MANY, "10^5"),
        _list_figure(costs, MOST, "10^6"),
    ]
