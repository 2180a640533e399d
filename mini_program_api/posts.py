"""One post: reading, editing, deleting."""

from __future__ import annotations

from chalicelib.http import Who
from chalicelib.lists import Page, PageQuery
from community.commons.media.rules import NoSuchMedia, UsedAlready
from community.commons.safety.rules import ContentNotAllowed
from community.forum.boards.rules import BoardArchived, BoardNeedsOwner
from community.forum.posts import editing
from community.forum.posts import service as posts
from community.forum.posts.rules import (
    Draft,
    NoSuchPost,
    NotYourPost,
    PostChanged,
    PostDeleted,
    PostInReview,
    TooManyEdits,
    Version,
)
from community.forum.reactions import service as reactions
from community.forum.votes import service as votes
from mini_program_api.door import GuestCall, MemberCall, door
from mini_program_api.post_views import PostView, own_view, post_view


@door.route("GET", "/v1/posts/{post_id}", who=Who.GUEST, gives=PostView, refuses=(NoSuchPost,))
def read_post(call: GuestCall[None, None], post_id: str) -> PostView:
    """One post, as far as I may see it."""
    sight = posts.read(call.caller, post_id, now=call.now)
    did = reactions.note_read(call.caller, sight, now=call.now)
    poll = None if sight.unlock else votes.seen(call.caller, sight.post, now=call.now)
    return post_view(
        sight.post, counts=sight.counts, did=did, unlock=sight.unlock, part=sight.part, poll=poll
    )


@door.route(
    "PUT",
    "/v1/posts/{post_id}",
    takes=Draft,
    gives=PostView,
    refuses=(
        NoSuchPost,
        NotYourPost,
        PostInReview,
        PostDeleted,
        PostChanged,
        TooManyEdits,
        BoardNeedsOwner,
        BoardArchived,
        NoSuchMedia,
        UsedAlready,
        ContentNotAllowed,
    ),
)
def edit_post(call: MemberCall[Draft, None], post_id: str) -> PostView:
    """Let my post say something else; `held` means that a moderator looks at it first."""
    post = editing.edit(call.caller, post_id, call.body, now=call.now)
    return own_view(post, call.body.part, votes.seen(call.caller, post, now=call.now))


@door.route("DELETE", "/v1/posts/{post_id}", refuses=(NoSuchPost, NotYourPost))
def delete_post(call: MemberCall[None, None], post_id: str) -> None:
    """Delete my post; doing so again changes nothing."""
    editing.delete(call.caller, post_id, now=call.now)


@door.route(
    "POST", "/v1/posts/{post_id}/restore", gives=PostView, refuses=(NoSuchPost, NotYourPost)
)
def restore_post(call: MemberCall[None, None], post_id: str) -> PostView:
    """Take the deletion of my post back, for 30 days; doing so again changes nothing."""
    post = editing.restore(call.caller, post_id, now=call.now)
    return own_view(post, posts.part_of(post), votes.seen(call.caller, post, now=call.now))


@door.route(
    "GET",
    "/v1/posts/{post_id}/edits",
    asks=PageQuery,
    gives=Page[Version],
    refuses=(NoSuchPost, NotYourPost),
)
def list_edits(call: MemberCall[None, PageQuery], post_id: str) -> Page[Version]:
    """What my post was before each time that I changed it, latest first."""
    return editing.edits(call.caller, post_id, call.query)
