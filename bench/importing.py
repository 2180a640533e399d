"""What an import of the dealer's records reaches: rows a second, beside what the emulator can take at most, and memory.

The ceiling is measured, not looked up: the very calls that a round made are made again without our code,
into a second table, in turns with it. Memory is measured in processes of their own, where DynamoDB's
answers are canned, because the emulator would take a quarter of an hour for a million rows.
"""

from __future__ import annotations

import gc
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
from botocore.awsrequest import AWSRequest, AWSResponse

from bench import told
from bench.canned import canned_answer
from bench.figures import Figure, Sample
from bench.stage import keep_secrets, make_tables, table_of
from local import ports, say
from local.archive_import import columns, journal, source
from local.archive_import.journal import Journal
from local.archive_import.work import AT_ONCE, Take, work
from local.emulator import Emulator
from local.placeholders import SECRETS
from local.places import REPO

FEW, MOST = 10_000, 1_000_000
ROUNDS, ROWS_A_ROUND = 6, 1_800
THOUSAND = 1_000
ROWS_A_SECOND = 1_500
GROWTH_MAX = 1.10
BAND = 1.25
"""What may lie between two measurements of the same on a shared machine (budgets)."""
WHOLE_EACH = 20
"""Of the million's pieces, every so many goes the whole way to DynamoDB's canned answer."""
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
HEADER = "手机号,车架号,姓名,车牌号,车型,购车日期,经销商,城市,生日,最近进店\n"

Call = tuple[str, dict[str, Any]]


def measured() -> list[Figure]:
    """Figure 11."""
    with tempfile.TemporaryDirectory() as state, say.step("Import of the owner archive"):
        emulator = Emulator(Path(state), ports.free(), tied=True)
        emulator.start()
        try:
            ours, bare = _in_process("rates", AWS_ENDPOINT_URL=emulator.url)
        finally:
            emulator.keeper.stop()
        few, most = (_in_process("memory", str(rows)) for rows in (FEW, MOST))
    return [_speed(Sample(ours), Sample(bare)), _memory(few, most)]


def _speed(ours: Sample, bare: Sample) -> Figure:
    took_s, ceiling_s = (sample.quiet * THOUSAND / ROWS_A_ROUND for sample in (ours, bare))
    return Figure(
        11,
        "archive import into the emulator: seconds for 1,000 new rows",
        took_s,
        " s",
        goal=max(THOUSAND / ROWS_A_SECOND, BAND * ceiling_s),
        limit=f"{ceiling_s:.2f}",
        note=f"{THOUSAND / took_s:,.0f} rows/s; the same calls made bare in turns: "
        f"{THOUSAND / ceiling_s:,.0f} rows/s, the emulator's ceiling; the goal is {ROWS_A_SECOND:,} rows/s "
        f"or that within {BAND - 1:.0%}, whichever is lower",
    )


def _memory(few: float, most: float) -> Figure:
    return Figure(
        11,
        "archive import: peak memory at 10^6 rows ÷ at 10^4",
        most / few,
        goal=GROWTH_MAX,
        limit="1.0",
        note=f"{most / 1024:.0f} MB ÷ {few / 1024:.0f} MB resident; DynamoDB's answers canned, "
        f"and every {WHOLE_EACH}th piece of 100 rows taken as far as them",
    )


def _in_process(*command: str, **environment: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "bench.importing", *command],
        cwd=REPO,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _file(folder: Path, first: int, rows: int) -> Path:
    file = folder / f"owners-{first}.csv"
    with file.open("w") as out:
        out.write(HEADER)
        for n in range(first, first + rows):
            out.write(
                f"138{n:08d},LSVAA49J1{n:08d},王小明,沪A{n % 100_000:05d},途观 L 2024 款,2024-05-01,"
                "上海浦东第一店,上海,1985-03-04,2026-09-01\n"
            )
    return file


def _imported(file: Path, take: Take) -> Journal:
    looked = source.looked_through(file)
    kept = journal.opened(looked, columns="", stack="", import_id=file.name, now=NOW)
    work(source.lines(looked, columns.usual(), since=kept.progress.place), kept, take, seen=_nobody)
    kept.close(done=True)
    assert kept.progress.rejected == 0
    return kept


def _nobody() -> None:
    """Nobody looks at the progress."""


def _taking() -> Take:
    from community.people.archive import service as archive

    return lambda rows: archive.take(rows, import_id="import", now=NOW)


def _rates() -> tuple[list[float], list[float]]:
    """Seconds of our rounds, and of the same calls without us."""
    from chalicelib import aws
    from chalicelib.tables import connection

    # KMS is asked once in the life of a process: not by this bench.
    opened = patch.object(aws, "data_key", _unsealed)
    opened.start()
    keep_secrets()
    make_tables(boto3.client("dynamodb"))
    client = connection().client
    heard, take = _Ear(_taking()), _taking()
    client.meta.events.register("before-parameter-build.dynamodb", heard.note)
    bare = aws.session().create_client("dynamodb")
    ours_s, bare_s = [], []
    with tempfile.TemporaryDirectory() as name:
        files = (_file(Path(name), n * ROWS_A_ROUND, ROWS_A_ROUND) for n in range(ROUNDS + 1))
        # What a round calls is noted in one that is not measured, which also starts everything up.
        _imported(next(files), heard.take)
        client.meta.events.unregister("before-parameter-build.dynamodb", heard.note)
        gc.freeze()
        for number, file in enumerate(files):
            with patch.dict(told.ENVIRONMENT, {"STACK": f"bare{number}"}):
                make_tables(boto3.client("dynamodb"))
            ours_s.append(_seconds(lambda file=file: _imported(file, take)))
            table = f"bare{number}-people"
            bare_s.append(_seconds(lambda table=table: _made_again(bare, heard.pieces, table)))
    return ours_s, bare_s


class _Ear:
    """Notes the calls to DynamoDB of every piece that is taken."""

    def __init__(self, take: Take) -> None:
        self._take, self._here = take, threading.local()
        self.pieces: list[list[Call]] = []

    def take(self, rows: Any) -> Any:
        self._here.calls = []
        outcome = self._take(rows)
        self.pieces.append(self._here.calls)
        return outcome

    def note(self, *, params: dict[str, Any], model: Any, **_: object) -> None:
        self._here.calls.append((model.name, params))


def _made_again(client: Any, pieces: list[list[Call]], other: str) -> None:
    ours = table_of("people")

    def make(calls: list[Call]) -> None:
        for name, params in calls:
            client._make_api_call(name, _elsewhere(params, ours, other))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(make, pieces))


def _elsewhere(params: dict[str, Any], ours: str, other: str) -> dict[str, Any]:
    if "TransactItems" in params:
        items = [
            {kind: {**asked, "TableName": other} for kind, asked in item.items()}
            for item in params["TransactItems"]
        ]
        return {"TransactItems": items}  # without the token of the first time
    if "RequestItems" in params:
        return {**params, "RequestItems": {other: params["RequestItems"][ours]}}
    return {**params, "TableName": other}


def _unsealed(sealed: bytes, **_: str) -> bytes:
    return sealed


def _seconds(do: Any) -> float:
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def _peak_kb(rows: int) -> int:
    """The peak of an import of so many rows."""
    from chalicelib import aws
    from chalicelib.tables import connection
    from community.people.archive.rules import Outcome

    connection().client.meta.events.register_first("before-send.dynamodb", _answer)
    whole = _taking()
    pieces = 0

    def take(numbered: Any) -> Outcome:
        nonlocal pieces
        pieces += 1
        return whole(numbered) if pieces % WHOLE_EACH == 0 else Outcome(added=len(numbered))

    with (
        tempfile.TemporaryDirectory() as name,
        patch.object(aws, "parameters_under", lambda _: SECRETS),
        patch.object(aws, "data_key", _unsealed),
    ):
        kept = _imported(_file(Path(name), 0, rows), take)
    assert kept.progress.rows == rows
    # Not ru_maxrss: that begins with the peak of whoever started this process.
    status = Path("/proc/self/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0])


def _answer(*, request: AWSRequest, **_: object) -> AWSResponse:
    """A DynamoDB that knows nobody and takes everything."""
    asked = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
    empty: dict[str, Any] = {}
    if asked == "BatchGetItem":
        empty = {"Responses": {table_of("people"): []}, "UnprocessedKeys": {}}
    return canned_answer(request.url, json.dumps(empty).encode())


if __name__ == "__main__":
    print(json.dumps(_rates() if sys.argv[1] == "rates" else _peak_kb(int(sys.argv[2]))))
