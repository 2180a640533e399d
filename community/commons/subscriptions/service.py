"""Front door: the one-time messages that a member has agreed to get in WeChat.

The platform keeps the true count and does not tell it; ours saves calls that it would refuse, and is
set to zero when it does refuse (43101).
"""

from __future__ import annotations

from datetime import datetime

from community.commons.subscriptions import records
from community.commons.subscriptions.rules import Template


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
