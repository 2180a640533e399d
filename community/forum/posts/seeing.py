"""A post before one person: what opens it, and what of it may leave for them."""

from __future__ import annotations

import msgspec

from chalicelib.errors import Unlock
from community.commons.audience.rules import EVERYONE, Audience, unlock_for
from community.forum.boards.rules import Board
from community.forum.markup import rules as markup
from community.forum.posts.drafting import beginning, how_much
from community.forum.posts.rules import PictureState, Post, State, is_author, without_files
from community.people.members.rules import Member


def locked(post: Post) -> Post:
    """What may leave for those who may not read it: no text, no pictures, and no teaser made of the text.

    A post for everyone on a board for some has its beginning for a teaser.
    """
    text = markup.plain(post.text)
    teaser = how_much(text) if post.teaser == beginning(text) else post.teaser
    bare = msgspec.structs.replace(without_files(post), poll=None, coupon_id=None, activity_id=None)
    return msgspec.structs.replace(bare, text="", teaser=teaser)


def before_others(post: Post) -> Post:
    """A post as others than its author get it: only what has passed of its pictures, or its video."""
    video = post.video if post.video and post.video.state is PictureState.PASSED else None
    passed = tuple(each for each in post.pictures if each.state is PictureState.PASSED)
    return msgspec.structs.replace(post, pictures=passed, video=video)


def cover_of(post: Post) -> str | None:
    """The picture that lists show; none of a post for some, which may not leave."""
    passed = (each.media_id for each in post.pictures if each.state is PictureState.PASSED)
    return next(passed, None) if post.audience == EVERYONE else None


def unlock_of(viewer: Member | None, post: Post, board: Board) -> Unlock | None:
    """None if the viewer may read the text: wrote it, or board and post are open to them."""
    if is_author(viewer, post):
        return None
    return unlock_for(viewer, board.read) or unlock_for(viewer, post.audience)


def unlock_of_part(viewer: Member | None, post: Post, audience: Audience) -> Unlock | None:
    """None if the viewer, who may read the post, may read its part for this audience, too."""
    return None if is_author(viewer, post) else unlock_for(viewer, audience)


def is_closed_to(viewer: Member, post: Post, board: Board) -> bool:
    """Whether somebody may not read all of a post that they could if they had written it."""
    if is_author(viewer, post):
        return False
    part = post.part.audience if post.part else EVERYONE
    hidden = post.state is not State.PUBLISHED
    return hidden or bool(unlock_of(viewer, post, board) or unlock_for(viewer, part))
