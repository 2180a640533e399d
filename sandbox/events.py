"""Tells whoever listens (the page, a call that waits for a reply) that something new happened."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import msgspec
from starlette.requests import Request
from starlette.responses import StreamingResponse

from sandbox.control import world_of

# A comment line now and then lets both ends notice a broken connection.
KEEP_ALIVE_S = 15.0


class Event(msgspec.Struct, omit_defaults=True):
    """What is new. kind: sent (a message of the backend), said (of a person), look (a card changed), people."""

    kind: str
    channel: str | None = None
    message_id: str | None = None
    who: list[str] = []


class Events:
    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Event | None]] = set()

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[Event | None]]:
        """Collect what happens from now on; None means that the sandbox stops."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    def tell(self, event: Event) -> None:
        for queue in self._listeners:
            queue.put_nowait(event)

    def close(self) -> None:
        for queue in self._listeners:
            queue.put_nowait(None)


async def stream(request: Request) -> StreamingResponse:
    """Server-Sent Events: one `data:` line of JSON for everything new."""
    events = world_of(request).events

    async def lines() -> AsyncIterator[bytes]:
        with events.listen() as news:
            yield b": hello\n\n"
            while True:
                try:
                    event = await asyncio.wait_for(news.get(), KEEP_ALIVE_S)
                except TimeoutError:
                    yield b": still here\n\n"
                    continue
                if event is None:
                    return
                yield b"data: " + msgspec.json.encode(event) + b"\n\n"

    return StreamingResponse(
        lines(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )
