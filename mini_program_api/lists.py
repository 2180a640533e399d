"""Lists of posts: by topic, model and author; and what is mine."""

from __future__ import annotations

import msgspec

from chalicelib.http import Who
from chalicelib.lists import Page, PageQuery
from community.forum.lists import service as lists
from community.forum.lists.rules import Mine, Said
from community.forum.posts.rules import State
from community.forum.reactions import service as reactions
from community.forum.ties.rules import NoSuchMember
from mini_program_api.comment_views import CommentView, comment_view
from mini_program_api.door import GuestCall, MemberCall, door
from mini_program_api.post_views import PostCard, card_view, cards_view


class MyComment(msgspec.Struct, kw_only=True):
    """What I said, and below which post. `post_title`: null where I do not see the post any longer."""

    post_id: str
    board_id: str
    post_title: str | None
    state: State
    comment: CommentView


@door.route("GET", "/v1/topics/{topic}/posts", who=Who.GUEST, asks=PageQuery, gives=Page[PostCard])
def list_topic(call: GuestCall[None, PageQuery], topic: str) -> Page[PostCard]:
    """Posts with a topic, latest first."""
    page = lists.by_topic(call.caller, topic, call.query, now=call.now)
    return cards_view(call.caller, page)


@door.route("GET", "/v1/models/{model}/posts", who=Who.GUEST, asks=PageQuery, gives=Page[PostCard])
def list_model(call: GuestCall[None, PageQuery], model: str) -> Page[PostCard]:
    """Posts about a car model, latest first."""
    page = lists.by_model(call.caller, model, call.query, now=call.now)
    return cards_view(call.caller, page)


@door.route(
    "GET",
    "/v1/members/{member_id}/posts",
    who=Who.GUEST,
    asks=PageQuery,
    gives=Page[PostCard],
    refuses=(NoSuchMember,),
)
def list_author(call: GuestCall[None, PageQuery], member_id: str) -> Page[PostCard]:
    """What a member published, latest first."""
    page = lists.by_author(call.caller, member_id, call.query, now=call.now)
    return cards_view(call.caller, page)


@door.route("GET", "/v1/me/posts", asks=PageQuery, gives=Page[PostCard])
def list_my_posts(call: MemberCall[None, PageQuery]) -> Page[PostCard]:
    """What I wrote, in whatever state, latest first."""
    page = lists.my_posts(call.caller, call.query)
    places = {(mine.card.board_id, mine.card.post_id) for mine in page.items}
    liked = reactions.liked_anywhere(call.caller, places)

    def view(mine: Mine) -> PostCard:
        is_liked = mine.card.post_id in liked
        return card_view(mine.card, call.caller, liked=is_liked, state=mine.state)

    return page.map(view)


@door.route("GET", "/v1/me/comments", asks=PageQuery, gives=Page[MyComment])
def list_my_comments(call: MemberCall[None, PageQuery]) -> Page[MyComment]:
    """What I said, latest first."""
    return lists.my_comments(call.caller, call.query, now=call.now).map(_my_comment)


@door.route("GET", "/v1/me/favourites", asks=PageQuery, gives=Page[PostCard])
def list_favourites(call: MemberCall[None, PageQuery]) -> Page[PostCard]:
    """What I keep, the latest first."""
    return cards_view(call.caller, lists.favourites(call.caller, call.query, now=call.now))


@door.route("GET", "/v1/me/history", asks=PageQuery, gives=Page[PostCard])
def list_history(call: MemberCall[None, PageQuery]) -> Page[PostCard]:
    """What I read in the last 90 days, the latest first."""
    return cards_view(call.caller, lists.history(call.caller, call.query, now=call.now))


@door.route("DELETE", "/v1/me/history")
def clear_history(call: MemberCall[None, None]) -> None:
    """Nobody, not even I, is shown what I read up to now."""
    lists.clear_history(call.caller, request_id=call.request_id, now=call.now)


def _my_comment(said: Said) -> MyComment:
    comment = said.comment
    return MyComment(
        post_id=comment.post_id,
        board_id=comment.board_id,
        post_title=said.post_title,
        state=comment.state,
        comment=comment_view(comment),
    )
