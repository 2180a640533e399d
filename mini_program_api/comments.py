"""Comments on a post: writing, answering, reading, deleting; the accepted answer of a question."""

from __future__ import annotations

from typing import Annotated

import msgspec

from chalicelib.http import Who
from chalicelib.lists import Page, PageQuery
from community.commons.safety.rules import ContentNotAllowed
from community.forum.answers import service as answers
from community.forum.answers.rules import NotAnAnswer, NotAQuestion, NotYourQuestion
from community.forum.blocks.rules import hides
from community.forum.boards.rules import MayNotComment
from community.forum.comments import service as comments
from community.forum.comments.rules import (
    Comment,
    CommentDraft,
    NoSuchComment,
    NotYourComment,
    Sort,
)
from community.forum.posts.rules import NoSuchPost, PostClosed, PostLocked
from community.forum.reactions import service as reactions
from community.people.members.rules import Member
from mini_program_api.comment_views import CommentView, comment_view
from mini_program_api.door import GuestCall, MemberCall, door
from mini_program_api.hidden import without_blocked

COMMENTS = "/v1/posts/{post_id}/comments"


class CommentsQuery(PageQuery, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """`likes`: the most liked first. Its cursors say what was shown, and are longer."""

    sort: Sort = "time"
    cursor: Annotated[str, msgspec.Meta(max_length=2048)] | None = None


@door.route(
    "POST",
    COMMENTS,
    takes=CommentDraft,
    gives=CommentView,
    status=201,
    refuses=(NoSuchPost, PostLocked, PostClosed, MayNotComment, NoSuchComment, ContentNotAllowed),
)
def comment_on_post(call: MemberCall[CommentDraft, None], post_id: str) -> CommentView:
    """Comment, or answer one; `held` means that a moderator looks at it first."""
    comment = comments.publish(
        call.caller, post_id, call.body, request_id=call.request_id, now=call.now
    )
    return comment_view(comment)


@door.route(
    "GET",
    COMMENTS,
    who=Who.GUEST,
    asks=CommentsQuery,
    gives=Page[CommentView],
    refuses=(NoSuchPost, PostLocked),
)
def list_comments(call: GuestCall[None, CommentsQuery], post_id: str) -> Page[CommentView]:
    """The comments of a post, each with its first replies: oldest or most liked first."""
    page = comments.page(call.caller, post_id, call.query, sort=call.query.sort, now=call.now)
    return _views(call.caller, post_id, page)


@door.route(
    "GET",
    COMMENTS + "/{comment_id}/replies",
    who=Who.GUEST,
    asks=PageQuery,
    gives=Page[CommentView],
    refuses=(NoSuchPost, PostLocked, NoSuchComment),
)
def list_replies(
    call: GuestCall[None, PageQuery], post_id: str, comment_id: str
) -> Page[CommentView]:
    """All replies to a comment, oldest first."""
    page = comments.replies(call.caller, post_id, comment_id, call.query, now=call.now)
    return _views(call.caller, post_id, page)


@door.route(
    "DELETE",
    COMMENTS + "/{comment_id}",
    refuses=(NoSuchPost, NoSuchComment, NotYourComment),
)
def delete_comment(call: MemberCall[None, None], post_id: str, comment_id: str) -> None:
    """I take away what I said, or what was said below my post."""
    comments.delete(call.caller, post_id, comment_id, now=call.now)


@door.route(
    "PUT",
    "/v1/posts/{post_id}/accepted/{comment_id}",
    refuses=(
        NoSuchPost,
        PostLocked,
        NotAQuestion,
        NotYourQuestion,
        NoSuchComment,
        NotAnAnswer,
    ),
)
def accept_answer(call: MemberCall[None, None], post_id: str, comment_id: str) -> None:
    """This answers my question, instead of what I accepted before."""
    answers.accept(call.caller, post_id, comment_id, now=call.now)


@door.route(
    "DELETE",
    "/v1/posts/{post_id}/accepted/{comment_id}",
    refuses=(NoSuchPost, PostLocked, NotAQuestion, NotYourQuestion),
)
def take_back_answer(call: MemberCall[None, None], post_id: str, comment_id: str) -> None:
    """This does not answer my question after all."""
    answers.take_back(call.caller, post_id, comment_id, now=call.now)


def _without_blocked_replies(viewer: Member | None, comment: Comment) -> Comment:
    shown = tuple(each for each in comment.replies if not hides(viewer, each.author.member_id))
    return msgspec.structs.replace(comment, replies=shown)


def _views(viewer: Member | None, post_id: str, page: Page[Comment]) -> Page[CommentView]:
    """What nobody likes is not looked up: so a page keeps to its budget, and a like shows once it counts."""
    page = without_blocked(viewer, page, lambda comment: comment.author)
    page = page.map(lambda comment: _without_blocked_replies(viewer, comment))
    with_likes = [comment.comment_id for comment in page.items if comment.likes]
    liked = reactions.liked_comments(viewer, post_id, with_likes)
    return page.map(lambda comment: comment_view(comment, liked=liked))
