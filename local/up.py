"""`make up`: the whole system on this machine, from nothing or from where it was."""

import json
import os
from pathlib import Path
from typing import Any

from local import ports, processes, say, seed, stack
from local.install import check_machine
from local.places import STACK_FILE, UP_STATE
from local.stack import Stack

BASE_PORT = 8787
EMULATOR_PORT = 4599
FREE_BYTES_MIN = 1024**3


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


def main() -> None:
    with processes.only_one(UP_STATE / "lock", "`make up` or `make down`"):
        up = usual_stack()
        check_machine(free_bytes_min=FREE_BYTES_MIN)
        check_ports(up)
        stack.start(up)
        with say.step("Seed boards, staff and demo content"):
            seed.seed(up)
        _write_stack_file(up)
    say.line(_addresses(up))


def check_ports(up: Stack) -> None:
    if not up.sandbox.keeper.running() and not ports.is_free(up.sandbox.port):
        raise say.Failure(
            f"Port {up.sandbox.port} is taken by another program: stop that, or choose another with `make up PORT=…`."
        )
    if not up.emulator.keeper.running() and not ports.is_free(up.emulator.port):
        raise say.Failure(
            f"Port {up.emulator.port}, on which the emulated AWS keeps its data, is taken by another program: stop that."
        )


def _write_stack_file(up: Stack) -> None:
    """Where everything is, for other programs; the callbacks' secrets are the sandbox's own."""
    partial = STACK_FILE.with_suffix(".partial")
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(described(up), file, indent=2)
    os.replace(partial, STACK_FILE)


def described(up: Stack) -> dict[str, Any]:
    identity = up.sandbox.identity()
    wechat = {
        "url": f"{up.base}/callbacks/wechat",
        "appid": identity["appid"],
        "token": identity["wechat_push_token"],
        "aes_key": identity["wechat_push_aes_key"],
    }
    wecom = {
        "url": f"{up.base}/callbacks/wecom",
        "corpid": identity["corpid"],
        "agentid": identity["agentid"],
        "token": identity["wecom_push_token"],
        "aes_key": identity["wecom_push_aes_key"],
    }
    return {
        "api": up.base,
        "console": None,
        "sandbox": up.base,
        "openapi": f"{up.base}/openapi.json",
        "callbacks": {"wechat": wechat, "wecom": wecom},
    }


def _addresses(up: Stack) -> str:
    return f"""
The community is up. Play both sides of it here:  {up.base}/

  API       {up.base}/v1/…   described at {up.base}/openapi.json
  AWS       {up.emulator.url}   (emulated; all data under .local/)
  for programs: .local/stack.json      follow: make logs      stop: make down
"""


if __name__ == "__main__":
    say.run(main)
