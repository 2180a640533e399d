"""Pictures: those that the backend uploads for its messages, and those that a member sends. Kept for 3 days."""

import base64
import binascii
import struct
import zlib
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from sandbox.apis import Call, Refused
from sandbox.control import ControlError, world_of
from sandbox.state import Media
from sandbox.world import World, new_id

LIFE_S = 3 * 24 * 3600
BYTES_MAX = 2 * 1024 * 1024
PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_END = b"IEND\xaeB`\x82"
JPEG_START = b"\xff\xd8\xff"
JPEG_END = b"\xff\xd9"
# One grey pixel: what a member sends who was not told which picture to send.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)


def upload(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/media/upload?type=image, part `media`

    Source: the mini program's customer-service media; images of at most 2 MB, PNG or JPEG.
    """
    if call.query.get("type") != "image":
        raise Refused(40004, "invalid media type")
    picture = call.files.get("media")
    if not picture:
        raise Refused(41005, "media data missing")
    if len(picture) > BYTES_MAX:
        raise Refused(40009, "invalid image size")
    content_type = kind_of(picture)
    if content_type is None:
        raise Refused(40005, "invalid file type")
    media = keep(call.world, picture, content_type)
    return {"type": "image", "media_id": media.media_id, "created_at": int(call.world.now())}


def kind_of(picture: bytes) -> str | None:
    """The content type of a whole PNG or JPEG."""
    if picture.startswith(PNG_START) and picture.endswith(PNG_END) and _has_png_header(picture):
        return "image/png"
    if picture.startswith(JPEG_START) and picture.endswith(JPEG_END):
        return "image/jpeg"
    return None


def keep(world: World, picture: bytes, content_type: str) -> Media:
    _forget_old(world)
    media = Media(new_id("media_"), content_type, ends_at=world.now() + LIFE_S)
    folder = world.folder / "media"
    folder.mkdir(exist_ok=True)
    (folder / media.media_id).write_bytes(picture)
    world.state.media[media.media_id] = media
    world.changed()
    return media


def check(world: World, media_id: Any) -> None:
    """Refuse a picture that was never uploaded, or more than 3 days ago."""
    media = world.state.media.get(str(media_id))
    if media is None or media.ends_at <= world.now():
        raise Refused(40007, "invalid media_id")


def from_phone(world: World, encoded: str | None) -> Media:
    """A picture that a member sends, given as base64."""
    try:
        picture = PIXEL if encoded is None else base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise ControlError(400, "image is not base64") from None
    content_type = kind_of(picture)
    if content_type is None or len(picture) > BYTES_MAX:
        raise ControlError(400, "image is not a PNG or JPEG of at most 2 MB")
    return keep(world, picture, content_type)


async def show(request: Request) -> Response:
    world, media_id = world_of(request), request.path_params["media_id"]
    media = world.state.media.get(media_id)
    if media is None or media.ends_at <= world.now():
        raise ControlError(404, f"no picture has the media_id {media_id}, or its 3 days are over")
    return FileResponse(world.folder / "media" / media_id, media_type=media.content_type)


def _has_png_header(picture: bytes) -> bool:
    length, name = struct.unpack(">I4s", picture[8:16])
    (checksum,) = struct.unpack(">I", picture[29:33])
    return (length, name, checksum) == (13, b"IHDR", zlib.crc32(picture[12:29]))


def _forget_old(world: World) -> None:
    for media_id in [m.media_id for m in world.state.media.values() if m.ends_at <= world.now()]:
        del world.state.media[media_id]
        (world.folder / "media" / media_id).unlink(missing_ok=True)
