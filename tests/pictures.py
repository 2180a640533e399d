"""Pictures and videos that members post, and what WeChat says of them."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from tests.fakes.usual import trace_of

if TYPE_CHECKING:
    from tests.world import World

TAKEN_IN = (31.0, 14.0, 3.0)
"""Degrees, minutes and seconds north; the camera is in Shanghai."""
CAMERA = "Camera of somebody"


@cache
def a_photo(
    width: int = 1000, height: int = 800, *, kind: str = "JPEG", turned: int = 1, **save: Any
) -> bytes:
    """A photo, red in its upper left corner, that says where and with what it was taken."""
    from PIL import ExifTags, Image

    image = Image.new("RGB", (width, height), (30, 60, 200))
    image.paste((230, 20, 20), (0, 0, width // 2, height // 2))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turned
    exif[ExifTags.Base.Model] = CAMERA
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef] = "N"
    place[ExifTags.GPS.GPSLatitude] = TAKEN_IN
    body = BytesIO()
    image.save(body, kind, exif=exif, **save)
    return body.getvalue()


def box(kind: bytes, *inside: bytes) -> bytes:
    """A box of an MP4 file."""
    body = b"".join(inside)
    return (8 + len(body)).to_bytes(4, "big") + kind + body


def a_video() -> bytes:
    """An MP4 file, as far as its boxes go, that says where it was taken."""
    place = box(b"udta", box(b"\xa9xyz", b"+31.2342+121.4731/"))
    track = box(b"trak", box(b"tkhd", bytes(84)), box(b"meta", b"121.4731"), box(b"mdia", b""))
    movie = box(b"moov", box(b"mvhd", bytes(100)), track, place)
    return box(b"ftyp", b"isom", bytes(4)) + movie + box(b"mdat", b"moving pictures")


def uploaded(
    world: World, member_id: str, body: bytes | None = None, *, purpose: str = "post"
) -> str:
    """The id of something that a member uploaded."""
    from chalicelib import storage
    from community.commons.media import service as media
    from community.commons.media.rules import Purpose

    is_video = purpose == Purpose.VIDEO
    content_type = "video/mp4" if is_video else "image/jpeg"
    body = body or (a_video() if is_video else a_photo())
    made, _ = media.ticket(
        member_id,
        Purpose(purpose),
        content_type=content_type,
        size=len(body),
        request_id=world.new_request_id(),
        now=world.now,
    )
    storage.put(made.key, body, content_type=content_type)
    return made.media_id


def shown(world: World, *, by: str = "photographer") -> str:
    """The id of a picture in a published post that has passed its check."""
    from community.forum.posts import service as posts
    from tests.builders import a_draft

    author = world.becomes_owner(by).member
    media_id = uploaded(world, author.member_id)
    draft, request_id = a_draft(pictures=(media_id,)), world.new_request_id()
    posts.publish(author, "car-care", draft, request_id=request_id, now=world.now)
    world.settle()
    wechat_says(world, media_id, "pass")
    world.settle()
    return media_id


def wechat_says(world: World, media_id: str, said: str, *, trace_id: str | None = None) -> None:
    """WeChat tells what it thinks of a picture: pass, review, risky or failed."""
    from chalicelib.wechat.envelope import PictureVerdict
    from community.commons.safety import service as safety

    verdict = PictureVerdict(trace_id or trace_of(media_id), said)  # type: ignore[arg-type]
    safety.hear(verdict, now=world.now)
