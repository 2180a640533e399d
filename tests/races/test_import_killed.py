"""An import that is killed again and again ends as one that nobody disturbed."""

from __future__ import annotations

import csv
import json
import random
import subprocess
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from community.commons import cars
from local.stack import Stack
from tests.journeys.test_archive import imported, importing

KILLS = 20
ROWS = 5_000
LOOK_EVERY_S = 0.01
LATER_S_MAX = 0.1
"""How long it may go on after it was seen to move, before it is killed."""


def test_an_import_killed_at_random_points_20_times_ends_in_the_same_state(
    stack: Stack, tmp_path: Path
) -> None:
    file, undisturbed = tmp_path / "killed.csv", tmp_path / "undisturbed.csv"
    _write(file, "137")
    _write(undisturbed, "136")
    before = _kept(stack)
    said = imported(stack, undisturbed)
    smooth = _kept(stack) - before

    killed = 0
    while killed < KILLS and not _is_done(file):
        killed += _killed_on_the_way(stack, file)
    assert killed == KILLS, "the file is too short for so many kills"
    said_after_kills = imported(stack, file)

    assert _counts(said_after_kills) == _counts(said)
    assert _kept(stack) - before - smooth == smooth
    assert _report(file) == _report(undisturbed)
    assert not file.with_name("killed.csv.import.json").exists()
    # And every value is what it is: told once more, as much of it is news.
    assert _counts(imported(stack, file)) == _counts(imported(stack, undisturbed))


def _killed_on_the_way(stack: Stack, file: Path) -> bool:
    """Let the import come on a little and kill it; whether it was still at it."""
    number = _number(file)
    process = importing(stack, file)
    while process.poll() is None and _number(file) == number:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=LOOK_EVERY_S)
    try:
        process.wait(timeout=random.uniform(0, LATER_S_MAX))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True
    return False


def _write(file: Path, prefix: str) -> None:
    """Owners; some rows wrong, some doubtful, some about people and cars of earlier rows."""
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["手机号", "车架号", "姓名", "城市", "车型"])
        for n in range(1_000, 1_000 + ROWS):
            person = n - 7 if n % 20 == 0 else n
            car = n - 150 if n % 90 == 0 else n
            mobile = "1" if n % 50 == 1 else f"{prefix}{person:08d}"
            vin = _vin(prefix, car, right=n % 30 != 3)
            writer.writerow(
                [mobile, vin, f"车主{n}", "上海", "途观\nL" if n % 11 == 0 else "途观 L"]
            )


def _vin(prefix: str, number: int, *, right: bool) -> str:
    fitting = [
        vin
        for digit in "0123456789X"
        if cars.vin_check_digit_is_right(vin := f"LSVAA4{prefix[1:]}{digit}{number:08d}") == right
    ]
    return fitting[0]


def _number(file: Path) -> int:
    return int(_state(file).get("number", 0))


def _is_done(file: Path) -> bool:
    return _state(file) == {} and _report(file) != []


def _state(file: Path) -> dict[str, Any]:
    state = file.with_name(f"{file.name}.import.json")
    try:
        told: dict[str, Any] = json.loads(state.read_text())
    except FileNotFoundError:
        return {}
    return told


def _report(file: Path) -> list[list[str]]:
    report = file.with_name(f"{file.name}.report.csv")
    if not report.exists():
        return []
    with report.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines))


def _counts(said: str) -> str:
    return said.partition(" s): ")[2].partition("\n")[0]


def _kept(stack: Stack) -> Counter[str]:
    """How many rows of each kind there are, and how many facts were told."""
    pages = stack.boto("dynamodb").get_paginator("scan")
    kinds: Counter[str] = Counter()
    for page in pages.paginate(TableName=f"{stack.name}-people"):
        for row in page["Items"]:
            kind = row["pk"]["S"].partition("#")[0]
            kinds[f"{kind} {row['sk']['S'] if kind != 'archive' else ''}"] += 1
    return kinds
