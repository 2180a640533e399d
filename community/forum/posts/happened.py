"""What happened to a post, as a fact."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from community import facts
from community.facts import (
    PostEdited,
    PostErasureDue,
    PostHeld,
    PostPublished,
    PostRemoved,
    PostScheduled,
)
from community.forum.posts import rules
from community.forum.posts.rules import Post, State


def fact_of(post: Post, now: datetime, *, before: Post | None = None) -> facts.Fact | None:
    """What happened to a post with its latest change; None if nobody but its author can see that."""
    about = {"at": now, "post_id": post.post_id, "author_id": post.author.member_id}
    was = before.state if before else None
    number = f".{post.revision}" if before else ""

    def told(kind: Callable[..., facts.Fact], name: str, **more: Any) -> facts.Fact:
        return kind(fact_id=f"{post.post_id}.{name}{number}", **about, **more)

    if post.state is State.PUBLISHED:
        new = tuple(each for each in post.mentions if each not in post.mentioned)
        if before and was is State.PUBLISHED:
            return told(PostEdited, "edited", mentioned=new if post.edits > before.edits else ())
        again = before is not None and before.published_at is not None
        # What was held and is shown again is an edit that others did not see yet; what was deleted they saw.
        is_new = not again or was is State.HELD
        return told(PostPublished, "published", again=again, mentioned=new if is_new else ())
    if post.state is State.SCHEDULED:
        return told(PostScheduled, "scheduled")
    if post.state is was:
        return None
    if post.state is State.HELD:
        return told(PostHeld, "held", case_id=rules.case_of(post))
    return told(PostRemoved, post.state.value)


def erasure_of(post: Post) -> PostErasureDue:
    """When nothing is kept any more of a post that is deleted now."""
    assert post.deleted_at
    return PostErasureDue(
        fact_id=f"{post.post_id}.erasure.{post.revision}",
        at=post.deleted_at + rules.RESTORABLE_FOR,
        post_id=post.post_id,
    )
