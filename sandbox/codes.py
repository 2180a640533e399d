"""Mini program codes: made for a page and a scene, and scanned."""

import json
import re
from io import BytesIO
from typing import Any
from urllib.parse import quote

import segno
from PIL import Image, PngImagePlugin
from starlette.requests import Request
from starlette.responses import Response

from sandbox import photos, quotas
from sandbox.apis import Call, Refused
from sandbox.control import ControlError, answer

SCENE_CHARS_MAX = 32
SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@._~-]*")
PAGE = re.compile(r"[^/?#][^?#]*")
WIDTH, WIDTH_MIN, WIDTH_MAX = 430, 280, 1280
ENV_VERSIONS = ("release", "trial", "develop")
PER_MINUTE = 5_000
QUIET_MODULES = 4
CHUNK = "mini-program-code"


def make(call: Call) -> Response:
    """POST /wxa/getwxacodeunlimit: a PNG, or an error as JSON.

    Source: wechat.md A8. Any page counts as published. What is drawn is a QR code and not WeChat's round one, and
    a PNG also without `is_hyaline`, where WeChat makes a JPEG. That a character which is not allowed is 40097 is
    unverified; for a wrong length 40169 was seen.
    """
    world, asked = call.world, call.json()
    scene, page = asked.get("scene"), asked.get("page", "")
    env, width = asked.get("env_version", "release"), asked.get("width", WIDTH)
    if not isinstance(scene, str) or not 1 <= len(scene) <= SCENE_CHARS_MAX:
        raise Refused(40169, "invalid length for scene, or the data is not json string")
    if not SCENE.fullmatch(scene):
        raise Refused(40097, "invalid args, scene has characters that are not allowed")
    if not isinstance(page, str) or (page and not PAGE.fullmatch(page)):
        raise Refused(41030, "invalid page")
    if env not in ENV_VERSIONS or type(width) is not int or not WIDTH_MIN <= width <= WIDTH_MAX:
        raise Refused(40097, "invalid args")
    if not quotas.take_minute(world, "getwxacodeunlimit", limit=PER_MINUTE):
        raise Refused(45009, "reach max api minute frequence limit")
    said = {"appid": world.identity.appid, "page": page, "scene": scene, "env_version": env}
    return _drawn(said, width=width, clear=asked.get("is_hyaline") is True)


async def scan(request: Request) -> Response:
    """Scan a code, given as the body: the page that opens, and the query that it gets."""
    image = photos.opened(await request.body())
    written = image.info.get(CHUNK) if image is not None else None
    if not isinstance(written, str):
        raise ControlError(400, "the body is no mini program code (a PNG of getwxacodeunlimit)")
    said = json.loads(written)
    return answer({**said, "query": _query(said["scene"])})


def _drawn(said: dict[str, Any], *, width: int, clear: bool) -> Response:
    text = f"{said['appid']}/{said['page']}?{_query(said['scene'])}"
    modules = [bytes(255 * dark for dark in row) for row in segno.make_qr(text).matrix]
    ink = Image.frombytes("L", (len(modules), len(modules)), b"".join(modules))
    side = width // (len(modules) + 2 * QUIET_MODULES) * len(modules)
    mask = Image.new("L", (width, width))
    mask.paste(ink.resize((side, side), Image.Resampling.NEAREST), ((width - side) // 2,) * 2)
    code = Image.new("LA", (width, width), (255, 0 if clear else 255))
    code.paste((0, 255), mask=mask)
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text(CHUNK, json.dumps(said))
    out = BytesIO()
    code.save(out, "PNG", pnginfo=chunks)
    return Response(out.getvalue(), media_type="image/png")


def _query(scene: str) -> str:
    return f"scene={quote(scene, safe='')}"
