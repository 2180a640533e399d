"""What a member can be the author of."""

from __future__ import annotations

from enum import StrEnum

import msgspec

NOBODY = "erased"
"""The author of what is left of a member who is erased: the same for all of them."""


class What(StrEnum):
    POST = "post"
    COMMENT = "comment"
    CASE = "case"
    MENTION = "mention"
    """Not written by them: a comment of somebody else that names them."""


class Work(msgspec.Struct, frozen=True):
    """Something that a member wrote.

    `post_id`: below which post, where it is not one itself. `board_id`: where a post is.
    """

    what: What
    work_id: str
    post_id: str | None = None
    board_id: str | None = None

    @property
    def place(self) -> str:
        """Where it stands among what its author wrote."""
        return f"{self.what}#{self.work_id}"
