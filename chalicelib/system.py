"""What the system says about itself over HTTP: that it lives, and its contract."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from chalicelib.http import Answer, Call, Door, Who
from chalicelib.settings import settings

VERSION = "0.1.0"


class Health(msgspec.Struct):
    version: str
    stage: str


def door_for(doors: Sequence[Door]) -> Door:
    """The door of health and contract; the contract is that of `doors` and of this door itself."""
    door = Door("system")

    @door.route("GET", "/health", who=Who.ANYONE, gives=Health)
    def health(_call: Call[None, None, None]) -> Health:
        """Which version answers, on which stage."""
        return Health(VERSION, settings().stage)

    @door.route("GET", "/openapi.json", who=Who.ANYONE, gives=Answer)
    def contract(_call: Call[None, None, None]) -> Answer:
        """This contract."""
        from chalicelib import openapi

        body = openapi.document([*doors, door], version=VERSION)
        return Answer(200, body.decode(), {"Content-Type": "application/json"})

    return door
