"""Posts as one person sees them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec

from chalicelib import ids
from chalicelib.errors import Unlock
from chalicelib.lists import Page
from community.commons.audience.rules import Audience, unlock_for
from community.commons.media import service as media
from community.commons.words import visible
from community.forum.markup import rules as markup
from community.forum.markup.rules import Block
from community.forum.posts.rules import (
    Author,
    Card,
    Counts,
    Part,
    PartDraft,
    PartSight,
    Picture,
    PictureState,
    Post,
    PostKind,
    State,
)
from community.forum.reactions import service as reactions
from community.forum.reactions.rules import Kind
from community.forum.votes.rules import PollSight
from community.people.members.rules import Member
from mini_program_api.hidden import cards_without_blocked
from mini_program_api.polls import PollView, poll_view


class PictureView(msgspec.Struct, kw_only=True):
    """A picture of a post in three sizes. Its addresses are null before it has passed its check."""

    media_id: str
    state: PictureState
    small: str | None
    medium: str | None
    large: str | None


class VideoView(msgspec.Struct, kw_only=True):
    """A video of a post. Its address is null before it has passed its check."""

    media_id: str
    state: PictureState
    url: str | None


class PartView(msgspec.Struct, kw_only=True):
    """The part of a post for some. While it is `locked`, it has no text and `unlock` says what opens it."""

    audience: Audience
    chars: int
    locked: bool
    unlock: Unlock | None
    text: str | None
    blocks: tuple[Block, ...]


class PostView(msgspec.Struct, kw_only=True):
    """A post. While it is `locked`, `text` is null, `blocks` is empty and `unlock` says what opens it.

    `text` is what was written, `blocks` is what to draw. Others than the author get only those of
    `pictures`, and the `video`, that have passed their check.
    """

    post_id: str
    board_id: str
    author: Author
    kind: PostKind
    title: str
    text: str | None
    blocks: tuple[Block, ...]
    teaser: str
    audience: Audience
    model: str | None
    topics: tuple[str, ...]
    pictures: tuple[PictureView, ...]
    video: VideoView | None
    part: PartView | None
    poll: PollView | None
    mentions: tuple[str, ...]
    coupon_id: str | None
    activity_id: str | None
    accepted: str | None
    featured: bool
    closed: bool
    locked: bool
    unlock: Unlock | None
    state: State
    counts: Counts
    liked: bool
    useful: bool
    favourite: bool
    created_at: datetime
    edited_at: datetime | None
    publish_at: datetime | None


class PostCard(msgspec.Struct, kw_only=True):
    """A post in a list: everything but its text.

    `cover` is the address of its first picture, `answered` whether a question has its answer,
    `has_part` whether there is a part for some, `pinned` whether it stands above the latest of its board.
    """

    post_id: str
    board_id: str
    author: Author
    kind: PostKind
    title: str
    teaser: str
    cover: str | None
    answered: bool
    featured: bool
    has_part: bool
    pinned: bool
    locked: bool
    unlock: Unlock | None
    state: State
    counts: Counts
    liked: bool
    created_at: datetime


def post_view(
    post: Post,
    *,
    counts: Counts | None = None,
    did: Collection[Kind] = (),
    unlock: Unlock | None = None,
    part: PartSight | None = None,
    poll: PollSight | None = None,
) -> PostView:
    return PostView(
        post_id=post.post_id,
        board_id=post.board_id,
        author=post.author,
        kind=post.kind,
        title=post.title,
        text=None if unlock else post.text,
        blocks=() if unlock else markup.blocks(post.text),
        teaser=post.teaser,
        audience=post.audience,
        model=post.model,
        topics=post.topics,
        pictures=tuple(map(_picture_view, post.pictures)),
        video=_video_view(post.video) if post.video else None,
        part=_part_view(post.part, part) if post.part and part else None,
        poll=poll_view(poll) if poll and not unlock else None,
        mentions=post.mentions,
        coupon_id=post.coupon_id,
        activity_id=post.activity_id,
        accepted=post.accepted,
        featured=post.featured,
        closed=post.closed,
        locked=unlock is not None,
        unlock=unlock,
        state=post.state,
        counts=counts or Counts(),
        liked=Kind.LIKE in did,
        useful=Kind.USEFUL in did,
        favourite=Kind.FAVOURITE in did,
        created_at=post.created_at,
        edited_at=post.edited_at,
        publish_at=post.publish_at,
    )


def own_view(post: Post, part: PartDraft | None, poll: PollSight | None) -> PostView:
    """A post as its author gets it back, with this part and this poll."""
    sight = PartSight(chars=post.part.chars) if post.part else None
    if sight and part:
        sight = msgspec.structs.replace(sight, text=visible(part.text))
    return post_view(post, part=sight, poll=poll)


def _picture_view(picture: Picture) -> PictureView:
    links = media.links(picture.media_id) if picture.state is PictureState.PASSED else None
    return PictureView(
        media_id=picture.media_id,
        state=picture.state,
        small=links.small if links else None,
        medium=links.medium if links else None,
        large=links.large if links else None,
    )


def _video_view(video: Picture) -> VideoView:
    passed = video.state is PictureState.PASSED
    return VideoView(
        media_id=video.media_id,
        state=video.state,
        url=media.video_link(video.media_id) if passed else None,
    )


def _part_view(part: Part, sight: PartSight) -> PartView:
    return PartView(
        audience=part.audience,
        chars=sight.chars,
        locked=sight.unlock is not None,
        unlock=sight.unlock,
        text=sight.text,
        blocks=markup.blocks(sight.text) if sight.text else (),
    )


def card_view(
    card: Card,
    viewer: Member | None,
    *,
    liked: bool,
    pinned: bool = False,
    state: State = State.PUBLISHED,
) -> PostCard:
    is_mine = viewer is not None and viewer.member_id == card.author.member_id
    unlock = None if is_mine else unlock_for(viewer, card.audience)
    return PostCard(
        post_id=card.post_id,
        board_id=card.board_id,
        author=card.author,
        kind=card.kind,
        title=card.title,
        teaser=card.teaser,
        cover=media.cover_link(card.cover) if card.cover else None,
        answered=card.accepted,
        featured=card.featured,
        has_part=card.part is not None,
        pinned=pinned,
        locked=unlock is not None,
        unlock=unlock,
        state=state,
        counts=card.counts,
        liked=liked,
        created_at=ids.time_of(card.post_id),
    )


def cards_view(viewer: Member | None, page: Page[Card]) -> Page[PostCard]:
    """A page of cards that are not those of one board in their order."""
    page = cards_without_blocked(viewer, page)
    liked = reactions.liked_anywhere(viewer, {(card.board_id, card.post_id) for card in page.items})
    return page.map(lambda card: card_view(card, viewer, liked=card.post_id in liked))
