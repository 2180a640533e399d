"""What a member can follow, and how much."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from chalicelib.errors import Conflict, FieldError, Invalid
from community.commons.words import visible
from community.forum.posts.rules import TOPIC_CHARS_MAX
from community.people.tag_catalogue.rules import id_in

FOLLOWS_MAX = 500


class Kind(StrEnum):
    MEMBER = "member"
    BOARD = "board"
    TOPIC = "topic"


class FollowsFull(Conflict):
    code = "follows_full"
    text = f"最多关注 {FOLLOWS_MAX} 个，请先取消一些关注"


class Follow(msgspec.Struct, frozen=True):
    """One thing that somebody follows: a member's or a board's id, or a topic in its own words."""

    kind: Kind
    id: str

    @property
    def entry(self) -> str:
        return f"{self.kind}#{self.id}"

    @property
    def key(self) -> str:
        """The same for topics that differ in nothing but how they are spaced."""
        return id_in(self.kind, self.id) if self.kind is Kind.TOPIC else self.entry


def read(entry: str) -> Follow:
    kind, _, target_id = entry.partition("#")
    return Follow(Kind(kind), target_id)


def tidied_topic(text: str) -> str:
    """A topic as posts have it. Refuses: Invalid"""
    topic = " ".join(visible(text).lstrip("#＃").split())
    if not 1 <= len(topic) <= TOPIC_CHARS_MAX:
        raise Invalid(errors=[FieldError("id", f"话题应为 1–{TOPIC_CHARS_MAX} 个字符")])
    return topic


def with_follow(held: Sequence[str], follow: Follow) -> tuple[str, ...]:
    """Refuses: FollowsFull"""
    if is_among(held, follow):
        return tuple(held)
    if len(held) >= FOLLOWS_MAX:
        raise FollowsFull
    return (*held, follow.entry)


def without_follow(held: Sequence[str], follow: Follow) -> tuple[str, ...]:
    return tuple(entry for entry in held if read(entry).key != follow.key)


def is_among(held: Sequence[str], follow: Follow) -> bool:
    return any(read(entry).key == follow.key for entry in held)
