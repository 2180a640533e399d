"""What I think of a post or a comment: like, useful, favourite, share."""

from __future__ import annotations

from community.forum.comments.rules import NoSuchComment
from community.forum.posts.rules import NoSuchPost, PostLocked
from community.forum.reactions import service as reactions
from community.forum.reactions.rules import Kind
from mini_program_api.door import MemberCall, door

LIKE = "/v1/posts/{post_id}/reactions/like"
USEFUL = "/v1/posts/{post_id}/reactions/useful"
SHARE = "/v1/posts/{post_id}/reactions/share"
FAVOURITE = "/v1/posts/{post_id}/favourite"
LIKE_COMMENT = "/v1/posts/{post_id}/comments/{comment_id}/reactions/like"


@door.route("PUT", LIKE, refuses=(NoSuchPost, PostLocked))
def like_post(call: MemberCall[None, None], post_id: str) -> None:
    """I like it; saying so again changes nothing."""
    reactions.like(call.caller, post_id, now=call.now)


@door.route("DELETE", LIKE, refuses=(NoSuchPost,))
def unlike_post(call: MemberCall[None, None], post_id: str) -> None:
    """I take my like back."""
    reactions.unlike(call.caller, post_id, now=call.now)


@door.route("PUT", USEFUL, refuses=(NoSuchPost, PostLocked))
def find_useful(call: MemberCall[None, None], post_id: str) -> None:
    """It helped me; saying so again changes nothing."""
    reactions.react(Kind.USEFUL, call.caller, post_id, now=call.now)


@door.route("DELETE", USEFUL, refuses=(NoSuchPost,))
def find_not_useful(call: MemberCall[None, None], post_id: str) -> None:
    """It did not help me after all."""
    reactions.take_back(Kind.USEFUL, call.caller, post_id, now=call.now)


@door.route("PUT", SHARE, refuses=(NoSuchPost, PostLocked))
def note_share(call: MemberCall[None, None], post_id: str) -> None:
    """I shared it; I am counted once, however often I do."""
    reactions.react(Kind.SHARE, call.caller, post_id, now=call.now)


@door.route("PUT", FAVOURITE, refuses=(NoSuchPost, PostLocked))
def keep_post(call: MemberCall[None, None], post_id: str) -> None:
    """I keep it among my favourites; doing so again changes nothing."""
    reactions.react(Kind.FAVOURITE, call.caller, post_id, now=call.now)


@door.route("DELETE", FAVOURITE, refuses=(NoSuchPost,))
def drop_post(call: MemberCall[None, None], post_id: str) -> None:
    """I do not keep it any longer."""
    reactions.take_back(Kind.FAVOURITE, call.caller, post_id, now=call.now)


@door.route("PUT", LIKE_COMMENT, refuses=(NoSuchPost, PostLocked, NoSuchComment))
def like_comment(call: MemberCall[None, None], post_id: str, comment_id: str) -> None:
    """I like a comment; saying so again changes nothing."""
    reactions.like_comment(call.caller, post_id, comment_id, now=call.now)


@door.route("DELETE", LIKE_COMMENT, refuses=(NoSuchPost, PostLocked, NoSuchComment))
def unlike_comment(call: MemberCall[None, None], post_id: str, comment_id: str) -> None:
    """I take my like of a comment back."""
    reactions.unlike_comment(call.caller, post_id, comment_id, now=call.now)
