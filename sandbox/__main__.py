"""Starts the sandbox: python -m sandbox --port 8787 --state DIR"""

import argparse
import ipaddress
import logging
import sys
from pathlib import Path

import msgspec

from sandbox import server
from sandbox.world import World

PORT = 8787


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="WeChat and WeCom on this machine."
    )
    parser.add_argument(
        "--port", type=int, default=PORT, help="port to listen at (default %(default)s)"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="loopback address (default %(default)s)"
    )
    parser.add_argument(
        "--state", type=Path, required=True, help="folder for its identity and its state"
    )
    options = parser.parse_args()
    if not _is_loopback(options.host):
        return _failed(
            f"The sandbox listens on this machine only: {options.host} is not a loopback address."
        )
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s %(message)s")
    for noisy in ("httpx", "httpcore", "uvicorn.error"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        listener = server.bind(options.host, options.port)
    except OSError as error:
        return _failed(
            f"The sandbox cannot listen at {options.host}:{options.port}: {error.strerror}."
        )
    try:
        world = World(options.state)
    except (OSError, msgspec.MsgspecError) as error:
        return _failed(f"The sandbox cannot read or write its state in {options.state}: {error}.")
    print(f"sandbox: http://{options.host}:{options.port}  (state in {options.state})", flush=True)
    server.run(world, listener)
    return 0


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _failed(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
