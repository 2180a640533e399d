"""Front door: members of whom a member does not want to see anything.

Who calls is known with whom they block (`Member.blocked`): lists leave those out without a read.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.lists import Page, PageQuery, cursor_after, place_of
from community.facts import Blocked, MemberErased, MembersMerged, MembersUnmerged
from community.forum.blocks import rules
from community.forum.ties import service as ties
from community.forum.ties.rules import Tie
from community.people.members.rules import Member

_LIST = "blocks"


def block(member: Member, other_id: str, *, now: datetime) -> None:
    """A member does not want to see anything of another; saying so again changes nothing.

    Refuses: NoSuchMember, Oneself; BlocksFull
    """
    other_id = ties.another(member, other_id).member_id
    fact = _fact(member, other_id, on=True, now=now)
    ties.change(
        Tie.BLOCKS, member.member_id, lambda held: rules.with_block(held, other_id), fact=fact
    )


def unblock(member: Member, other_id: str, *, now: datetime) -> None:
    """They are like everybody else again, whether they are still here or not."""
    fact = _fact(member, other_id, on=False, now=now)
    ties.change(
        Tie.BLOCKS, member.member_id, lambda held: rules.without_block(held, other_id), fact=fact
    )


def blocked_by(member_id: str) -> frozenset[str]:
    """Whom a member blocks, in one read."""
    return frozenset(ties.held(Tie.BLOCKS, member_id))


def has_blocked(member_id: str, other_id: str) -> bool:
    """Whether a member does not want to hear of another, in one read."""
    return other_id in blocked_by(member_id)


def page(member: Member, query: PageQuery) -> Page[str]:
    """Whom a member blocks, the latest first."""
    before = place_of(query.cursor, of=_LIST)
    every = ties.held(Tie.BLOCKS, member.member_id)
    end = min(int(before), len(every)) if before else len(every)
    start = max(0, end - query.limit)
    cursor = cursor_after(str(start), of=_LIST) if start else None
    return Page(items=list(every[start:end][::-1]), next_cursor=cursor)


def follow_up(fact: Blocked) -> None:
    """Whom somebody blocks is known from that side, too, so that it holds if they are merged. Refuses: Unavailable"""
    ties.follow(Tie.BLOCKS, fact.target_id, fact.member_id)


def exported(member_id: str) -> list[str]:
    """Whom they block."""
    return list(ties.held(Tie.BLOCKS, member_id))


def follow_merge(fact: MembersMerged) -> None:
    """Whom either blocked, they block; who blocked either, blocks them. Refuses: Unfinished, Unavailable"""
    ties.follow_merge(Tie.BLOCKS, fact)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back. Refuses: Unfinished, Unavailable"""
    ties.follow_unmerge(Tie.BLOCKS, fact)


def erase(fact: MemberErased) -> None:
    """They block nobody, and nobody blocks them. Refuses: Unfinished, Unavailable"""
    ties.erase(Tie.BLOCKS, fact)


def _fact(member: Member, other_id: str, *, on: bool, now: datetime) -> Blocked:
    return Blocked(
        fact_id=f"{member.member_id}.{other_id}.{'blocks' if on else 'unblocks'}.{now.isoformat()}",
        at=now,
        member_id=member.member_id,
        target_id=other_id,
        on=on,
    )
