"""What others see of an upload: pictures in three sizes, a video without its notes."""

from __future__ import annotations

from collections.abc import Mapping

from community.commons.media import boxes, rules, shaping
from community.commons.media.rules import SHAPED_TYPE, VIDEO_TYPE, Media

Files = Mapping[str, tuple[bytes, str]]


def shown_picture(media: Media, upload: bytes | None) -> Files:
    shapes = shaping.shapes_of(upload) if upload else {}
    return {
        rules.shaped_key(media.media_id, size): (body, SHAPED_TYPE) for size, body in shapes.items()
    }


def shown_video(media: Media, upload: bytes | None) -> Files:
    video = boxes.without_notes(upload) if upload else None
    return {rules.video_key(media.media_id): (video, VIDEO_TYPE)} if video else {}
