"""What members get to see of each other and of themselves."""

from __future__ import annotations

from datetime import datetime

import msgspec

from community.commons.audience.rules import Identity, Tier
from community.people.members.rules import Member


class MemberView(msgspec.Struct, kw_only=True):
    """A member, as they see themselves."""

    member_id: str
    nickname: str
    identity: Identity
    tier: Tier
    badges: tuple[str, ...]
    joined_at: datetime


def member_view(member: Member) -> MemberView:
    return MemberView(
        member_id=member.member_id,
        nickname=member.nickname,
        identity=member.identity,
        tier=member.tier,
        badges=member.badges,
        joined_at=member.joined_at,
    )
