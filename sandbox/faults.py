"""Scripted misbehaviour of the platform APIs: an error code, a status, a delay, a dropped connection."""

import random

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.control import ControlError, answer, read, world_of
from sandbox.state import Fault
from sandbox.world import World


class NewFault(msgspec.Struct, forbid_unknown_fields=True):
    path: str
    errcode: int | None = None
    status: int | None = None
    delay_ms: int | None = None
    drop: bool = False
    times: int | None = None
    share: float | None = None


def take(world: World, path: str) -> Fault | None:
    """The fault that strikes this call, if one does; a fault with `times` wears out."""
    for fault in world.state.faults:
        if fault.path != path or (fault.share is not None and random.random() >= fault.share):
            continue
        if fault.times is not None:
            fault.times -= 1
            if fault.times == 0:
                world.state.faults.remove(fault)
        world.changed()
        return fault
    return None


async def show(request: Request) -> Response:
    return answer({"items": world_of(request).state.faults})


async def add(request: Request) -> Response:
    world, asked = world_of(request), await read(request, NewFault)
    _check(asked, known_paths=request.app.state.api_paths)
    fault = msgspec.convert(msgspec.to_builtins(asked), Fault)
    world.state.faults.append(fault)
    world.changed()
    return answer(fault)


async def clear(request: Request) -> Response:
    world = world_of(request)
    world.state.faults.clear()
    world.changed()
    return answer({"items": []})


def _check(asked: NewFault, *, known_paths: frozenset[str]) -> None:
    outcomes = [asked.errcode is not None, asked.status is not None, asked.drop]
    if asked.path not in known_paths:
        raise ControlError(
            400, f"no API has the path {asked.path}; there are: {', '.join(sorted(known_paths))}"
        )
    if sum(outcomes) > 1:
        raise ControlError(400, "only one of errcode, status and drop")
    if not any(outcomes) and asked.delay_ms is None:
        raise ControlError(400, "one of errcode, status, delay_ms and drop is needed")
    if asked.errcode == 0:
        raise ControlError(400, "errcode 0 is no error")
    if asked.status is not None and not 200 <= asked.status <= 599:
        raise ControlError(400, "status is from 200 to 599")
    if asked.delay_ms is not None and not 0 < asked.delay_ms <= 120_000:
        raise ControlError(400, "delay_ms is from 1 to 120000")
    if asked.times is not None and asked.share is not None:
        raise ControlError(400, "only one of times and share")
    if asked.times is not None and asked.times < 1:
        raise ControlError(400, "times is at least 1")
    if asked.share is not None and not 0 < asked.share <= 1:
        raise ControlError(400, "share is above 0 and at most 1")
