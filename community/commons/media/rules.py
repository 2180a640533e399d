"""What may be uploaded and what for, how large, and whether it is what it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib import ids
from chalicelib.errors import Conflict, FieldError, Invalid, TooMany
from community.commons.dates import BEIJING

TICKET_VALID = timedelta(minutes=10)
LINK_VALID = timedelta(hours=1)
UNUSED_KEPT = timedelta(hours=24)
UNUSED_MAX = 20
"""How many uploads of a day may be waiting to be used, for each member."""

PICTURE_BYTES_MAX = 2_000_000 - 1
"""The platform reads licences below 2 MB. Source: docs of cv/ocr/driving."""


class Purpose(StrEnum):
    """What a file is for: the prefix of its key, too."""

    LICENCE = "licence"
    AVATAR = "avatar"


class Bounds(msgspec.Struct, frozen=True):
    """What a file of a purpose may be."""

    content_types: tuple[str, ...]
    bytes_max: int


BOUNDS = {
    Purpose.LICENCE: Bounds(("image/jpeg", "image/png"), PICTURE_BYTES_MAX),
    Purpose.AVATAR: Bounds(("image/jpeg", "image/png", "image/webp"), PICTURE_BYTES_MAX),
}


class NoSuchMedia(Invalid):
    """It is not there, somebody else's, or for something else: one answer for all."""

    code = "no_such_media"
    text = "没有找到这张图片，请重新上传"


class NotUploaded(NoSuchMedia):
    code = "media_not_uploaded"
    text = "图片还没有上传成功，请重新上传"


class NotAPicture(Invalid):
    code = "not_a_picture"
    text = "这个文件不是有效的图片，请换一张"


class UsedAlready(Conflict):
    code = "media_used"
    text = "这张图片已经提交，请上传新的图片"


class TooManyUploads(TooMany):
    code = "too_many_uploads"
    text = "今天上传的图片太多了，请明天再试"


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a member: asked for, uploaded perhaps, and used or not.

    `asked_by` is whose uploads it counts among; a merge changes the member and not that.
    """

    media_id: str
    member_id: str
    asked_by: str
    purpose: Purpose
    content_type: str
    bytes_max: int
    created_at: datetime
    used: bool = False

    @property
    def key(self) -> str:
        return key_of(self.media_id, purpose=self.purpose)

    @property
    def ticket_expires_at(self) -> datetime:
        return self.created_at + TICKET_VALID


def asked_for(
    member_id: str,
    purpose: Purpose,
    *,
    content_type: str,
    size: int,
    request_id: str,
    now: datetime,
) -> Media:
    """What a member wants to upload; every try of a request asks for the same.

    Refuses: Invalid, naming every wrong field
    """
    bounds = BOUNDS[purpose]
    errors = []
    if content_type not in bounds.content_types:
        errors.append(FieldError("content_type", f"支持的格式：{_named(bounds.content_types)}"))
    if not 1 <= size <= bounds.bytes_max:
        errors.append(FieldError("bytes", "文件不能为空，且应小于 2 MB"))
    if errors:
        raise Invalid("不支持这样的文件，请换一个", errors=errors)
    return Media(
        media_id=ids.new_id(now, f"media {member_id} {request_id}"),
        member_id=member_id,
        asked_by=member_id,
        purpose=purpose,
        content_type=content_type,
        bytes_max=size,
        created_at=now,
    )


def key_of(media_id: str, *, purpose: Purpose) -> str:
    return f"{purpose}/{media_id}"


def check_theirs(media: Media | None, member_id: str, *, purpose: Purpose) -> Media:
    """Refuses: NoSuchMedia"""
    if media is None or (media.member_id, media.purpose) != (member_id, purpose):
        raise NoSuchMedia
    return media


def check_picture(media: Media, body: bytes) -> None:
    """Whether a file begins as its type does. Refuses: NotAPicture"""
    if _type_of(body) != media.content_type:
        raise NotAPicture


def day_of(now: datetime) -> str:
    """The day in Beijing on which something is counted."""
    return f"{now.astimezone(BEIJING):%Y-%m-%d}"


def seconds_to_midnight(now: datetime) -> int:
    """How long the day in Beijing lasts."""
    here = now.astimezone(BEIJING)
    midnight = (here + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((midnight - here).total_seconds())


def _type_of(body: bytes) -> str | None:
    if body.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if body.startswith(b"RIFF") and body[8:12] == b"WEBP":
        return "image/webp"
    return None


def _named(content_types: Sequence[str]) -> str:
    return "、".join(each.partition("/")[2].upper() for each in content_types)
