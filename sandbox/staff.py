"""The colleagues in the company's WeCom."""

import re

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.control import ControlError, answer, read, world_of
from sandbox.events import Event
from sandbox.state import Colleague
from sandbox.world import World

USERID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_\-@.]{0,63}")


class NewColleague(msgspec.Struct, forbid_unknown_fields=True):
    userid: str
    name: str


def find(world: World, userid: str) -> Colleague:
    colleague = world.state.staff.get(userid)
    if colleague is None:
        raise ControlError(404, f"no colleague has the userid {userid}")
    return colleague


async def show_all(request: Request) -> Response:
    return answer({"items": list(world_of(request).state.staff.values())})


async def save(request: Request) -> Response:
    """Add a colleague, or give one another name."""
    world, asked = world_of(request), await read(request, NewColleague)
    if not USERID.fullmatch(asked.userid):
        raise ControlError(
            400, "a userid has 1 to 64 of 0-9 A-Z a-z _ - @ . and begins with a digit or letter"
        )
    if not asked.name:
        raise ControlError(400, "name is empty")
    colleague = world.state.staff[asked.userid] = Colleague(asked.userid, asked.name)
    world.tell(Event("people", who=[colleague.userid]))
    return answer(colleague)
