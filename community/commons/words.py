"""Texts that people write, made fit to be read."""

from __future__ import annotations

import unicodedata


def visible(text: str) -> str:
    """The text without control characters and blanks around; nothing if nothing of it can be seen.

    What joins the parts of an emoji stays: it is invisible, but not alone.
    """
    if not text.isprintable():
        text = "".join(letter for letter in text if letter in "\n\t" or not _is_control(letter))
    kept = text.strip()
    return kept if any(_is_seen(letter) for letter in kept) else ""


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) == "Cc"


def _is_seen(letter: str) -> bool:
    return unicodedata.category(letter)[0] not in "CZ"
