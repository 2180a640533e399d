"""The sandbox's time: the machine's, moved ahead as far as it was told. It never goes back."""

import time
from datetime import UTC, datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.control import ControlError, answer, read, world_of
from sandbox.state import State

AHEAD_S_MAX = 20 * 366 * 24 * 3600


class Clock:
    def __init__(self, state: State) -> None:
        self._state = state

    def now(self) -> float:
        return time.time() + self._state.ahead_s


class Leap(msgspec.Struct, forbid_unknown_fields=True):
    ahead_s: float


def rfc3339(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


async def show(request: Request) -> Response:
    world = world_of(request)
    return answer({"ahead_s": world.state.ahead_s, "now": rfc3339(world.now())})


async def move(request: Request) -> Response:
    """Move time ahead by so many seconds, from wherever it is."""
    world, asked = world_of(request), await read(request, Leap)
    if asked.ahead_s < 0:
        raise ControlError(400, "time only moves ahead: ahead_s is not below 0")
    if world.state.ahead_s + asked.ahead_s > AHEAD_S_MAX:
        raise ControlError(400, f"time moves ahead by {AHEAD_S_MAX} s (20 years) in all, at most")
    world.state.ahead_s += asked.ahead_s
    world.changed()
    return await show(request)
