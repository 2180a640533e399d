"""What others see of an upload: pictures in three sizes, a video without its notes."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib import storage
from community.commons.media import boxes, rules, shaping
from community.commons.media.rules import BOUNDS, SHAPED_TYPE, VIDEO_TYPE, Media, Purpose

Files = Mapping[str, tuple[bytes, str]]


def make(media: Media) -> bool:
    """Put what may be shown of an upload beside it. Gives if there is anything. Refuses: StorageSilent"""
    upload = storage.get(media.key, bytes_max=BOUNDS[media.purpose].bytes_max)
    shown = _shown_video if media.purpose is Purpose.VIDEO else _shown_picture
    files = shown(media, upload)
    for key, (body, content_type) in files.items():
        storage.put(key, body, content_type=content_type)
    return bool(files)


def _shown_picture(media: Media, upload: bytes | None) -> Files:
    shapes = shaping.shapes_of(upload) if upload else {}
    return {
        rules.shaped_key(media.media_id, size): (body, SHAPED_TYPE) for size, body in shapes.items()
    }


def _shown_video(media: Media, upload: bytes | None) -> Files:
    video = boxes.without_notes(upload) if upload else None
    return {rules.video_key(media.media_id): (video, VIDEO_TYPE)} if video else {}
