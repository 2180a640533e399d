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


class ClockSetting(msgspec.Struct, forbid_unknown_fields=True):
    ahead_s: float


def rfc3339(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


async def show(request: Request) -> Response:
    world = world_of(request)
    return answer({"ahead_s": world.state.ahead_s, "now": rfc3339(world.now())})


async def move(request: Request) -> Response:
    """Set how far ahead of real time the sandbox is; a smaller distance than the present one is refused."""
    world, asked = world_of(request), await read(request, ClockSetting)
    if asked.ahead_s < world.state.ahead_s:
        raise ControlError(
            409,
            f"time only moves ahead: it is {world.state.ahead_s:g} s ahead already, "
            f"{asked.ahead_s:g} s would be a step back",
        )
    if asked.ahead_s > AHEAD_S_MAX:
        raise ControlError(400, f"ahead_s is at most {AHEAD_S_MAX} (20 years)")
    world.state.ahead_s = asked.ahead_s
    world.changed()
    return await show(request)
