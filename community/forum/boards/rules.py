"""Boards, and who may read, post and comment there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from chalicelib.errors import Forbidden, NotFound, Unlock
from community.commons.audience.rules import (
    EVERYONE,
    OWNERS,
    SIGNED_IN,
    Audience,
    Viewer,
    unlock_for,
)
from community.people.members.rules import Member, is_new


class NoSuchBoard(NotFound):
    code = "no_such_board"
    text = "没有这个板块"


class BoardClosed(Forbidden):
    """The board cannot be read by this person."""

    code = "board_closed"
    text = "您暂时不能浏览本板块"


class BoardArchived(Forbidden):
    code = "board_archived"
    text = "本板块已归档，仅供浏览"


class BoardNeedsOwner(Forbidden):
    code = "board_needs_owner"
    text = "认证车主后即可在本板块发帖"


class MayNotPost(Forbidden):
    code = "may_not_post"
    text = "您暂时不能在本板块发帖"


class MayNotComment(Forbidden):
    code = "may_not_comment"
    text = "您暂时不能在本板块评论"


class Policy(StrEnum):
    """Whose posts wait for a moderator, although content safety let them pass."""

    POST_MODERATE = "post_moderate"
    """Nobody's."""
    PRE_MODERATE = "pre_moderate"
    """Everybody's."""
    PRE_MODERATE_NEW = "pre_moderate_new"
    """Those of members who joined lately."""


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """`moderators` are userids of staff, who get the cards of its cases; nobody named: all moderators."""

    board_id: str
    name: str
    description: str
    place: int
    read: Audience = EVERYONE
    post: Audience = SIGNED_IN
    comment: Audience = SIGNED_IN
    policy: Policy = Policy.POST_MODERATE
    moderators: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    """Ids of posts, the last that was pinned first."""
    archived: bool = False
    """It can be read as before; nobody writes there any longer."""


class May(msgspec.Struct, frozen=True):
    """What somebody may do on a board."""

    read: bool
    post: bool
    comment: bool


BOARDS_FROM_THE_START = (
    Board(
        board_id="new-car-shopping",
        place=1,
        name="新车选购",
        description="选车、比价、试驾感受，买车路上互相参谋",
    ),
    Board(
        board_id="car-care",
        place=2,
        name="养车无忧",
        description="保养、维修、用车心得，车主经验大家看",
        post=OWNERS,
    ),
    Board(
        board_id="accessory-deals",
        place=3,
        name="车品大促",
        description="车品好物与优惠，晒单与点评",
    ),
    Board(
        board_id="new-launches",
        place=4,
        name="新车发布",
        description="新车资讯与发布会，第一时间聊新车",
    ),
    Board(
        board_id="members-only",
        place=5,
        name="会员尊享",
        description="认证车主的专属空间",
        read=OWNERS,
        post=OWNERS,
        comment=OWNERS,
    ),
)


def may(viewer: Viewer | None, board: Board) -> May:
    """Shape: `viewer` is None for a guest"""
    reads = unlock_for(viewer, board.read) is None
    writes = reads and not board.archived
    return May(
        read=reads,
        post=writes and unlock_for(viewer, board.post) is None,
        comment=writes and unlock_for(viewer, board.comment) is None,
    )


def unlock_of(viewer: Viewer | None, board: Board) -> Unlock | None:
    """What opens the next thing that is closed to the viewer: reading, posting, commenting."""
    actions = {"浏览": board.read}
    if not board.archived:
        actions |= {"发帖": board.post, "评论": board.comment}
    for action, audience in actions.items():
        if unlock := unlock_for(viewer, audience):
            return Unlock(f"{action}{unlock.reason}", unlock.how)
    return None


def check_may_read(viewer: Viewer | None, board: Board) -> None:
    """Refuses: BoardClosed — says what opens it"""
    if unlock := unlock_for(viewer, board.read):
        raise BoardClosed(unlock=unlock)


def check_may_post(viewer: Viewer, board: Board) -> None:
    """Refuses: BoardNeedsOwner, MayNotPost, BoardClosed — say how to get in; BoardArchived"""
    if unlock := unlock_for(viewer, board.post):
        refusal = BoardNeedsOwner if board.post == OWNERS else MayNotPost
        raise refusal(unlock=unlock)
    check_may_read(viewer, board)
    _check_not_archived(board)


def check_may_comment(viewer: Viewer, board: Board) -> None:
    """Refuses: BoardClosed, MayNotComment — say how to get in; BoardArchived"""
    check_may_read(viewer, board)
    if unlock := unlock_for(viewer, board.comment):
        raise MayNotComment(unlock=unlock)
    _check_not_archived(board)


def waits_for_moderator(author: Member, board: Board, now: datetime) -> bool:
    """Whether what somebody writes is held although content safety let it pass."""
    if board.policy is Policy.PRE_MODERATE_NEW:
        return is_new(author, now)
    return board.policy is Policy.PRE_MODERATE


def moderator_of(board_id: str) -> str:
    """The board role of a member who looks after a board, as audience rules name it."""
    return f"moderator:{board_id}"


def moderates(viewer: Viewer, board_id: str) -> bool:
    """Whether a member looks after a board."""
    return moderator_of(board_id) in viewer.board_roles


def with_role(member: Member, role: str, *, held: bool) -> Member:
    roles = {*member.board_roles, role} if held else {*member.board_roles} - {role}
    return msgspec.structs.replace(member, board_roles=tuple(sorted(roles)))


def in_order(boards: Sequence[Board]) -> list[Board]:
    """As they are shown: those that are archived last."""
    return sorted(boards, key=lambda board: (board.archived, board.place, board.board_id))


def _check_not_archived(board: Board) -> None:
    if board.archived:
        raise BoardArchived
