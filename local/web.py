"""Small HTTP calls to the servers of this machine."""

import json
import time
import urllib.error
import urllib.request
from typing import Any

from local import say
from local.processes import Keeper

STARTING_S_MAX = 60
POLL_S = 0.05


def call(method: str, url: str, body: Any = None) -> Any:
    """Send JSON, get JSON."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} if data else {}
    request = urllib.request.Request(url, data=data, headers=headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or b"null")


def wait_until_answers(url: str, keeper: Keeper) -> None:
    """Wait for a server that was just started; its last words are shown if it ends instead."""
    deadline = time.monotonic() + STARTING_S_MAX
    while time.monotonic() < deadline:
        try:
            call("GET", url)
        except (urllib.error.URLError, OSError, ValueError):
            if not keeper.running():
                raise say.Failure(
                    f"The {keeper.name} ended while starting:\n{keeper.last_words()}"
                ) from None
            time.sleep(POLL_S)
        else:
            return
    raise say.Failure(
        f"The {keeper.name} did not answer at {url} within {STARTING_S_MAX} s; its log: {keeper.log}"
    )
