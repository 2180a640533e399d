"""The media bucket: private; what is in it is reached by tickets and links that end soon.

Keys are `<prefix>/<id>` (and perhaps `/<which>`): the prefix says what for, and which Lambda may do what with it; the id says
nothing about anybody.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import IO, Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import aws
from chalicelib.errors import Unavailable
from chalicelib.settings import settings

LINKS_KEPT = 2_000
_NOT_THERE = {"404", "NoSuchKey"}


class StorageSilent(Unavailable):
    """The bucket does not answer, or refuses."""

    code = "storage_silent"
    text = "图片和文件暂时无法读取或保存，请稍后再试"


class Ticket(msgspec.Struct, frozen=True):
    """Leave to upload one file: a multipart form of the fields and then `file`, posted to the address."""

    url: str
    fields: dict[str, str]


class _NotThere(Exception):
    """There is nothing under the key."""


def upload_ticket(key: str, *, content_type: str, bytes_max: int, expires_s: int) -> Ticket:
    """A ticket for one key, which holds the sender to type and size. Asks nobody.

    Units: `expires_s` seconds, at most as long as our own credentials (hours)
    """
    made = aws.s3().generate_presigned_post(
        settings().media_bucket,
        key,
        Fields={"Content-Type": content_type},
        Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, bytes_max]],
        ExpiresIn=expires_s,
    )
    return Ticket(made["url"], made["fields"])


def put(key: str, body: bytes | IO[bytes], *, content_type: str) -> None:
    """Keep a file; what was there before is gone. An open file is sent bit by bit.

    Refuses: StorageSilent
    """
    with _asking():
        aws.s3().put_object(**_place(key), Body=body, ContentType=content_type)


def get(key: str, *, bytes_max: int) -> bytes | None:
    """A file, or its first `bytes_max` bytes; None where there is none. Refuses: StorageSilent"""
    try:
        with _asking():
            body: bytes = aws.s3().get_object(**_place(key))["Body"].read(bytes_max)
            return body
    except _NotThere:
        return None


def beginning(key: str, *, bytes_max: int) -> bytes | None:
    """The first bytes of a file, and no more of it; None where there is none. Refuses: StorageSilent"""
    try:
        with _asking():
            part = aws.s3().get_object(**_place(key), Range=f"bytes=0-{bytes_max - 1}")
            body: bytes = part["Body"].read()
            return body
    except _NotThere:
        return None


def exists(key: str) -> bool:
    """Whether there is a file. Refuses: StorageSilent"""
    try:
        with _asking():
            aws.s3().head_object(**_place(key))
    except _NotThere:
        return False
    return True


def delete(key: str) -> None:
    """Let a file be gone for good, if there is one. Refuses: StorageSilent"""
    with _asking():
        aws.s3().delete_object(**_place(key))


def link(key: str, *, expires_s: int, filename: str | None = None) -> str:
    """An address that shows a file to whoever has it; under `filename` it is saved instead. Asks nobody.

    Units: `expires_s` seconds, at most as long as our own credentials (hours): what has to be within
    reach for longer gets a new link each time that it is asked for
    """
    shown = _place(key)
    if filename is not None:
        from urllib.parse import quote

        shown["ResponseContentDisposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    address: str = aws.s3().generate_presigned_url("get_object", Params=shown, ExpiresIn=expires_s)
    return address


def steady_link(key: str, *, expires_s: int) -> str:
    """The same, and the same address again for a third of that time: who has seen a picture has it still.

    Units: as `link`; lasts two thirds of `expires_s` at least. A new address costs 0.2 ms
    """
    return _link_of(key, expires_s, int(time.time() * 3 // expires_s))


@lru_cache(maxsize=LINKS_KEPT)
def _link_of(key: str, expires_s: int, _third: int) -> str:
    return link(key, expires_s=expires_s)


@contextmanager
def _asking() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        # To be told that nothing is there, and not that we may not know, takes s3:ListBucket.
        if error.response["Error"]["Code"] in _NOT_THERE:
            raise _NotThere from error
        raise StorageSilent from error
    except BotoCoreError as error:
        raise StorageSilent from error


def _place(key: str) -> dict[str, Any]:
    return {"Bucket": settings().media_bucket, "Key": key}
