"""The boards and their posts."""

from __future__ import annotations

from typing import Literal

import msgspec

from chalicelib.errors import Unlock
from chalicelib.http import Who
from chalicelib.lists import Page, PageQuery
from community.commons.safety.rules import ContentNotAllowed
from community.forum.boards import rules
from community.forum.boards import service as boards
from community.forum.boards.rules import May
from community.forum.posts import service as posts
from community.forum.posts.rules import Card, Draft
from community.forum.reactions import service as reactions
from community.people.members.rules import Member
from mini_program_api.door import GuestCall, MemberCall, door
from mini_program_api.post_views import PostCard, PostView, card_view, post_view


class BoardView(msgspec.Struct, kw_only=True):
    """`unlock` says what opens the first thing that is closed to the caller."""

    board_id: str
    name: str
    description: str
    may: May
    unlock: Unlock | None


class BoardsView(msgspec.Struct):
    items: list[BoardView]
    next_cursor: None = None


class PostsQuery(PageQuery, kw_only=True, frozen=True, forbid_unknown_fields=True):
    sort: Literal["latest"] = "latest"


@door.route("GET", "/v1/boards", who=Who.GUEST, gives=BoardsView)
def list_boards(call: GuestCall[None, None]) -> BoardsView:
    """All boards, and what I may do there."""
    return BoardsView([_view(call.caller, board) for board in boards.everything(now=call.now)])


@door.route(
    "POST",
    "/v1/boards/{board_id}/posts",
    takes=Draft,
    gives=PostView,
    status=201,
    refuses=(rules.NoSuchBoard, rules.BoardNeedsOwner, ContentNotAllowed),
)
def publish_post(call: MemberCall[Draft, None], board_id: str) -> PostView:
    """Publish a post; `held` means that a moderator looks at it first."""
    post = posts.publish(call.caller, board_id, call.body, request_id=call.request_id, now=call.now)
    return post_view(post)


@door.route(
    "GET",
    "/v1/boards/{board_id}/posts",
    who=Who.GUEST,
    asks=PostsQuery,
    gives=Page[PostCard],
    refuses=(rules.NoSuchBoard, rules.BoardClosed),
)
def list_posts(call: GuestCall[None, PostsQuery], board_id: str) -> Page[PostCard]:
    """A board's posts, latest first."""
    page = posts.latest(call.caller, board_id, call.query, now=call.now)
    liked = reactions.liked_among(call.caller, board_id, [card.post_id for card in page.items])

    def view(card: Card) -> PostCard:
        return card_view(card, call.caller, liked=card.post_id in liked)

    return page.map(view)


def _view(caller: Member | None, board: rules.Board) -> BoardView:
    return BoardView(
        board_id=board.board_id,
        name=board.name,
        description=board.description,
        may=rules.may(caller, board),
        unlock=rules.unlock_of(caller, board),
    )
