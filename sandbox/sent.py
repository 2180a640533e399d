"""What the backend sent, through whichever channel, and how it can be looked up."""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox import looks
from sandbox.clock import rfc3339
from sandbox.control import ControlError, answer, world_of
from sandbox.events import Event
from sandbox.state import Look, Sent
from sandbox.world import World, new_id

# Replies often come as several messages; this long a silence is taken for the end of them.
SILENCE_S = 0.3


def record(
    world: World,
    *,
    channel: str,
    kind: str,
    to: list[str],
    body: dict[str, Any],
    look: Look | None = None,
) -> Sent:
    """Deliver a message: keep it, and tell whoever waits for it."""
    message = Sent(
        seq=world.next_seq(),
        message_id=new_id("msg_"),
        channel=channel,
        kind=kind,
        to=to,
        body=body,
        at=world.now(),
        look=look,
        looks=dict.fromkeys(to, look) if look is not None else {},
    )
    world.state.sent.append(message)
    world.tell(Event("sent", channel, message.message_id, to))
    return message


def find(world: World, message_id: str) -> Sent | None:
    return next((m for m in reversed(world.state.sent) if m.message_id == message_id), None)


def shown(message: Sent) -> dict[str, Any]:
    return {
        "message_id": message.message_id,
        "channel": message.channel,
        "kind": message.kind,
        "to": message.to,
        "body": message.body,
        "state": looks.state(message),
        "at": rfc3339(message.at),
    }


async def show(request: Request) -> Response:
    """Newest first; `to` = a receiver, `kind` = a msgtype, `after` = a message_id or a time, neither included."""
    world, query = world_of(request), request.query_params
    unknown = set(query) - {"to", "kind", "after"}
    if unknown:
        raise ControlError(
            400, f"unknown: {', '.join(sorted(unknown))}; there are to, kind and after"
        )
    items: Iterable[Sent] = reversed(world.state.sent)
    if "to" in query:
        items = [m for m in items if query["to"] in m.to]
    if "kind" in query:
        items = [m for m in items if m.kind == query["kind"]]
    if "after" in query:
        items = _after(world, items, query["after"])
    return answer({"items": [shown(m) for m in items]})


async def replies(
    world: World, *, channel: str, to: str, after_seq: int, wait_s: float
) -> list[Sent]:
    """The messages of a channel to one person after a point; waits for the first one, then for a short silence."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + wait_s
    with world.events.listen() as news:
        found = _since(world, channel=channel, to=to, after_seq=after_seq)
        while (left_s := ends_at - loop.time()) > 0:
            try:
                event = await asyncio.wait_for(
                    news.get(), min(left_s, SILENCE_S) if found else left_s
                )
            except TimeoutError:
                break
            if event is None:
                break
            found = _since(world, channel=channel, to=to, after_seq=after_seq)
    return found


def _since(world: World, *, channel: str, to: str, after_seq: int) -> list[Sent]:
    return [
        m for m in world.state.sent if m.seq > after_seq and m.channel == channel and to in m.to
    ]


def _after(world: World, items: Iterable[Sent], mark: str) -> list[Sent]:
    message = find(world, mark)
    if message is not None:
        return [m for m in items if m.seq > message.seq]
    try:
        # In a query string an unescaped + arrives as a space.
        moment = datetime.fromisoformat(mark.replace(" ", "+"))
    except ValueError:
        raise ControlError(400, "after is a message_id or an RFC 3339 time") from None
    if moment.tzinfo is None:
        raise ControlError(400, "after needs its offset from UTC, for example a Z at its end")
    # Compared as they are shown: to the microsecond.
    return [m for m in items if rfc3339(m.at) > rfc3339(moment.timestamp())]
