"""Front door: what members have with each other, for those who say what it means.

What one holds is written at once, with its fact; who stands with the other, and how many, follows.
"""

from __future__ import annotations

from collections.abc import Callable

from chalicelib import ids
from chalicelib.errors import NotFound
from community.facts import Fact, MemberErased, MembersMerged, MembersUnmerged
from community.forum.ties import records, rules
from community.forum.ties.rules import Tie
from community.people.members import service as members
from community.people.members.rules import Member, State

_HIDDEN = (State.DORMANT, State.ERASED)


def known(member_id: str) -> Member:
    """A member as far as others may know that there is one; of two who were merged, the one who remains.

    Refuses: NoSuchMember — nobody, somebody who was never here, or is erased
    """
    try:
        member = members.get(member_id) if ids.is_id(member_id) else None
    except NotFound:
        member = None
    if member is None or member.state in _HIDDEN:
        raise rules.NoSuchMember
    return member


def another(member: Member, other_id: str) -> Member:
    """The same, somebody else than the member. Refuses: NoSuchMember, Oneself"""
    other = known(other_id)
    if other.member_id == member.member_id:
        raise rules.Oneself
    return other


def held(tie: Tie, member_id: str) -> tuple[str, ...]:
    """What a member holds, oldest first, a moment old."""
    return records.held(tie, member_id)


def change(
    tie: Tie,
    member_id: str,
    changed: Callable[[tuple[str, ...]], tuple[str, ...]],
    *,
    fact: Fact,
) -> None:
    """A member holds something else from now on. Refuses: Unavailable; what `changed` refuses"""
    records.change(tie, member_id, changed, fact)


def count(tie: Tie, member_id: str) -> int:
    """How many have this tie with a member; it follows what they do."""
    return records.count(tie, member_id)


def holders(tie: Tie, member_id: str, *, after: str | None, limit: int) -> list[str]:
    """Who has this tie with a member, as far as it followed: a page in the order of their ids."""
    return records.holders(tie, member_id, after=after, limit=limit)


def follow(tie: Tie, member_id: str, holder_id: str) -> None:
    """Whether a member is among those whom another holds follows from that one's list. Refuses: Unavailable"""
    records.align(tie, member_id, holder_id)


def follow_merge(tie: Tie, fact: MembersMerged) -> None:
    """Both had these ties; others have theirs with the one who remains. Refuses: Unfinished, Unavailable"""
    records.move(tie, fact.gone_id, to=fact.kept_id, merge_id=fact.merge_id)
    _align_all(tie, fact)


def follow_unmerge(tie: Tie, fact: MembersUnmerged) -> None:
    """Each has their own again, and others theirs with each. Refuses: Unfinished, Unavailable"""
    records.move_back(tie, fact.kept_id, to=fact.gone_id, merge_id=fact.merge_id)
    _align_all(tie, fact)


def erase(tie: Tie, fact: MemberErased) -> None:
    """Nobody has a tie with them, and they have none. Refuses: Unfinished, Unavailable"""
    for member_id in rules.members_in(tie, records.held(tie, fact.member_id, as_it_is_now=True)):
        records.drop(tie, member_id, fact.member_id)
    records.forget(tie, fact.member_id)


def _align_all(tie: Tie, fact: MembersMerged | MembersUnmerged) -> None:
    both = (fact.kept_id, fact.gone_id)
    every = [entry for each in both for entry in records.held(tie, each, as_it_is_now=True)]
    for member_id in dict.fromkeys(rules.members_in(tie, every)):
        for holder_id in both:
            records.align(tie, member_id, holder_id)
