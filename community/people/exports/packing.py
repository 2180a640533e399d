"""The file itself: everything as JSON in one archive, written piece by piece so that no memory has to hold it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import IO, Any

import msgspec

from community.commons.dates import BEIJING, in_beijing
from community.people.exports import texts

Picture = tuple[str, bytes]
"""A name and what is in it."""


def pack(
    file: IO[bytes], kept: Mapping[str, Any], pictures: Iterable[Picture], *, at: datetime
) -> None:
    """Write the archive. Lists may come as iterators, of which one thing is held at a time."""
    from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

    written_at = at.astimezone(BEIJING).timetuple()[:6]

    def entry(name: str, compression: int) -> ZipInfo:
        info = ZipInfo(name, written_at)
        info.compress_type = compression
        return info

    with ZipFile(file, "w") as archive:
        archive.writestr(entry(texts.READ_ME_NAME, ZIP_DEFLATED), _read_me(kept, at))
        for name, value in kept.items():
            with archive.open(entry(f"data/{name}.json", ZIP_DEFLATED), "w") as part:
                for piece in _pieces(value):
                    part.write(piece)
        for name, body in pictures:
            archive.writestr(entry(f"media/{name}", ZIP_STORED), body)


def _read_me(kept: Mapping[str, Any], at: datetime) -> str:
    lines = (
        texts.FILE_LINE.format(name=name, meaning=texts.MEANINGS.get(name, name)) for name in kept
    )
    return texts.READ_ME.format(made_at=in_beijing(at), files="\n".join(lines))


def _pieces(value: Any) -> Iterator[bytes]:
    if isinstance(value, Mapping):
        names = (msgspec.json.encode(str(name)) + b": " for name in value)
        yield from _joined(b"{}", zip(names, value.values(), strict=True))
    elif isinstance(value, Iterator):
        yield from _joined(b"[]", ((b"", item) for item in value))
    else:
        yield msgspec.json.format(msgspec.json.encode(value), indent=2)


def _joined(brackets: bytes, items: Iterable[tuple[bytes, Any]]) -> Iterator[bytes]:
    yield brackets[:1] + b"\n"
    for number, (name, item) in enumerate(items):
        yield (b",\n" if number else b"") + name
        yield from _pieces(item)
    yield b"\n" + brackets[1:]
