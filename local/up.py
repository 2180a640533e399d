"""`make up`: the whole system on this machine, from nothing or from where it was."""

import json
import os
from typing import Any

from local import ports, processes, say, seed, stack
from local.install import check_machine
from local.places import STACK_FILE, UP_STATE
from local.stack import Stack
from local.usual import usual_stack

FREE_BYTES_MIN = 1024**3


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
