"""Everything that happens in the community: past tense, frozen, versioned.

A fact names who and what by id and says nothing personal: it travels through streams and queues. Its
`fact_id` is made from what it is about, so the same thing happening once is one fact, however often it
is told. A changed shape gets a new version in the tag and keeps the old class until none is under way.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class Fact(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Something that happened, at a time."""

    fact_id: str
    at: datetime


class MemberJoined(Fact, frozen=True, kw_only=True, tag="member_joined.1"):
    member_id: str
    touchpoint: str


class CertificationSubmitted(Fact, frozen=True, kw_only=True, tag="certification_submitted.1"):
    certification_id: str
    member_id: str


class CertificationDecision(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    ASK_MORE = "ask_more"


class CertificationDecided(Fact, frozen=True, kw_only=True, tag="certification_decided.1"):
    certification_id: str
    member_id: str
    decision: CertificationDecision
    staff_id: str


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
    """A member's reaction to a post, or its absence, changed."""

    member_id: str
    board_id: str
    post_id: str
    kind: str


AnyFact = (
    MemberJoined
    | CertificationSubmitted
    | CertificationDecided
    | PostPublished
    | PostHeld
    | PostRemoved
    | CommentPublished
    | CommentHeld
    | CaseOpened
    | CaseDecided
    | Reacted
)


def written(fact: Fact) -> str:
    """The text of a fact, as a row carries it."""
    return msgspec.json.encode(fact).decode()


def read(text: str) -> AnyFact:
    """The fact that a text tells."""
    fact: AnyFact = msgspec.json.decode(text, type=AnyFact)
    return fact
