"""Looks at pictures as mediaCheckAsync v2 does: the verdict is pushed later, or sooner, or never, as scripted."""

import asyncio
import secrets
from io import BytesIO
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
import msgspec
from PIL import Image
from starlette.requests import Request
from starlette.responses import Response

from sandbox import callbacks, quotas
from sandbox.apis import Call, Refused, ok
from sandbox.control import ControlError, answer, read, world_of
from sandbox.envelopes import Format, MemberPush
from sandbox.safety import LABELS, STRICTEST_FIRST, check_active
from sandbox.state import CheckScript
from sandbox.world import World

PER_MINUTE = 2_000
PER_DAY = 200_000
SAME_PER_DAY = 20
BYTES_MAX = 10 * 1024 * 1024
FETCH_S_MAX = 20.0
DELAY_MS_MAX = 120_000
# WebP is not among them. Source: wechat.md A5
FORMATS = ("JPEG", "PNG", "BMP", "GIF")
DOWNLOAD_FAILED = -1008
# The first version writes the same code as an unsigned number.
DOWNLOAD_FAILED_V1 = 2**32 + DOWNLOAD_FAILED
SENDER = "oPlatformCheckService0000000"


class NewScript(msgspec.Struct, forbid_unknown_fields=True):
    """How verdicts come about pictures whose address contains `media`, or all: `times` times, or always.

    `when`: before the answer to the call that asks, after it (by `delay_ms`), or never. `errcode`: as if the
    platform had failed so. `form`: as documented; as seen in the wild, with the label as text and no errcode
    at the top; or as the API's first version. `repeat`: how often the same verdict is pushed.
    """

    media: str | None = None
    when: Literal["before", "after", "never"] = "after"
    delay_ms: int = 200
    errcode: int | None = None
    form: Literal["documented", "loose", "v1"] = "documented"
    format: Format = "json"
    repeat: int = 1
    times: int | None = None


async def check(call: Call) -> dict[str, Any]:
    """POST /wxa/media_check_async

    Source: wechat.md A5. The codes for a wrong version (40097) and an unusable address (40155), and how often
    the same picture may be asked about (87020), are unverified.
    """
    world, asked = call.world, call.json()
    url = asked.get("media_url")
    if asked.get("version") != 2:
        raise Refused(40097, "invalid args, version must be 2")
    if asked.get("scene") not in (1, 2, 3, 4):
        raise Refused(40129, "invalid scene")
    if asked.get("media_type") != 2:
        raise Refused(40004, "the sandbox looks at pictures only: media_type 2")
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise Refused(40155, "invalid media_url")
    check_active(world, str(asked.get("openid")))
    if not quotas.take_minute(world, "media_check_async", limit=PER_MINUTE):
        raise Refused(44991, "reach max api minute frequence limit")
    if not quotas.take_day(world, "media_check_async", limit=PER_DAY):
        raise Refused(45009, "reach max api daily quota limit")
    if not quotas.take_day(world, f"media {urlsplit(url).path}", limit=SAME_PER_DAY):
        raise Refused(87020, "reach max repeat limit")
    trace_id = "-".join(secrets.token_hex(4) for _ in range(3))
    script = _script_for(world, url)
    if script.when == "before":
        await _tell(world, script, trace_id, url)
    elif script.when == "after":
        world.start(_tell_later(world, script, trace_id, url))
    return ok(trace_id=trace_id)


async def show(request: Request) -> Response:
    return answer({"items": world_of(request).state.check_scripts})


async def add(request: Request) -> Response:
    world, asked = world_of(request), await read(request, NewScript)
    if not 0 <= asked.delay_ms <= DELAY_MS_MAX:
        raise ControlError(400, f"delay_ms is from 0 to {DELAY_MS_MAX}")
    if asked.times is not None and asked.times < 1:
        raise ControlError(400, "times is at least 1")
    if not 1 <= asked.repeat <= 20:
        raise ControlError(400, "repeat is from 1 to 20")
    world.state.check_scripts.append(msgspec.convert(msgspec.to_builtins(asked), CheckScript))
    world.changed()
    return await show(request)


async def clear(request: Request) -> Response:
    world = world_of(request)
    world.state.check_scripts.clear()
    world.changed()
    return await show(request)


def _script_for(world: World, url: str) -> CheckScript:
    """The first script for this picture; one with `times` wears out."""
    for script in world.state.check_scripts:
        if script.media is not None and script.media not in url:
            continue
        if script.times is not None:
            script.times -= 1
            if script.times == 0:
                world.state.check_scripts.remove(script)
        world.changed()
        return script
    return CheckScript()


async def _tell_later(world: World, script: CheckScript, trace_id: str, url: str) -> None:
    await asyncio.sleep(script.delay_ms / 1000)
    await _tell(world, script, trace_id, url)


async def _tell(world: World, script: CheckScript, trace_id: str, url: str) -> None:
    errcode = script.errcode or 0
    if not errcode and not await _is_picture(world, url):
        errcode = DOWNLOAD_FAILED
    fields = {
        "ToUserName": world.identity.original_id,
        "FromUserName": SENDER,
        "CreateTime": int(world.now()),
        "MsgType": "event",
        "Event": "wxa_media_check",
        "appid": world.identity.appid,
        "trace_id": trace_id,
        **_verdict(script.form, _suggestion(world, url), errcode),
    }
    push = MemberPush(SENDER, fields, mode=world.identity.push_mode, format=script.format)
    if world.state.upstream is None:
        return
    for _ in range(script.repeat):
        await callbacks.push(world, push)


def _suggestion(world: World, url: str) -> str:
    """The strictest of the scripted verdicts whose text is in the address."""
    hits = [said for media, said in world.state.media_verdicts.items() if media in url]
    return min(hits, key=STRICTEST_FIRST.index, default="pass")


def _verdict(form: str, suggest: str, errcode: int) -> dict[str, Any]:
    if form == "v1":
        status = DOWNLOAD_FAILED_V1 if errcode else 0
        return {
            "isrisky": int(suggest == "risky"),
            "extra_info_json": "",
            "status_code": status,
        }
    if errcode:
        return {"version": 2, "detail": [], "errcode": errcode, "errmsg": "download failed"}
    label: int | str = LABELS[suggest]
    if form == "loose":
        label = str(label)
    verdict = {"suggest": suggest, "label": label}
    detail = [{"strategy": "content_model", "errcode": 0, **verdict, "prob": 90}]
    at_top = {} if form == "loose" else {"errcode": 0, "errmsg": "ok"}
    return {"version": 2, "detail": detail, **at_top, "result": verdict}


async def _is_picture(world: World, url: str) -> bool:
    """Whether the address gives a picture that the platform takes."""
    picture = b""
    try:
        async with asyncio.timeout(FETCH_S_MAX), world.http.stream("GET", url) as reply:
            if reply.status_code != 200:
                return False
            async for part in reply.aiter_bytes():
                picture += part
                if len(picture) > BYTES_MAX:
                    return False
        Image.open(BytesIO(picture), formats=FORMATS).verify()
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError, SyntaxError):
        return False
    return True
