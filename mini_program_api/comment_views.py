"""Comments as one person sees them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec

from community.forum.comments.rules import DELETED_TEXT, Comment, Named
from community.forum.posts.rules import Author, State


class ReplyView(msgspec.Struct, kw_only=True):
    """A reply as it is shown with what it answers: a long text is cut short, all of it is in the replies."""

    comment_id: str
    author: Author
    text: str
    reply_to: Named | None
    created_at: datetime


class CommentView(msgspec.Struct, kw_only=True):
    """A comment, with the first replies to it; or a reply, which says below which comment it stands.

    `reply_to`: whom a reply to a reply answers. One that was deleted has no author, and is there for its
    replies only.
    """

    comment_id: str
    parent_id: str | None
    author: Author | None
    text: str
    reply_to: Named | None
    mentions: tuple[Named, ...]
    state: State
    likes: int
    liked: bool
    reply_count: int
    replies: list[ReplyView]
    created_at: datetime


def comment_view(comment: Comment, *, liked: Collection[str] = ()) -> CommentView:
    """Shape: `liked` are the ids of comments that the viewer likes"""
    is_there = comment.state is not State.DELETED
    return CommentView(
        comment_id=comment.comment_id,
        parent_id=comment.parent_id,
        author=comment.author if is_there else None,
        text=comment.text if is_there else DELETED_TEXT,
        reply_to=comment.reply_to,
        mentions=comment.mentions,
        state=comment.state,
        likes=comment.likes,
        liked=comment.comment_id in liked,
        reply_count=comment.reply_count,
        replies=[_reply_view(reply) for reply in comment.replies],
        created_at=comment.created_at,
    )


def _reply_view(reply: Comment) -> ReplyView:
    return ReplyView(
        comment_id=reply.comment_id,
        author=reply.author,
        text=reply.text,
        reply_to=reply.reply_to,
        created_at=reply.created_at,
    )
