"""Free and taken ports on this machine's loopback."""

import random
import socket

from local import say

LOWEST, HIGHEST = 20_000, 32_000
"""Below the range that the system hands out to outgoing connections, so that a free port stays free."""


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free() -> int:
    candidates = random.Random().sample(range(LOWEST, HIGHEST), 200)
    for port in candidates:
        if is_free(port):
            return port
    raise say.Failure(
        "No free port was found between 20000 and 32000: stop some programs and try again."
    )
