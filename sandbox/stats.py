"""Figures: calls and refusals of each API, tokens that are good, quotas in use, pushes delivered."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox import quotas
from sandbox.control import answer, world_of
from sandbox.world import World

TOKEN_APIS = {
    "/cgi-bin/stable_token": "stable",
    "/cgi-bin/token": "plain",
    "/cgi-bin/gettoken": "wecom",
}


async def show(request: Request) -> Response:
    world = world_of(request)
    fetches = {
        family: world.state.apis[path].calls
        for path, family in TOKEN_APIS.items()
        if path in world.state.apis
    }
    return answer(
        {
            "apis": world.state.apis,
            "token_fetches": {family: fetches.get(family, 0) for family in TOKEN_APIS.values()},
            "quotas": _quotas(world),
            "callbacks": world.state.callbacks,
            "sent": _sent(world),
        }
    )


def _quotas(world: World) -> dict[str, Any]:
    return {
        "last_minute": {key: quotas.used_minute(world, key) for key in world.state.minutes},
        "today": {key: quotas.used_today(world, key) for key in world.state.days},
    }


def _sent(world: World) -> dict[str, int]:
    counts: dict[str, int] = {}
    for message in world.state.sent:
        counts[message.channel] = counts.get(message.channel, 0) + 1
    return counts
