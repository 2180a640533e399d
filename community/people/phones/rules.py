"""How often a phone number may be told, and how long what was told is remembered."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from community.people.attempts.rules import Limit
from community.people.identities.rules import shown_phone
from community.people.members.rules import Member

TRIES = Limit("phone", 10, timedelta(days=1))
TOLD_KEPT = timedelta(hours=24)
"""As long as an idempotency key: a code can be asked about once, its call may be made again."""


class Told(msgspec.Struct, frozen=True):
    """The number that WeChat told for a member's code, and whether it was bound. Personal."""

    member_id: str
    mobile: str
    at: datetime
    bound: bool = False


def unbound(member: Member) -> Member:
    """The member without a number."""
    return msgspec.structs.replace(member, phone=None, phone_of=None)


def bound(member: Member, told: Told) -> Member:
    """The member with this number, and no other."""
    return msgspec.structs.replace(member, phone=shown_phone(told.mobile), phone_of=None)
