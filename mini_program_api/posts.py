"""One post: reading, liking, commenting."""

from __future__ import annotations

from chalicelib.http import Who
from chalicelib.lists import Page, PageQuery
from community.commons.safety.rules import ContentNotAllowed
from community.forum.boards.rules import MayNotComment
from community.forum.comments import service as comments
from community.forum.comments.rules import CommentDraft
from community.forum.posts import service as posts
from community.forum.posts.rules import NoSuchPost, PostLocked
from community.forum.reactions import service as reactions
from mini_program_api.door import GuestCall, MemberCall, door
from mini_program_api.post_views import CommentView, PostView, comment_view, post_view


@door.route("GET", "/v1/posts/{post_id}", who=Who.GUEST, gives=PostView, refuses=(NoSuchPost,))
def read_post(call: GuestCall[None, None], post_id: str) -> PostView:
    """One post, as far as I may see it."""
    sight = posts.read(call.caller, post_id, now=call.now)
    liked = reactions.note_read(call.caller, sight, now=call.now)
    return post_view(sight.post, counts=sight.counts, liked=liked, unlock=sight.unlock)


@door.route("PUT", "/v1/posts/{post_id}/reactions/like", refuses=(NoSuchPost, PostLocked))
def like_post(call: MemberCall[None, None], post_id: str) -> None:
    """I like it; saying so again changes nothing."""
    reactions.like(call.caller, post_id, now=call.now)


@door.route("DELETE", "/v1/posts/{post_id}/reactions/like", refuses=(NoSuchPost,))
def unlike_post(call: MemberCall[None, None], post_id: str) -> None:
    """I take my like back."""
    reactions.unlike(call.caller, post_id, now=call.now)


@door.route(
    "POST",
    "/v1/posts/{post_id}/comments",
    takes=CommentDraft,
    gives=CommentView,
    status=201,
    refuses=(NoSuchPost, PostLocked, MayNotComment, ContentNotAllowed),
)
def comment_on_post(call: MemberCall[CommentDraft, None], post_id: str) -> CommentView:
    """Comment; `held` means that a moderator looks at it first."""
    comment = comments.publish(
        call.caller, post_id, call.body, request_id=call.request_id, now=call.now
    )
    return comment_view(comment)


@door.route(
    "GET",
    "/v1/posts/{post_id}/comments",
    who=Who.GUEST,
    asks=PageQuery,
    gives=Page[CommentView],
    refuses=(NoSuchPost, PostLocked),
)
def list_comments(call: GuestCall[None, PageQuery], post_id: str) -> Page[CommentView]:
    """The comments of a post, oldest first."""
    return comments.page(call.caller, post_id, call.query, now=call.now).map(comment_view)
