"""Processes are started, recognized and stopped, and those of others are left alone."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from local.places import REPO
from local.processes import Keeper, Process

ENVIRONMENT = {"PATH": os.environ["PATH"]}
SLEEPER = """
import time
time.sleep(60)
"""


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def module(tmp_path: Path) -> Iterator[str]:
    """A program that can be run with `python -m` from the repository and does nothing for a minute."""
    name = f"sleeper_{os.getpid()}"
    (tmp_path / f"{name}.py").write_text(SLEEPER)
    return name


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    keeper = Keeper("sleeper", tmp_path)
    yield keeper
    keeper.stop()


def start(keeper: Keeper, module: str) -> Process:
    environment = ENVIRONMENT | {"PYTHONPATH": str(keeper.folder)}
    keeper.start(Path(sys.executable), [module], env=environment, fingerprint="as it is")
    process = keeper.running()
    assert process
    return process


def test_what_was_started_runs_until_it_is_stopped(keeper: Keeper, module: str) -> None:
    assert start(keeper, module).fingerprint == "as it is"
    assert keeper.stop()
    assert keeper.running() is None
    assert not keeper.stop()


def test_a_number_that_is_somebody_else_s_by_now_is_not_ours(keeper: Keeper, module: str) -> None:
    ours = start(keeper, module)
    reused = Process(ours.pid, "another boot:1", ours.fingerprint)
    memory = keeper.folder / "sleeper.process.json"
    memory.write_text(json.dumps(asdict(reused)))
    assert keeper.running() is None
    assert not keeper.stop()
    memory.write_text(json.dumps(asdict(ours)))
    assert keeper.running() == ours


@pytest.mark.parametrize("memory", ["", "{}", '{"pid": 1}', "not json"])
def test_a_broken_memory_is_no_process(keeper: Keeper, memory: str) -> None:
    (keeper.folder / "sleeper.process.json").write_text(memory)
    assert keeper.running() is None


def test_a_tied_process_ends_with_its_starter_however_that_ends(
    tmp_path: Path, module: str
) -> None:
    starter = f"""
import os, sys
from pathlib import Path
from local.processes import Keeper
keeper = Keeper("sleeper", Path({str(tmp_path)!r}), tied=True)
environment = dict(PATH=os.environ["PATH"], PYTHONPATH={str(tmp_path)!r})
keeper.start(Path(sys.executable), [{module!r}], env=environment, fingerprint="")
assert keeper.running()
os._exit(9)
"""
    done = subprocess.run([sys.executable, "-c", starter], cwd=REPO, check=False)
    assert done.returncode == 9
    assert eventually(lambda: Keeper("sleeper", tmp_path).running() is None)
