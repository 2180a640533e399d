"""Videos without what the camera wrote beside the pictures: where, when and with what they were taken.

An MP4 file is boxes within boxes. Those with notes become free space of the same size, so that nothing
else has to move. Source: ISO/IEC 14496-12, sections 4.2 and 8.10–8.12
"""

from __future__ import annotations

from collections.abc import Iterator

_NOTES = (b"udta", b"meta", b"uuid")
_OPENED = (b"moov", b"trak", b"mdia", b"minf")
_HEAD, _LONG_HEAD = 8, 16


class _Broken(Exception):
    """No box can be like that."""


def without_notes(video: bytes) -> bytes | None:
    """The same video, with its notes blanked; None if it is no MP4 file."""
    blanked = bytearray(video)
    try:
        kinds = [kind for kind, *_ in _boxes(video, 0, len(video))]
        if kinds[:1] != [b"ftyp"] or b"moov" not in kinds:
            return None
        _blank(blanked, 0, len(blanked))
    except _Broken:
        return None
    return bytes(blanked)


def _blank(video: bytearray, start: int, end: int) -> None:
    for kind, box, inside, after in _boxes(video, start, end):
        if kind in _NOTES:
            video[box + 4 : box + 8] = b"free"
            video[inside:after] = bytes(after - inside)
        elif kind in _OPENED:
            _blank(video, inside, after)


def _boxes(video: bytes | bytearray, start: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """The boxes of a stretch: their kind, where they and their insides start, where they end."""
    while start < end:
        size = int.from_bytes(video[start : start + 4], "big")
        head = _HEAD
        if size == 1:
            head = _LONG_HEAD
            size = int.from_bytes(video[start + 8 : start + 16], "big")
        elif size == 0:  # To the end of what it is in.
            size = end - start
        if size < head or start + size > end:
            raise _Broken
        yield bytes(video[start + 4 : start + 8]), start, start + head, start + size
        start += size
