"""Front door: what those are called who wrote something.

Posts, comments and cards name their author themselves, so that a page of them is one read. When a member
is called otherwise or wears other badges, everything that they wrote says so, too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from community.commons.agenda import service as agenda
from community.facts import BylinesDue, MembersMerged, MembersUnmerged, ProfileChanged
from community.forum.authorship import service as authorship
from community.forum.authorship.rules import What
from community.forum.comments import service as comments
from community.forum.posts import afterwards as post_afterwards

AT_ONCE_MAX = 300
"""Who wrote more is followed from minute to minute: that many take some ten seconds."""


class AboutMember(Protocol):
    """A fact about a member."""

    @property
    def at(self) -> datetime: ...

    @property
    def member_id(self) -> str: ...


def follow(fact: AboutMember) -> None:
    """What a member wrote names them as they are by now. Refuses: Unavailable"""
    _name_anew(fact.member_id, at=fact.at)


def follow_nickname(fact: ProfileChanged) -> None:
    """The same, if they chose another name or took theirs back. Refuses: Unavailable"""
    if "nickname" in fact.fields:
        follow(fact)


def follow_merge(fact: MembersMerged | MembersUnmerged) -> None:
    """What two wrote who are one names that one, or each again. Refuses: Unavailable"""
    for member_id in (fact.kept_id, fact.gone_id):
        _name_anew(member_id, at=fact.at)


def go_on(fact: BylinesDue) -> None:
    """What is left of it. Refuses: Unavailable"""
    _name_anew(fact.member_id, at=fact.at, after=fact.after_id)


def _name_anew(member_id: str, *, at: datetime, after: str | None = None) -> None:
    works = authorship.page(member_id, after=after, limit=AT_ONCE_MAX)
    post_afterwards.name_anew([work.work_id for work in works if work.what is What.POST], member_id)
    said = [
        (work.post_id or "", work.work_id)
        for work in works
        if work.what in (What.COMMENT, What.MENTION)
    ]
    comments.name_anew(said, member_id)
    if len(works) == AT_ONCE_MAX:
        last = works[-1].place
        due = BylinesDue(
            fact_id=f"{member_id}.bylines.{last}", at=at, member_id=member_id, after_id=last
        )
        agenda.put(due)
