"""Whether anything costs more when there is more: every operation, and lists in one huge partition.

It runs itself as a process, because a process keeps the DynamoDB that it first spoke to: once on the
emulator, which knows transactions, and once on dynalite, which can hold a million rows in a partition.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import astuple
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

from bench import acts, big_store
from bench.acts import COMMENTS, NOTIFICATIONS, PAGE, POSTS, Cast
from bench.crowd import LONG_AGO, PLACE, STEP, Many, Rows
from bench.figures import Figure
from bench.meter import Sum
from bench.operations import OPERATIONS
from bench.searching import SEARCH
from bench.stage import Stage, in_memory, make_tables, opened, table_of
from local import ports, say
from local.emulator import Emulator
from local.places import LOCAL, REPO

FEW, MANY, MOST = 1_000, 100_000, 1_000_000
GROWTH_MAX = 1.05
BOARDS = {FEW: "new-car-shopping", MANY: "accessory-deals", MOST: "new-launches"}
WORDS = {FEW: "电瓶", MANY: "天窗", MOST: "雨刮"}
BATCH_ROWS = 25
_LISTS = LOCAL / "bench" / "lists"
_ABOUT_ROWS = (
    *("chalicelib/**/*.py", "community/**/*.py", "bench/dynalite/*"),
    *("bench/acts.py", "bench/crowd.py", "bench/scale.py", "bench/stage.py"),
)

Costs = Mapping[str, Sum]


def measured() -> list[Figure]:
    """Figure 8: every operation, and the lists."""
    with tempfile.TemporaryDirectory() as state, say.step(f"Every operation at {MANY:,} rows"):
        emulator = Emulator(Path(state), ports.free(), tied=True)
        emulator.start()
        try:
            costs = _in_process("operations", AWS_ENDPOINT_URL=emulator.url)
        finally:
            emulator.keeper.stop()
    folder = _filled_folder()
    with say.step(f"Lists of up to {MOST:,} rows"), big_store.serving(folder / "data") as url:
        lists = _in_process("lists", str(folder), AWS_ENDPOINT_URL_DYNAMODB=url)
    return [
        _figure("any operation", "10^5 rows", costs[FEW], costs[MANY], "on the emulator"),
        _figure("any list", "10^5 in one partition", lists[FEW], lists[MANY], "on dynalite"),
        _figure("any list", "10^6 in one partition", lists[FEW], lists[MOST], "on dynalite"),
    ]


def _figure(what: str, at: str, few: Costs, many: Costs, where: str) -> Figure:
    growth, worst = max(
        (now / before, name)
        for name in few
        for now, before in zip(astuple(many[name]), astuple(few[name]), strict=True)
        if before
    )
    return Figure(
        8,
        f"{what}: units and calls at {at} ÷ at 10^3",
        growth,
        goal=GROWTH_MAX,
        limit="1.0",
        note=f"{where}; " + (f"“{worst}”" if growth > 1 else f"none of {len(few)} costs more"),
    )


def _in_process(*command: str, **environment: str) -> dict[int, Costs]:
    """What a process of this module says that things cost, by how much there was."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.scale", *command],
        cwd=REPO,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told_costs = json.loads(done.stdout.splitlines()[-1])
    return {
        int(size): {name: Sum(*units) for name, units in costs.items()}
        for size, costs in told_costs.items()
    }


def _operations() -> dict[int, Costs]:
    """What every operation costs among few rows, and among many."""
    costs: dict[int, Costs] = {}
    with opened() as stage:
        cast = acts.prepare(stage)
        rows, there = stage.rows(), 0
        for size in (FEW, MANY):
            for many in _crowd(rows, cast, size - there, since=LONG_AGO + there * STEP):
                _put(stage, many)
            there = size
            costs[size] = {each.name: each.do(stage, cast) for each in OPERATIONS}
    return costs


def _crowd(rows: Rows, cast: Cast, count: int, *, since: datetime) -> list[Many]:
    """So many rows around the cast: in their lists, and beside them."""
    like = partial(Many.like, rows, count=count // 5, since=since)
    return [
        like("forum", pk=f"board#{acts.BOARD}"),
        like("forum", pk="post#", sk="post"),
        like("platform", pk=f"notifications#{cast.reader_id}", sk="n#"),
        like("platform", pk="inbox#"),
        like("people", pk="member#", change={"gsi1pk": f"openid#{PLACE}"}),
    ]


def _put(stage: Stage, many: Many) -> None:
    table, items = table_of(many.district), list(many.items())
    for start in range(0, len(items), BATCH_ROWS):
        batch = [{"PutRequest": {"Item": item}} for item in items[start : start + BATCH_ROWS]]
        answer = stage.meter.shadow.batch_write_item(RequestItems={table: batch})
        assert not answer["UnprocessedItems"]


def _filled_folder() -> Path:
    """A dynalite's data with the lists in it, and who reads them; made again when the code changed."""
    big_store.install()
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _ABOUT_ROWS for path in REPO.glob(pattern)):
        digest.update(path.read_bytes())
    folder = _LISTS / digest.hexdigest()[:16]
    if not (folder / "plan.json").exists():
        shutil.rmtree(_LISTS, ignore_errors=True)
        folder.mkdir(parents=True)
        with say.step(f"Fill lists with up to {MOST:,} rows"):
            _fill(folder)
    return folder


def _fill(folder: Path) -> None:
    with in_memory() as stage:
        cast = acts.prepare(stage)
        readers = {size: acts.owner(stage, f"reader-of-{size}") for size in BOARDS}
        lists: list[Many] = []
        for (size, token), post_id in zip(readers.items(), cast.post_ids, strict=False):
            reader_id = acts.member_id_of(stage, token)
            acts.tell(stage, reader_id)
            lists += _lists_of(stage.rows(), size, reader_id, post_id)
        rows = stage.rows()
    data = folder / "data"
    with big_store.serving(data) as url:
        make_tables(boto3.client("dynamodb", endpoint_url=url))
    big_store.fill(data, rows, lists)
    plan = {
        size: {"token": token, "post_id": post_id}
        for (size, token), post_id in zip(readers.items(), cast.post_ids, strict=False)
    }
    (folder / "plan.json").write_text(json.dumps(plan))


def _lists_of(rows: Rows, size: int, reader_id: str, post_id: str) -> list[Many]:
    """A board, a reader who likes all of it, a post's comments and the reader's notifications."""
    like, board_id = partial(Many.like, rows, count=size), BOARDS[size]
    return [
        like("forum", pk="board#", change={"pk": f"board#{board_id}"}),
        like("forum", pk="reactions#", change={"pk": f"reactions#{reader_id}#{board_id}"}),
        like("forum", pk="post#", sk="comment#", change={"pk": f"post#{post_id}"}),
        like(
            "platform",
            pk="notifications#",
            sk="n#",
            change={"pk": f"notifications#{reader_id}"},
        ),
        like("forum", pk="term#=board", change={"pk": f"term#{WORDS[size]}"}),
    ]


def _lists(folder: Path) -> dict[int, Costs]:
    """What a page of each list costs, by how long the lists are."""
    plan = json.loads((folder / "plan.json").read_text())
    with mock_aws(), opened(empty=False) as stage:
        stage.later(days=1)
        stage.call("GET", "/v1/boards")  # They stay in memory for a minute.
        stage.call("GET", SEARCH, query={"q": "一"})  # So does what all posts are like.
        return {int(size): _pages(stage, int(size), **who) for size, who in plan.items()}


def _pages(stage: Stage, size: int, *, token: str, post_id: str) -> Costs:
    from chalicelib import ids

    before_all = {"up_to": ids.new_id(LONG_AGO - STEP, "crowd")}
    page = {"query": {"limit": str(PAGE)}, "token": token}

    def cost(method: str, route: str, *path: str, **more: Any) -> Sum:
        return stage.cost(lambda: stage.call(method, route, *path, **more))

    return {
        "board page of 20, all liked": cost("GET", POSTS, BOARDS[size], **page),
        "page of 20 comments": cost("GET", COMMENTS, post_id, **page),
        "notifications page of 20": cost("GET", NOTIFICATIONS, **page),
        "search for a word, the best": cost("GET", SEARCH, query={"q": WORDS[size]}),
        "search for a word, the latest": cost(
            "GET", SEARCH, query={"q": WORDS[size], "sort": "latest"}
        ),
        "mark read, all left unread": cost(
            "POST", f"{NOTIFICATIONS}/read", token=token, body=before_all
        ),
    }


if __name__ == "__main__":
    by_size = _operations() if sys.argv[1] == "operations" else _lists(Path(sys.argv[2]))
    units = {
        size: {name: astuple(cost) for name, cost in costs.items()}
        for size, costs in by_size.items()
    }
    print(json.dumps(units))
