"""Other members, and what I have with them: who they are to others, following, blocking."""

from __future__ import annotations

import msgspec

from chalicelib.http import Who
from chalicelib.lists import Page, PageQuery
from community.commons.audience.rules import Tier
from community.commons.notifications.rules import NOBODY_KNOWN
from community.forum.blocks import service as blocks
from community.forum.blocks.rules import BlocksFull
from community.forum.boards import service as boards
from community.forum.boards.rules import BoardClosed, NoSuchBoard
from community.forum.follows import service as follows
from community.forum.follows.rules import Follow, FollowsFull, Kind
from community.forum.ties import service as ties
from community.forum.ties.rules import NoSuchMember, Oneself
from community.people.members import service as members
from mini_program_api.door import GuestCall, MemberCall, door


class MemberView(msgspec.Struct, kw_only=True):
    """A member as others see them."""

    member_id: str
    nickname: str
    badges: tuple[str, ...]
    tier: Tier
    followers: int
    following: bool
    blocked: bool


class NoSuchKind(NoSuchMember):
    code = "no_such_kind"
    text = "只能关注会员、板块或话题"


class FollowView(msgspec.Struct):
    """What I follow: `id` of a member or a board, or a topic in its words; what it is called."""

    kind: Kind
    id: str
    name: str


class Named(msgspec.Struct):
    """A member, and what they are called."""

    member_id: str
    nickname: str


@door.route(
    "GET", "/v1/members/{member_id}", who=Who.GUEST, gives=MemberView, refuses=(NoSuchMember,)
)
def read_member(call: GuestCall[None, None], member_id: str) -> MemberView:
    """Somebody as others see them; of two accounts that turned out to be one, the one that remains."""
    member = ties.known(member_id)
    return MemberView(
        member_id=member.member_id,
        nickname=member.nickname,
        badges=member.badges,
        tier=member.tier,
        followers=follows.followers(member.member_id),
        following=follows.is_following(call.caller, Kind.MEMBER, member.member_id),
        blocked=call.caller is not None and member.member_id in call.caller.blocked,
    )


@door.route(
    "PUT",
    "/v1/follows/{kind}/{target_id}",
    refuses=(NoSuchKind, NoSuchMember, Oneself, NoSuchBoard, BoardClosed, FollowsFull),
)
def follow(call: MemberCall[None, None], kind: str, target_id: str) -> None:
    """I follow a member, a board or a topic; saying so again changes nothing."""
    follows.follow(call.caller, _kind(kind), target_id, now=call.now)


@door.route("DELETE", "/v1/follows/{kind}/{target_id}", refuses=(NoSuchKind,))
def unfollow(call: MemberCall[None, None], kind: str, target_id: str) -> None:
    """I follow it no longer."""
    follows.unfollow(call.caller, _kind(kind), target_id, now=call.now)


@door.route("GET", "/v1/me/follows", asks=PageQuery, gives=Page[FollowView])
def list_follows(call: MemberCall[None, PageQuery]) -> Page[FollowView]:
    """What I follow, the latest first."""
    page = follows.page(call.caller, call.query)
    names = members.nicknames([each.id for each in page.items if each.kind is Kind.MEMBER])
    names |= {board.board_id: board.name for board in boards.everything(now=call.now)}

    def view(follow: Follow) -> FollowView:
        name = follow.id if follow.kind is Kind.TOPIC else names.get(follow.id, NOBODY_KNOWN)
        return FollowView(follow.kind, follow.id, name)

    return page.map(view)


@door.route("GET", "/v1/me/followers", asks=PageQuery, gives=Page[Named])
def list_followers(call: MemberCall[None, PageQuery]) -> Page[Named]:
    """Who follows me, those first who have been here the longest."""
    return _named(follows.page_of_followers(call.caller, call.query))


@door.route("PUT", "/v1/me/blocks/{member_id}", refuses=(NoSuchMember, Oneself, BlocksFull))
def block(call: MemberCall[None, None], member_id: str) -> None:
    """I do not want to see anything of this member, nor to hear from them."""
    blocks.block(call.caller, member_id, now=call.now)


@door.route("DELETE", "/v1/me/blocks/{member_id}")
def unblock(call: MemberCall[None, None], member_id: str) -> None:
    """They are like everybody else to me again."""
    blocks.unblock(call.caller, member_id, now=call.now)


@door.route("GET", "/v1/me/blocks", asks=PageQuery, gives=Page[Named])
def list_blocks(call: MemberCall[None, PageQuery]) -> Page[Named]:
    """Whom I blocked, the latest first."""
    return _named(blocks.page(call.caller, call.query))


def _named(page: Page[str]) -> Page[Named]:
    names = members.nicknames(page.items)
    return page.map(lambda member_id: Named(member_id, names.get(member_id, NOBODY_KNOWN)))


def _kind(text: str) -> Kind:
    try:
        return Kind(text)
    except ValueError as unknown:
        raise NoSuchKind from unknown
