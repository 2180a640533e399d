"""Texts that we hand out and must get back unchanged: session tokens and cursors."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from chalicelib.settings import secrets


def signed(value: Any, *, purpose: str) -> str:
    """A URL-safe text that says `value` and that nobody else can make. Not secret: it can be read."""
    return str(_serializer(purpose, secrets().session_keys).dumps(value))


def unsigned(text: str, *, purpose: str) -> Any | None:
    """What `signed` was given for the same purpose; None if the text is not of our making."""
    try:
        return _serializer(purpose, secrets().session_keys).loads(text)
    except BadData:
        return None


# Bounded: every post's comments have a purpose of their own.
@lru_cache(maxsize=256)
def _serializer(purpose: str, keys: tuple[str, ...]) -> URLSafeSerializer:
    # itsdangerous signs with the last key and accepts all; ours are newest first.
    return URLSafeSerializer(list(reversed(keys)), salt=purpose)
