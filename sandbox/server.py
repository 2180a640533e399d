"""Runs the sandbox on a socket, and stops it cleanly: streams end, the state is saved, exit code 0."""

import asyncio
import signal
import socket
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn

from sandbox.app import create_app
from sandbox.connections import CuttableProtocol
from sandbox.world import World

STOP_WITHIN_S = 3
KEEP_ALIVE_S = 75


class Server(uvicorn.Server):
    """uvicorn, which first lets the endless streams of the page end."""

    def __init__(self, world: World) -> None:
        app = create_app(world)
        config = uvicorn.Config(
            app,
            http=CuttableProtocol,
            ws="none",
            log_config=None,
            # The query strings of the platforms' APIs hold secrets and tokens.
            access_log=False,
            # A proxy's word for the peer's address would hide the connection that is to be cut.
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=STOP_WITHIN_S,
        )
        super().__init__(config)
        self._world = world

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Stop on SIGTERM and SIGINT without raising them again: a clean stop is no failure."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        yield

    def stop(self) -> None:
        self.should_exit = True
        self._world.events.close()


def bind(host: str, port: int) -> socket.socket:
    """Take the port, or OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio turns off Nagle's delay of 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def run(world: World, listener: socket.socket) -> None:
    asyncio.run(Server(world).serve(sockets=[listener]))
