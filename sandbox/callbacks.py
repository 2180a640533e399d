"""Delivers pushes to the backend as the platforms do: 5 seconds to answer, then up to 3 more tries."""

import asyncio
import logging
import time
from dataclasses import dataclass
from typing import Any, Literal

import httpx
import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.control import ControlError, answer, read, world_of
from sandbox.envelopes import BadReply, Letter, Push, url_check
from sandbox.state import CallbackCount, Delivery
from sandbox.world import World

log = logging.getLogger(__name__)

RETRIES = 3
# Source: wechat.md B, row "URL check". A mini program's check has the 5 seconds of any push.
URL_CHECK_S = {"wechat": 5.0, "wecom": 1.0}


@dataclass(frozen=True)
class Outcome:
    """How a push went: the last answer's status (none if there was no answer), and why it failed if it did."""

    status: int | None
    attempts: int
    error: str | None = None
    reply: dict[str, Any] | None = None

    def shown(self) -> dict[str, Any]:
        return {"status": self.status, "attempts": self.attempts, "error": self.error}


class DeliveryChange(msgspec.Struct, forbid_unknown_fields=True):
    timeout_s: float | None = None
    retry_after_s: float | None = None


class UrlCheck(msgspec.Struct, forbid_unknown_fields=True):
    platform: Literal["wechat", "wecom"]


async def push(world: World, message: Push) -> Outcome:
    """Deliver one push; each try is sealed anew, with a fresh nonce and the time of the try."""
    upstream(world)
    count = world.state.callbacks.setdefault(message.channel, CallbackCount())
    count.pushed += 1
    for attempt in range(1, RETRIES + 2):
        count.attempts += 1
        outcome = await _try(world, message, attempt)
        if outcome.error is None:
            break
        log.info("push to %s failed (try %d): %s", message.channel, attempt, outcome.error)
        if attempt <= RETRIES:
            await asyncio.sleep(world.state.delivery.retry_after_s)
    else:
        count.failed += 1
    world.changed()
    return outcome


def push_later(world: World, message: Push) -> None:
    """Deliver without anybody waiting for it; without a backend there is nobody to tell."""
    if world.state.upstream is not None:
        world.start(push(world, message))


def upstream(world: World) -> str:
    if world.state.upstream is None:
        raise ControlError(
            503, "the sandbox does not know the API's address yet: PUT /_sandbox/upstream first"
        )
    return world.state.upstream


async def check(request: Request) -> Response:
    """Verify a callback address as the platform does when it is entered there."""
    world, asked = world_of(request), await read(request, UrlCheck)
    letter, expected = url_check(world.identity, asked.platform, world.now())
    started_at = time.monotonic()
    why = None
    try:
        reply = await _send(world, "GET", letter, world.state.delivery.timeout_s)
    except (httpx.RequestError, TimeoutError) as error:
        why = _no_answer(error)
    else:
        took_s = time.monotonic() - started_at
        allowed_s = URL_CHECK_S[asked.platform]
        if reply.status_code != 200:
            why = f"answered with HTTP {reply.status_code}"
        elif reply.content != expected.encode():
            why = "the echo is not the text that was sent"
        elif took_s > allowed_s:
            why = f"answered after {took_s:.1f} s; the platform waits {allowed_s:g} s"
    return answer({"ok": why is None, "why": why})


async def show_delivery(request: Request) -> Response:
    return answer(world_of(request).state.delivery)


async def set_delivery(request: Request) -> Response:
    """Change how long a push waits for its answer, and how long until it is tried again."""
    world, asked = world_of(request), await read(request, DeliveryChange)
    delivery: Delivery = world.state.delivery
    if asked.timeout_s is not None:
        if not 0 < asked.timeout_s <= 60:
            raise ControlError(400, "timeout_s is above 0 and at most 60")
        delivery.timeout_s = asked.timeout_s
    if asked.retry_after_s is not None:
        if not 0 <= asked.retry_after_s <= 60:
            raise ControlError(400, "retry_after_s is from 0 to 60")
        delivery.retry_after_s = asked.retry_after_s
    world.changed()
    return await show_delivery(request)


async def _try(world: World, message: Push, attempt: int) -> Outcome:
    letter = message.letter(world.identity, world.now())
    try:
        reply = await _send(world, "POST", letter, world.state.delivery.timeout_s)
    except (httpx.RequestError, TimeoutError) as error:
        return Outcome(None, attempt, _no_answer(error))
    if reply.status_code != 200:
        return Outcome(reply.status_code, attempt, f"answered with HTTP {reply.status_code}")
    try:
        return Outcome(200, attempt, reply=message.read_reply(world.identity, reply.content))
    except BadReply as error:
        return Outcome(200, attempt, str(error))


async def _send(world: World, method: str, letter: Letter, timeout_s: float) -> httpx.Response:
    headers = (
        {"Content-Type": letter.content_type, "User-Agent": "Mozilla/4.0"}
        if letter.content_type
        else {}
    )
    async with asyncio.timeout(timeout_s):
        return await world.http.request(
            method,
            f"{upstream(world)}{letter.path}?{letter.query}",
            content=letter.body or None,
            headers=headers,
        )


def _no_answer(error: Exception) -> str:
    return (
        "no answer in time"
        if isinstance(error, TimeoutError)
        else f"no connection ({type(error).__name__})"
    )
