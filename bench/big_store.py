"""A DynamoDB for a million rows of one partition: dynalite on LevelDB, filled past its HTTP door.

It is right on reads and knows no transactions. Installed on demand from bench/dynalite/package-lock.json.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from bench.crowd import STEP, Many, Rows
from bench.stage import table_of
from local import ports, say
from local.places import LOCAL

SOURCE = Path(__file__).with_name("dynalite")
INSTALLED = LOCAL / "bench" / "dynalite"
_FILES = ("package.json", "package-lock.json", "load.js")
_PROGRAM = "node_modules/dynalite/cli.js"
_STARTING_S_MAX = 30


def install() -> None:
    """Have dynalite at hand."""
    if not shutil.which("npm"):
        raise say.Failure("npm is needed to measure lists with a million rows: install Node 20.")
    INSTALLED.mkdir(parents=True, exist_ok=True)
    wanted = [(SOURCE / name).read_bytes() for name in _FILES]
    there = [(INSTALLED / name).read_bytes() for name in _FILES if (INSTALLED / name).exists()]
    if wanted == there and (INSTALLED / _PROGRAM).exists():
        return
    with say.step("Install dynalite"):
        for name in _FILES:
            shutil.copyfile(SOURCE / name, INSTALLED / name)
        # What it stores with comes compiled; no install script has to run.
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        done = subprocess.run(command, cwd=INSTALLED, capture_output=True, text=True, check=False)
    if done.returncode:
        raise say.Failure(f"dynalite could not be installed: {done.stderr.strip()}")


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a dynalite that keeps its data in a folder."""
    port = ports.free()
    command = ["node", _PROGRAM, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--path", str(folder), "--createTableMs", "0"]
    server = subprocess.Popen(command, cwd=INSTALLED, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url)
        yield url
    finally:
        server.terminate()
        server.wait()


def fill(folder: Path, rows: Rows, many: Sequence[Many]) -> None:
    """Put rows into the files of a dynalite that does not run; its tables are there already."""
    total = sum(map(len, rows.values())) + sum(each.count for each in many)
    wanted = {
        "rows": [
            {"table": table_of(district), "item": item}
            for district, items in rows.items()
            for item in items
        ],
        "many": [
            {
                "table": table_of(each.district),
                "pattern": each.pattern,
                "count": each.count,
                "first_ms": int(each.since.timestamp() * 1000),
                "step_ms": int(STEP.total_seconds() * 1000),
            }
            for each in many
        ],
    }
    command = ["node", "--max-semi-space-size=64", "load.js", str(folder)]
    with TemporaryFile("w+") as problems:
        loader = subprocess.Popen(
            command,
            cwd=INSTALLED,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=problems,
            text=True,
        )
        assert loader.stdin
        assert loader.stdout
        with loader.stdin as told:
            json.dump(wanted, told)
        for rows_done in loader.stdout:
            say.line(f"  … {int(rows_done):,} of {total:,} rows")
        if loader.wait():
            problems.seek(0)
            raise say.Failure(f"dynalite could not be filled: {problems.read().strip()}")


def _await(url: str) -> None:
    deadline = time.monotonic() + _STARTING_S_MAX
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except urllib.error.HTTPError:
            return  # It answers: that there is nothing to GET.
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise say.Failure(f"dynalite did not answer at {url} within {_STARTING_S_MAX} s.")
