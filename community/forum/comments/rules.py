"""Comments: limits and states."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from chalicelib import ids
from chalicelib.errors import FieldError, Invalid, NotFound
from community.commons.words import visible
from community.forum.posts.rules import Author, Post, State, author_of
from community.people.members.rules import Member

TEXT_CHARS_MAX = 500


class NoSuchComment(NotFound):
    code = "no_such_comment"
    text = "评论不存在或已被删除"


class CommentDraft(msgspec.Struct, frozen=True):
    text: Annotated[str, msgspec.Meta(max_length=TEXT_CHARS_MAX)]


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    comment_id: str
    post_id: str
    board_id: str
    author: Author
    text: str
    state: State
    created_at: datetime


def tidied(draft: CommentDraft) -> str:
    """Refuses: Invalid — nothing is left"""
    text = visible(draft.text)
    if not text:
        raise Invalid(errors=[FieldError("text", "请填写评论")])
    return text


def new_comment_id(author: Member, *, request_id: str, now: datetime) -> str:
    """The same for every try of a request."""
    return ids.new_id(now, f"comment {author.member_id} {request_id}")


def new_comment(
    text: str, *, comment_id: str, author: Member, post: Post, checked: bool
) -> Comment:
    """`checked`: content safety let it pass; else it is held for a moderator."""
    return Comment(
        comment_id=comment_id,
        post_id=post.post_id,
        board_id=post.board_id,
        author=author_of(author),
        text=text,
        state=State.PUBLISHED if checked else State.HELD,
        created_at=ids.time_of(comment_id),
    )


def in_state(comment: Comment, state: State) -> Comment:
    return msgspec.structs.replace(comment, state=state)
