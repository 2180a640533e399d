"""Front door: following members, boards and topics."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from chalicelib.lists import Page, PageQuery, cursor_after, place_of
from community.facts import Followed, MemberErased, MembersMerged, MembersUnmerged
from community.forum.boards import rules as board_rules
from community.forum.boards import service as boards
from community.forum.follows import rules
from community.forum.follows.rules import Follow, Kind
from community.forum.ties import service as ties
from community.forum.ties.rules import Tie
from community.people.members.rules import Member

_LIST = "follows"
_FOLLOWERS = "followers"


def follow(member: Member, kind: Kind, target_id: str, *, now: datetime) -> None:
    """A member follows somebody or something; saying so again changes nothing.

    Refuses: NoSuchMember, Oneself; NoSuchBoard, BoardClosed; Invalid — no topic; FollowsFull
    """
    target = _target(member, kind, target_id, now)
    _change(member, target, on=True, now=now)


def unfollow(member: Member, kind: Kind, target_id: str, *, now: datetime) -> None:
    """A member follows it no longer, whether it is still there or not."""
    _change(member, Follow(kind, target_id), on=False, now=now)


def followed_by(member_id: str) -> list[Follow]:
    """Everything that a member follows, oldest first, in one read."""
    return [rules.read(entry) for entry in ties.held(Tie.FOLLOWS, member_id)]


def is_following(member: Member | None, kind: Kind, target_id: str) -> bool:
    """Whether somebody follows this. A guest follows nothing."""
    if member is None:
        return False
    return rules.is_among(ties.held(Tie.FOLLOWS, member.member_id), Follow(kind, target_id))


def followers(member_id: str) -> int:
    """How many follow a member, some seconds old."""
    return ties.count(Tie.FOLLOWS, member_id)


def page(member: Member, query: PageQuery) -> Page[Follow]:
    """What a member follows, newest first."""
    before = place_of(query.cursor, of=_LIST)
    every = followed_by(member.member_id)
    # A place among so many from the oldest on: what is followed meanwhile does not move it.
    end = min(int(before), len(every)) if before else len(every)
    start = max(0, end - query.limit)
    cursor = cursor_after(str(start), of=_LIST) if start else None
    return Page(items=every[start:end][::-1], next_cursor=cursor)


def page_of_followers(member: Member, query: PageQuery) -> Page[str]:
    """Who follows a member: ids, those first who have been in the community the longest."""
    after = place_of(query.cursor, of=_FOLLOWERS)
    found = ties.holders(Tie.FOLLOWS, member.member_id, after=after, limit=query.limit)
    cursor = cursor_after(found[-1], of=_FOLLOWERS) if len(found) == query.limit else None
    return Page(items=found, next_cursor=cursor)


def follow_up(fact: Followed) -> None:
    """Who follows a member stands with them and is counted, as it is by now. Refuses: Unavailable"""
    if fact.kind == Kind.MEMBER:
        ties.follow(Tie.FOLLOWS, fact.target_id, fact.member_id)


def exported(member_id: str) -> list[dict[str, Any]]:
    """What they follow."""
    plain: list[dict[str, Any]] = msgspec.to_builtins(followed_by(member_id))
    return plain


def follow_merge(fact: MembersMerged) -> None:
    """What either followed, they follow; who followed either, follows them. Refuses: Unfinished, Unavailable"""
    ties.follow_merge(Tie.FOLLOWS, fact)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back. Refuses: Unfinished, Unavailable"""
    ties.follow_unmerge(Tie.FOLLOWS, fact)


def erase(fact: MemberErased) -> None:
    """They follow nobody, and nobody follows them. Refuses: Unfinished, Unavailable"""
    ties.erase(Tie.FOLLOWS, fact)


def _target(member: Member, kind: Kind, target_id: str, now: datetime) -> Follow:
    if kind is Kind.MEMBER:
        return Follow(kind, ties.another(member, target_id).member_id)
    if kind is Kind.BOARD:
        board = boards.get(target_id, now=now)
        board_rules.check_may_read(member, board)
        return Follow(kind, board.board_id)
    return Follow(kind, rules.tidied_topic(target_id))


def _change(member: Member, target: Follow, *, on: bool, now: datetime) -> None:
    fact = Followed(
        fact_id=f"{member.member_id}.{target.key}.{'on' if on else 'off'}.{now.isoformat()}",
        at=now,
        member_id=member.member_id,
        kind=target.kind.value,
        target_id=target.id,
        on=on,
    )
    changed = rules.with_follow if on else rules.without_follow
    ties.change(Tie.FOLLOWS, member.member_id, lambda held: changed(held, target), fact=fact)
