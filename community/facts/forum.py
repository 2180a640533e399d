"""What happens in the forum."""

from __future__ import annotations

from enum import StrEnum

from community.facts.fact import Fact


class PostPublished(Fact, frozen=True, kw_only=True, tag="post_published.1"):
    """Others may see it now; `again`: as they could before. `mentioned`: who are to be told that it names them."""

    post_id: str
    author_id: str
    again: bool = False
    mentioned: tuple[str, ...] = ()


class PostEdited(Fact, frozen=True, kw_only=True, tag="post_edited.1"):
    """What others see of it changed: its text, its pictures, whom it is for, what staff say of it.

    `mentioned`: whom it mentions as no version before it did.
    """

    post_id: str
    author_id: str
    mentioned: tuple[str, ...] = ()


class PostHeld(Fact, frozen=True, kw_only=True, tag="post_held.1"):
    """Nobody but its author may see it until a moderator decided. `case_id`: about its latest version."""

    post_id: str
    author_id: str
    case_id: str = ""


class PostRemoved(Fact, frozen=True, kw_only=True, tag="post_removed.1"):
    """Others may not see it any more: a moderator decided so, or its author deleted it."""

    post_id: str
    author_id: str


class PostScheduled(Fact, frozen=True, kw_only=True, tag="post_scheduled.1"):
    """It is there, and nobody but its author may see it before its time."""

    post_id: str
    author_id: str


class PostDue(Fact, frozen=True, kw_only=True, tag="post_due.1"):
    """The time of a scheduled post has come."""

    post_id: str


class PostErasureDue(Fact, frozen=True, kw_only=True, tag="post_erasure_due.1"):
    """A post was deleted so long ago that nothing of it is kept, unless it was restored."""

    post_id: str


class CommentPublished(Fact, frozen=True, kw_only=True, tag="comment_published.1"):
    post_id: str
    comment_id: str
    author_id: str


class CommentHeld(Fact, frozen=True, kw_only=True, tag="comment_held.1"):
    post_id: str
    comment_id: str
    author_id: str


class CommentRemoved(Fact, frozen=True, kw_only=True, tag="comment_removed.1"):
    """Nobody reads it any more: its author or the post's deleted it, or a moderator decided so."""

    post_id: str
    comment_id: str
    author_id: str


class AnswerAccepted(Fact, frozen=True, kw_only=True, tag="answer_accepted.1"):
    """A comment is the answer to a question. `author_id` wrote it, `by` says so: a member or staff."""

    post_id: str
    comment_id: str
    author_id: str
    by_id: str


class Voted(Fact, frozen=True, kw_only=True, tag="voted.1"):
    """A member answered a poll, for the first time or otherwise than before."""

    member_id: str
    post_id: str


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
    """A member's reaction to a post, or to a comment below it, changed; `on`: it holds now.

    `comment_id` is None where it is about the post itself.
    """

    member_id: str
    board_id: str
    post_id: str
    kind: str
    comment_id: str | None = None
    on: bool = True


class RecountDue(Fact, frozen=True, kw_only=True, tag="recount_due.1"):
    """Somebody has to look whether the counts of a post are right."""

    board_id: str
    post_id: str


class HistoryCleared(Fact, frozen=True, kw_only=True, tag="history_cleared.1"):
    """A member wants nobody to know what they read up to now."""

    member_id: str


class Followed(Fact, frozen=True, kw_only=True, tag="followed.1"):
    """A member follows something, or does not any longer. `kind`: member, board or topic; `on`: it holds now."""

    member_id: str
    kind: str
    target_id: str
    on: bool = True


class Blocked(Fact, frozen=True, kw_only=True, tag="blocked.1"):
    """A member does not want to see anything of another, or does again."""

    member_id: str
    target_id: str
    on: bool = True


class FeedEventsNoted(Fact, frozen=True, kw_only=True, tag="feed_events_noted.1"):
    """What a member did with posts of their feed: saw them, stayed on them (milliseconds), opened them."""

    member_id: str
    seen: tuple[str, ...]
    dwelled: dict[str, int]
    clicked: tuple[str, ...]


class BoardRoleChanged(Fact, frozen=True, kw_only=True, tag="board_role_changed.1"):
    """An operator gave a member a role on a board, `moderator:car-care`, or took it back."""

    member_id: str
    board_role: str
    held: bool
