"""What happened to a post, as a fact."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from community import facts
from community.facts import PostEdited, PostHeld, PostPublished, PostRemoved, PostScheduled
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
        if was is State.PUBLISHED:
            return told(PostEdited, "edited")
        again = before is not None and before.published_at is not None
        return told(PostPublished, "published", again=again)
    if post.state is State.SCHEDULED:
        return told(PostScheduled, "scheduled")
    if post.state is was:
        return None
    if post.state is State.HELD:
        return told(PostHeld, "held", case_id=rules.case_of(post))
    return told(PostRemoved, post.state.value)
