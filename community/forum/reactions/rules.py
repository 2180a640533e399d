"""Reactions of members to posts: one per member, post and kind."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    LIKE = "like"
    VIEW = "view"


# Which count on a post's card follows a kind.
COUNT_OF = {Kind.LIKE: "likes", Kind.VIEW: "views"}
