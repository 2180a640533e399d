"""What is told of a comment when it comes to a state."""

from __future__ import annotations

from datetime import datetime

from community import facts
from community.facts import CommentHeld, CommentPublished, CommentRemoved
from community.forum.comments.rules import Comment
from community.forum.posts.rules import State


def fact_of(comment: Comment, now: datetime) -> facts.Fact:
    kinds = {State.PUBLISHED: CommentPublished, State.HELD: CommentHeld}
    return kinds.get(comment.state, CommentRemoved)(
        fact_id=f"{comment.comment_id}.{comment.state.value}",
        at=now,
        post_id=comment.post_id,
        comment_id=comment.comment_id,
        author_id=comment.author.member_id,
    )
