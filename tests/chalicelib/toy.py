"""A toy door, for what all doors do the same way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any

import msgspec

from chalicelib.errors import Conflict, Forbidden, TooMany, Unavailable
from chalicelib.http import Answer, Call, Door, Incoming, Recognised, Route, Who, serve
from chalicelib.lists import PageQuery


@dataclass(frozen=True)
class Driver:
    caller_id: str


class Wash(msgspec.Struct):
    """What is to be washed."""

    plate: Annotated[str, msgspec.Meta(max_length=8)]


class Washed(msgspec.Struct):
    plate: str
    wash_id: str


class NoWater(Conflict):
    code = "no_water"
    text = "停水了"


@dataclass
class CarWash:
    """A door, and what its handlers were called with. `raises` is what the next wash meets."""

    calls: list[Call[Any, Any, Any]] = field(default_factory=list)
    raises: list[BaseException] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.door = Door("car_wash")

        @self.door.route("GET", "/prices", who=Who.GUEST, asks=PageQuery, gives=list[str])
        def prices(call: Call[Driver | None, None, PageQuery]) -> list[str]:
            """What a wash costs."""
            self._note(call)
            return ["精洗 38 元"]

        @self.door.route("GET", "/open", who=Who.ANYONE, gives=Answer)
        def is_open(call: Call[None, None, None]) -> Answer:
            """Whether it is open."""
            self._note(call)
            return Answer(200, "yes", {"Content-Type": "text/plain"})

        @self.door.route("GET", "/washes", gives=list[str])
        def washes(call: Call[Driver, None, None]) -> list[str]:
            """My washes."""
            self._note(call)
            return []

        @self.door.route(
            "POST", "/bays/{bay}/washes", takes=Wash, gives=Washed, status=201, refuses=(NoWater,)
        )
        def wash(call: Call[Driver, Wash, None], bay: str) -> Washed:
            """Wash a car."""
            self._note(call)
            return Washed(f"{call.body.plate} in {bay}", f"{call.request_id} {call.now}")

        @self.door.route("PUT", "/bays/{bay}/light")
        def light(call: Call[Driver, None, None], bay: str) -> None:
            """Turn the light on."""
            self._note(call)

    def _note(self, call: Call[Any, Any, Any]) -> None:
        self.calls.append(call)
        if self.raises:
            raise self.raises.pop(0)

    def route(self, method: str, path: str) -> Route:
        return next(r for r in self.door.routes if (r.method, r.path) == (method, path))

    def serve(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        request_id: str = "request-1",
        **values: str,
    ) -> Answer:
        incoming = Incoming(
            headers={"content-type": "application/json", **(headers or {})},
            query=values if method == "GET" else {},
            path=values if method != "GET" else {},
            body=body,
            request_id=request_id,
        )
        return serve(self.route(method, path), incoming, identify)


def identify(token: str, now: datetime) -> Recognised | None:
    """`token-of-li` opens; the one of yesterday opens too, and brings a fresh one."""
    fresh = {"Toy-Token": "token-of-li"} if token == "token-of-yesterday" else {}
    return Recognised(Driver("li"), fresh) if fresh or token == "token-of-li" else None


LI = {"authorization": "Bearer token-of-li"}

__all__ = ["LI", "CarWash", "Forbidden", "NoWater", "TooMany", "Unavailable", "identify"]
