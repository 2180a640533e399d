"""What happens in the forum."""

from __future__ import annotations

from enum import StrEnum

from community.facts.fact import Fact


class PostPublished(Fact, frozen=True, kw_only=True, tag="post_published.1"):
    post_id: str
    author_id: str


class PostHeld(Fact, frozen=True, kw_only=True, tag="post_held.1"):
    post_id: str
    author_id: str


class PostRemoved(Fact, frozen=True, kw_only=True, tag="post_removed.1"):
    post_id: str
    author_id: str


class CommentPublished(Fact, frozen=True, kw_only=True, tag="comment_published.1"):
    post_id: str
    comment_id: str
    author_id: str


class CommentHeld(Fact, frozen=True, kw_only=True, tag="comment_held.1"):
    post_id: str
    comment_id: str
    author_id: str


class BylinesDue(Fact, frozen=True, kw_only=True, tag="bylines_due.1"):
    """Somebody is called otherwise, and wrote much: what stands after `after_id` may not say so yet."""

    member_id: str
    after_id: str


class CaseOpened(Fact, frozen=True, kw_only=True, tag="case_opened.1"):
    case_id: str


class CaseDecision(StrEnum):
    PASS = "pass"  # noqa: S105 - a decision, not a password
    REMOVE = "remove"


class CaseDecided(Fact, frozen=True, kw_only=True, tag="case_decided.1"):
    """`comment_id` is None where the case is about the post itself."""

    case_id: str
    post_id: str
    comment_id: str | None
    author_id: str
    decision: CaseDecision
    staff_id: str


class Reacted(Fact, frozen=True, kw_only=True, tag="reacted.1"):
    """A member's reaction to a post, or its absence, changed; `on`: it holds now."""

    member_id: str
    board_id: str
    post_id: str
    kind: str
    on: bool = True
