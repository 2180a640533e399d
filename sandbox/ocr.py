"""Reads licences off pictures, 100 of each kind a day."""

import asyncio
from typing import Any

import httpx
import msgspec

from sandbox import photos, quotas
from sandbox.apis import Call, Refused, ok
from sandbox.photos import Card, DriverLicence, VehicleLicence
from sandbox.world import World

PER_DAY = 100
BYTES_MAX = 2_000_000
FETCH_S_MAX = 3.0


async def vehicle_licence(call: Call) -> dict[str, Any]:
    """POST /cv/ocr/driving"""
    return await _read(call, VehicleLicence, quota="ocr driving")


async def driver_licence(call: Call) -> dict[str, Any]:
    """POST /cv/ocr/drivinglicense"""
    return await _read(call, DriverLicence, quota="ocr drivinglicense")


async def _read(call: Call, kind: type[Card], *, quota: str) -> dict[str, Any]:
    """The picture comes as the part `img`, or from the address `img_url`.

    Source: wechat.md A9. The codes for no picture and for too large a one (101002) are unverified.
    """
    picture = call.files.get("img")
    if picture is None and call.query.get("img_url"):
        picture = await _fetched(call.world, call.query["img_url"])
    image = photos.opened(picture) if picture and len(picture) < BYTES_MAX else None
    if image is None:
        raise Refused(101002, "invalid image data")
    if not quotas.take_day(call.world, quota, limit=PER_DAY):
        raise Refused(101003, "not enough market quota")
    card = photos.card_on(image, kind)
    if card is None:
        raise Refused(101001, "certificate not found")
    return ok(**msgspec.to_builtins(card), img_size={"w": image.width, "h": image.height})


async def _fetched(world: World, url: str) -> bytes:
    """The picture behind an address, or as much of it as is too much."""
    picture = b""
    try:
        async with asyncio.timeout(FETCH_S_MAX), world.http.stream("GET", url) as reply:
            if reply.status_code != 200:
                raise Refused(101000, "invalid image url")
            async for part in reply.aiter_bytes():
                picture += part
                if len(picture) >= BYTES_MAX:
                    break
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
        raise Refused(101000, "invalid image url") from None
    return picture
