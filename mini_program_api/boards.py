"""The boards and their posts."""

from __future__ import annotations

from typing import Literal

import msgspec

from chalicelib.errors import Unlock
from chalicelib.http import Who
from chalicelib.lists import Page, PageQuery
from community.commons.media.rules import NoSuchMedia, UsedAlready
from community.commons.safety.rules import ContentNotAllowed
from community.forum.boards import rules
from community.forum.boards import service as boards
from community.forum.boards.rules import May
from community.forum.hot import service as hot
from community.forum.lists import service as lists
from community.forum.posts import pages
from community.forum.posts import service as posts
from community.forum.posts.rules import Card, Draft, KindNotYours
from community.forum.reactions import service as reactions
from community.forum.votes import service as votes
from community.people.members.rules import Member
from mini_program_api.door import GuestCall, MemberCall, door
from mini_program_api.hidden import cards_without_blocked
from mini_program_api.post_views import PostCard, PostView, card_view, cards_view, own_view


class BoardView(msgspec.Struct, kw_only=True):
    """`unlock` says what opens the first thing that is closed to the caller.

    Where a board is `archived` nobody writes any longer, and nothing unlocks that.
    """

    board_id: str
    name: str
    description: str
    archived: bool
    may: May
    unlock: Unlock | None


class BoardsView(msgspec.Struct):
    items: list[BoardView]
    next_cursor: None = None


class PostsQuery(PageQuery, kw_only=True, frozen=True, forbid_unknown_fields=True):
    sort: Literal["latest", "hot", "featured", "unanswered"] = "latest"


SORTED = {
    "hot": lambda *asked, now: hot.page(*asked, now=now),
    "featured": lambda *asked, now: lists.featured(*asked, now=now),
    "unanswered": lambda *asked, now: lists.unanswered(*asked, now=now),
}


@door.route("GET", "/v1/boards", who=Who.GUEST, gives=BoardsView)
def list_boards(call: GuestCall[None, None]) -> BoardsView:
    """All boards, archived ones last, and what I may do there."""
    return BoardsView([_view(call.caller, board) for board in boards.everything(now=call.now)])


@door.route(
    "POST",
    "/v1/boards/{board_id}/posts",
    takes=Draft,
    gives=PostView,
    status=201,
    refuses=(
        rules.NoSuchBoard,
        rules.BoardNeedsOwner,
        rules.BoardArchived,
        KindNotYours,
        NoSuchMedia,
        UsedAlready,
        ContentNotAllowed,
    ),
)
def publish_post(call: MemberCall[Draft, None], board_id: str) -> PostView:
    """Publish a post; `held` means that a moderator looks at it first, `scheduled` that it waits for its time."""
    post = posts.publish(call.caller, board_id, call.body, request_id=call.request_id, now=call.now)
    return own_view(post, call.body.part, votes.seen(call.caller, post, now=call.now))


@door.route(
    "GET",
    "/v1/boards/{board_id}/posts",
    who=Who.GUEST,
    asks=PostsQuery,
    gives=Page[PostCard],
    refuses=(rules.NoSuchBoard, rules.BoardClosed),
)
def list_posts(call: GuestCall[None, PostsQuery], board_id: str) -> Page[PostCard]:
    """A board's posts, latest first; on the first page the pinned ones before them, beyond the limit.

    Or its hot ones; or those that staff found good; or questions without an accepted answer.
    """
    if call.query.sort != "latest":
        page = SORTED[call.query.sort](call.caller, board_id, call.query, now=call.now)
        return cards_view(call.caller, page)
    page = pages.latest(call.caller, board_id, call.query, now=call.now)
    page = cards_without_blocked(call.caller, page)
    pinned = set(boards.get(board_id, now=call.now).pinned)
    ids = {card.post_id for card in page.items}
    # Pinned posts may be very old: a range up to them has no bound. Three at most are read one by one.
    oldest = min(ids - pinned, default="~")
    near = [each for each in ids if each >= oldest]
    liked = reactions.liked_among(call.caller, board_id, near)
    liked |= reactions.liked_anywhere(
        call.caller, {(board_id, each) for each in ids.difference(near)}
    )

    def view(card: Card) -> PostCard:
        is_pinned = card.post_id in pinned
        return card_view(card, call.caller, liked=card.post_id in liked, pinned=is_pinned)

    return page.map(view)


def _view(caller: Member | None, board: rules.Board) -> BoardView:
    return BoardView(
        board_id=board.board_id,
        name=board.name,
        description=board.description,
        archived=board.archived,
        may=rules.may(caller, board),
        unlock=rules.unlock_of(caller, board),
    )
