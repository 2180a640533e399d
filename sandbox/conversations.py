"""What was said in both directions, in order: the customer-service chat of a member, the inbox of a colleague."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox import looks, staff, users
from sandbox.clock import rfc3339
from sandbox.control import answer, world_of
from sandbox.events import Event
from sandbox.state import Said, Sent
from sandbox.world import World


def note(world: World, *, channel: str, who: str, kind: str, body: dict[str, Any]) -> Said:
    """Keep what a person said."""
    said = Said(
        seq=world.next_seq(), channel=channel, who=who, kind=kind, body=body, at=world.now()
    )
    world.state.said.append(said)
    world.tell(Event("said", channel, who=[who]))
    return said


async def chat(request: Request) -> Response:
    """The customer-service chat of a member, oldest first."""
    world, openid = world_of(request), request.path_params["openid"]
    users.find(world, openid)
    return answer({"items": _both(world, "customer_service", openid, by="member")})


async def inbox(request: Request) -> Response:
    """The app's messages to a colleague and the colleague's own, oldest first, each card as the colleague sees it."""
    world, userid = world_of(request), request.path_params["userid"]
    staff.find(world, userid)
    return answer({"items": _both(world, "wecom_app", userid, by="colleague")})


async def bot(request: Request) -> Response:
    """What the bot wrote to the group, oldest first."""
    world = world_of(request)
    return answer(
        {"items": [_of_service(m, None) for m in world.state.sent if m.channel == "wecom_bot"]}
    )


def _both(world: World, channel: str, who: str, *, by: str) -> list[dict[str, Any]]:
    mine = [
        (s.seq, _of_person(s, by))
        for s in world.state.said
        if s.channel == channel and s.who == who
    ]
    theirs = [
        (m.seq, _of_service(m, who))
        for m in world.state.sent
        if m.channel == channel and who in m.to
    ]
    return [item for _, item in sorted(mine + theirs, key=lambda pair: pair[0])]


def _of_person(said: Said, by: str) -> dict[str, Any]:
    return {
        "from": by,
        "message_id": None,
        "kind": said.kind,
        "body": said.body,
        "look": None,
        "at": rfc3339(said.at),
    }


def _of_service(message: Sent, who: str | None) -> dict[str, Any]:
    look = message.looks.get(who) if who is not None else None
    return {
        "from": "service",
        "message_id": message.message_id,
        "kind": message.kind,
        "body": message.body,
        "look": looks.show(look) if look is not None else None,
        "at": rfc3339(message.at),
    }
