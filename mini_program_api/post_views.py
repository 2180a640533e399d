"""Posts and comments as one person sees them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from chalicelib import ids
from chalicelib.errors import Unlock
from community.commons.audience.rules import Audience, unlock_for
from community.forum.comments.rules import Comment
from community.forum.posts.rules import Author, Card, Counts, Post, PostKind, State
from community.people.members.rules import Member


class PostView(msgspec.Struct, kw_only=True):
    """A post. While it is `locked`, `text` is null and `unlock` says what opens it."""

    post_id: str
    board_id: str
    author: Author
    kind: PostKind
    title: str
    text: str | None
    teaser: str
    audience: Audience
    model: str | None
    topics: tuple[str, ...]
    locked: bool
    unlock: Unlock | None
    state: State
    counts: Counts
    liked: bool
    created_at: datetime


class PostCard(msgspec.Struct, kw_only=True):
    """A post in a list: everything but its text."""

    post_id: str
    board_id: str
    author: Author
    kind: PostKind
    title: str
    teaser: str
    locked: bool
    unlock: Unlock | None
    state: State
    counts: Counts
    liked: bool
    created_at: datetime


class CommentView(msgspec.Struct, kw_only=True):
    comment_id: str
    author: Author
    text: str
    state: State
    created_at: datetime


def post_view(
    post: Post,
    *,
    counts: Counts | None = None,
    liked: bool = False,
    unlock: Unlock | None = None,
) -> PostView:
    return PostView(
        post_id=post.post_id,
        board_id=post.board_id,
        author=post.author,
        kind=post.kind,
        title=post.title,
        text=None if unlock else post.text,
        teaser=post.teaser,
        audience=post.audience,
        model=post.model,
        topics=post.topics,
        locked=unlock is not None,
        unlock=unlock,
        state=post.state,
        counts=counts or Counts(),
        liked=liked,
        created_at=post.created_at,
    )


def card_view(card: Card, viewer: Member | None, *, liked: bool) -> PostCard:
    is_mine = viewer is not None and viewer.member_id == card.author.member_id
    unlock = None if is_mine else unlock_for(viewer, card.audience)
    return PostCard(
        post_id=card.post_id,
        board_id=card.board_id,
        author=card.author,
        kind=card.kind,
        title=card.title,
        teaser=card.teaser,
        locked=unlock is not None,
        unlock=unlock,
        state=State.PUBLISHED,
        counts=card.counts,
        liked=liked,
        created_at=ids.time_of(card.post_id),
    )


def comment_view(comment: Comment) -> CommentView:
    return CommentView(
        comment_id=comment.comment_id,
        author=comment.author,
        text=comment.text,
        state=comment.state,
        created_at=comment.created_at,
    )
