"""The one system of this machine that `make up` runs: where its data lie, and its ports."""

import os
from pathlib import Path

from local import ports, say, stack
from local.places import UP_STATE
from local.stack import Stack

BASE_PORT = 8787
EMULATOR_PORT = 4599


def usual_stack() -> Stack:
    """The system that `make up` runs."""
    return stack.at(UP_STATE, base_port=_base_port(), emulator_port=_emulator_port())


def stack_that_is_up() -> Stack:
    """The same, for commands that need it to run."""
    up = usual_stack()
    if not (up.emulator.keeper.running() and up.sandbox.keeper.running()):
        raise say.Failure("Nothing is up: run `make up` first.")
    return up


def _base_port() -> int:
    """What PORT says, else what it said last time."""
    kept = UP_STATE / "port"
    if wanted := os.environ.get("PORT"):
        if not wanted.isdecimal() or not 0 < int(wanted) < 65536:
            raise say.Failure(f"PORT={wanted} is no port.")
        return _kept(kept, int(wanted))
    return int(kept.read_text()) if kept.exists() else BASE_PORT


def _emulator_port() -> int:
    """Chosen once and kept: the emulator's data hold addresses with the port in them."""
    kept = UP_STATE / "emulator-port"
    if kept.exists():
        return int(kept.read_text())
    return _kept(kept, EMULATOR_PORT if ports.is_free(EMULATOR_PORT) else ports.free())


def _kept(file: Path, port: int) -> int:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_text(str(port))
    return port
