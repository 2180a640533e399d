"""What may be uploaded and what for, how large, and whether it is what it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib import ids
from chalicelib.errors import Conflict, FieldError, Invalid, TooMany
from community.commons.dates import BEIJING
from community.facts import (
    Fact,
    Judgement,
    MediaChecked,
    MediaHeld,
    MediaShaped,
    MediaTaken,
    PictureJudged,
)

TICKET_VALID = timedelta(minutes=10)
LINK_VALID = timedelta(hours=1)
UNUSED_KEPT = timedelta(hours=24)
UNUSED_MAX = 20
"""How many uploads of a day may be waiting to be used, for each member."""

PICTURE_BYTES_MAX = 2_000_000 - 1
"""The platform reads licences below 2 MB. Source: docs of cv/ocr/driving."""
POST_PICTURE_BYTES_MAX = 10 * 1024 * 1024
VIDEO_BYTES_MAX = 50 * 1024 * 1024
BEGINNING_BYTES = 16
"""Enough of a file to see what it is."""

ANSWER_DUE = timedelta(minutes=30)
"""Within this time WeChat tells what it thinks of a picture. Source: docs of mediaCheckAsync."""
ATTEMPTS_MAX = 3
"""How often WeChat is asked about a picture that it could not look at."""

SHAPED_TYPE = "image/jpeg"
VIDEO_TYPE = "video/mp4"


class Purpose(StrEnum):
    """What a file is for: the prefix of its key, too."""

    LICENCE = "licence"
    AVATAR = "avatar"
    POST = "post"
    VIDEO = "video"


class Size(StrEnum):
    """In what sizes the pictures of posts are shown."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


SIDE_MAX = {Size.SMALL: 200, Size.MEDIUM: 750, Size.LARGE: 1600}
"""The longest side of each, in pixels."""


class State(StrEnum):
    """Where a picture or video of a post is on its way to being shown."""

    TAKEN = "taken"
    SHAPED = "shaped"
    HELD = "held"
    PASSED = "passed"
    REFUSED = "refused"


class Bounds(msgspec.Struct, frozen=True):
    """What a file of a purpose may be."""

    content_types: tuple[str, ...]
    bytes_max: int


BOUNDS = {
    Purpose.LICENCE: Bounds(("image/jpeg", "image/png"), PICTURE_BYTES_MAX),
    Purpose.AVATAR: Bounds(("image/jpeg", "image/png", "image/webp"), PICTURE_BYTES_MAX),
    Purpose.POST: Bounds(("image/jpeg", "image/png", "image/webp"), POST_PICTURE_BYTES_MAX),
    Purpose.VIDEO: Bounds((VIDEO_TYPE,), VIDEO_BYTES_MAX),
}


_SIZES = {
    Purpose.LICENCE: "文件不能为空，且应小于 2 MB",
    Purpose.AVATAR: "文件不能为空，且应小于 2 MB",
    Purpose.POST: "图片不能为空，且不超过 10 MB",
    Purpose.VIDEO: "视频不能为空，且不超过 50 MB",
}


class NoSuchMedia(Invalid):
    """It is not there, somebody else's, or for something else: one answer for all."""

    code = "no_such_media"
    text = "没有找到这个文件，请重新上传"


class NotUploaded(NoSuchMedia):
    code = "media_not_uploaded"
    text = "文件还没有上传成功，请重新上传"


class NotAPicture(Invalid):
    code = "not_a_picture"
    text = "这个文件不是有效的图片，请换一张"


class NotAVideo(Invalid):
    code = "not_a_video"
    text = "这个文件不是有效的 MP4 视频，请换一个"


class UsedAlready(Conflict):
    code = "media_used"
    text = "这个文件已经提交，请上传新的文件"


class TooManyUploads(TooMany):
    code = "too_many_uploads"
    text = "今天上传的文件太多了，请明天再试"


class Links(msgspec.Struct, frozen=True):
    """Addresses that show a picture in three sizes for 40 min at least: longest side 200, 750, 1600 pixels."""

    small: str
    medium: str
    large: str


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a member: asked for, uploaded perhaps, and used or not.

    `asked_by` is whose uploads it counts among; a merge changes the member and not that. What a post
    uses has its `post_id` and a `state`.
    """

    media_id: str
    member_id: str
    asked_by: str
    purpose: Purpose
    content_type: str
    bytes_max: int
    created_at: datetime
    used: bool = False
    post_id: str | None = None
    state: State | None = None

    @property
    def key(self) -> str:
        return key_of(self.media_id, purpose=self.purpose)

    @property
    def keys(self) -> tuple[str, ...]:
        """Everything that there may be of it in the bucket."""
        if self.purpose is Purpose.POST:
            return (self.key, *(shaped_key(self.media_id, size) for size in Size))
        if self.purpose is Purpose.VIDEO:
            return (self.key, video_key(self.media_id))
        return (self.key,)

    @property
    def kept_as(self) -> tuple[str, str]:
        """Under which key it stays in the bucket, and of what type it is there."""
        if self.purpose is Purpose.POST:
            return shaped_key(self.media_id, Size.LARGE), SHAPED_TYPE
        if self.purpose is Purpose.VIDEO:
            return video_key(self.media_id), VIDEO_TYPE
        return self.key, self.content_type

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
        errors.append(FieldError("bytes", _SIZES[purpose]))
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


def shaped_key(media_id: str, size: Size) -> str:
    return f"shaped/{media_id}/{size}.jpg"


def video_key(media_id: str) -> str:
    return f"shaped/{media_id}/video.mp4"


def check_theirs(media: Media | None, member_id: str, *, purpose: Purpose) -> Media:
    """Refuses: NoSuchMedia"""
    if media is None or (media.member_id, media.purpose) != (member_id, purpose):
        raise NoSuchMedia
    return media


def check_picture(media: Media, body: bytes) -> None:
    """Whether a file begins as its type does. Refuses: NotAPicture, NotAVideo"""
    if _type_of(body) != media.content_type:
        raise NotAVideo if media.purpose is Purpose.VIDEO else NotAPicture


def taken(media: Media, post_id: str, *, now: datetime) -> MediaTaken:
    return MediaTaken(
        fact_id=f"{media.media_id}.taken",
        at=now,
        media_id=media.media_id,
        member_id=media.member_id,
        post_id=post_id,
    )


def come_to(media: Media, state: State, *, now: datetime) -> Fact:
    """What has happened when a picture or video of a post comes to another state."""
    assert media.post_id is not None
    kinds = {State.SHAPED: MediaShaped, State.HELD: MediaHeld}
    whose = {"media_id": media.media_id, "member_id": media.member_id, "post_id": media.post_id}
    if kind := kinds.get(state):
        return kind(fact_id=f"{media.media_id}.{state}", at=now, **whose)
    return MediaChecked(
        fact_id=f"{media.media_id}.checked", at=now, passed=state is State.PASSED, **whose
    )


def asks_again(judged: PictureJudged) -> bool:
    """Whether WeChat is to look once more at a picture that it could not look at."""
    return judged.judgement is Judgement.FAILED and judged.attempt < ATTEMPTS_MAX


def state_after(judged: PictureJudged) -> State:
    """What a picture comes to after the last thing that WeChat says of it."""
    states = {Judgement.PASS: State.PASSED, Judgement.RISKY: State.REFUSED}
    return states.get(judged.judgement, State.HELD)


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
    if body[4:8] == b"ftyp":
        return VIDEO_TYPE
    return None


def _named(content_types: Sequence[str]) -> str:
    return "、".join(each.partition("/")[2].upper() for each in content_types)
