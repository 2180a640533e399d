"""Front door: the one-time messages that a member has agreed to get in WeChat.

The platform keeps the true count and does not tell it; ours saves calls that it would refuse, and is
set to zero when it does refuse (43101).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from community.commons.subscriptions import records
from community.commons.subscriptions.rules import Template
from community.facts import MemberErased, MembersMerged, MembersUnmerged


def grant(member_id: str, template: Template, times: int, *, request_id: str, now: datetime) -> int:
    """A member agreed to get `times` messages of a kind. Gives how many may be sent now."""
    if times == 0:
        return records.remaining(member_id, template)
    return records.add(member_id, template, times, request_id=request_id, now=now)


def has_one(member_id: str, template: Template) -> bool:
    return records.remaining(member_id, template) > 0


def note_sent(member_id: str, template: Template) -> None:
    records.use_one(member_id, template)


def note_refused(member_id: str, template: Template) -> None:
    """The platform said that none is left."""
    records.forget(member_id, template)


def exported(member_id: str) -> Any:
    """How many messages of each kind they still agreed to."""
    return records.all_of(member_id)


def follow_merge(fact: MembersMerged) -> None:
    """What either agreed to, they agreed to."""
    records.move(fact.gone_id, to=fact.kept_id, merge_id=fact.merge_id)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back."""
    records.move_back(fact.kept_id, to=fact.gone_id, merge_id=fact.merge_id)


def erase(fact: MemberErased) -> None:
    """Nothing more may be sent, and what might have been is forgotten."""
    records.forget_all(fact.member_id)
