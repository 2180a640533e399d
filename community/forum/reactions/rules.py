"""Reactions of members to posts and comments: one per member, thing and kind."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import NamedTuple

import msgspec

COMMENTS = "~comments"
"""Where a member's reactions to comments stand: beside those to the posts of each board."""


class Kind(StrEnum):
    LIKE = "like"
    USEFUL = "useful"
    FAVOURITE = "favourite"
    SHARE = "share"
    VIEW = "view"


# Which count on a post's card follows a kind.
COUNT_OF = {
    Kind.LIKE: "likes",
    Kind.USEFUL: "useful",
    Kind.FAVOURITE: "favourites",
    Kind.SHARE: "shares",
    Kind.VIEW: "views",
}


class Thing(msgspec.Struct, frozen=True):
    """What is reacted to: a post, or a comment below it. `board_id` is the post's."""

    board_id: str
    post_id: str
    comment_id: str | None = None

    @property
    def room(self) -> str:
        """Among which of a member's reactions it stands."""
        return self.board_id if self.comment_id is None else COMMENTS

    @property
    def place(self) -> str:
        """Where it stands there."""
        return self.post_id if self.comment_id is None else place_of(self.post_id, self.comment_id)


class Looked(NamedTuple):
    """What the counts of a thing should be, by the rows of its members; of the `lost` they miss something."""

    counts: Counter[Kind]
    lost: list[str]


def place_of(post_id: str, comment_id: str) -> str:
    """Where the reaction to a comment stands: beside those to others of its post."""
    return f"{post_id}#{comment_id}"
