"""Texts that we hand out and must get back unchanged: session tokens and cursors."""

from __future__ import annotations

from functools import cache
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from chalicelib.settings import secrets


def signed(value: Any, *, purpose: str) -> str:
    """A URL-safe text that says `value` and that nobody else can make. Not secret: it can be read."""
    return str(_serializer(purpose).dumps(value))


def unsigned(text: str, *, purpose: str) -> Any | None:
    """What `signed` was given for the same purpose; None if the text is not of our making."""
    try:
        return _serializer(purpose).loads(text)
    except BadData:
        return None


@cache
def _serializer(purpose: str) -> URLSafeSerializer:
    # itsdangerous signs with the last key and accepts all; ours are newest first.
    return URLSafeSerializer(list(reversed(secrets().session_keys)), salt=purpose)
