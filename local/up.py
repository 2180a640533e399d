"""`make up`: the whole system on this machine, from nothing or from where it was."""

import importlib.util
import json
import os
from typing import Any

from local import ports, say, stack
from local.places import STACK_FILE, UP_STATE
from local.stack import Stack

BASE_PORT = 8787
EMULATOR_PORT = 4599


def usual_stack() -> Stack:
    """The system that `make up` runs; PORT chooses another address for it."""
    return stack.at(
        UP_STATE, base_port=int(os.environ.get("PORT", BASE_PORT)), emulator_port=_emulator_port()
    )


def _emulator_port() -> int:
    """Chosen once and kept: the emulator's data hold addresses with the port in them."""
    kept = UP_STATE / "emulator-port"
    if not kept.exists():
        UP_STATE.mkdir(parents=True, exist_ok=True)
        kept.write_text(str(EMULATOR_PORT if ports.is_free(EMULATOR_PORT) else ports.free()))
    return int(kept.read_text())


def main() -> None:
    up = usual_stack()
    check_ports(up)
    stack.start(up)
    _seed(up)
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


def _seed(up: Stack) -> None:
    if importlib.util.find_spec("local.seed"):
        with say.step("Seed boards, staff and demo content"):
            importlib.import_module("local.seed").seed(up)


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
