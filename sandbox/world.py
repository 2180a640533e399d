"""The sandbox as a whole: its identity, its state, its clock, and its line to the backend."""

import asyncio
import secrets
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import httpx

from sandbox import identity
from sandbox.clock import Clock
from sandbox.envelopes import MemberPush
from sandbox.events import Event, Events
from sandbox.state import Colleague, StateFile

FIRST_STAFF = {"zhangsan": "张三", "lisi": "李四", "wangwu": "王五"}


class World:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.identity = identity.load_or_create(folder / "identity.json")
        self._file = StateFile(folder / "sandbox.json")
        self.state = self._file.state
        self.clock = Clock(self.state)
        self.events = Events()
        # By openid: a push that waits for the member's next one, to be delivered after it.
        self.held: dict[str, MemberPush] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        # The backend is on this machine: plain HTTP, no proxy, and a connection for each request, so that none
        # is used that the other end is just closing.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        self.http = httpx.AsyncClient(trust_env=False, verify=False, timeout=None, limits=limits)
        if not self.state.staff:
            self.state.staff = {
                userid: Colleague(userid, name) for userid, name in FIRST_STAFF.items()
            }

    def now(self) -> float:
        return self.clock.now()

    def changed(self) -> None:
        self._file.changed()

    def tell(self, event: Event) -> None:
        """Save soon, and tell the page now."""
        self.changed()
        self.events.tell(event)

    def next_seq(self) -> int:
        self.state.last_seq += 1
        return self.state.last_seq

    def start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something in the background; what is not done when the sandbox stops is dropped."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._file.save()
        await self.http.aclose()


def new_id(prefix: str) -> str:
    return f"{prefix}{secrets.token_hex(12)}"
