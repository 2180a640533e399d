"""Who a member is, and how long they stay signed in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from chalicelib import ids
from chalicelib.errors import FieldError, Invalid
from community.commons.audience.rules import Identity, Tier
from community.commons.words import visible

NICKNAME_CHARS_MAX = 20
SCENE_CHARS_MAX = 32  # Source: getwxacodeunlimit, `scene`
SESSION_LIVES = timedelta(days=7)
ORGANIC = "organic"
OWNER_BADGE = "owner"

Nickname = Annotated[str, msgspec.Meta(min_length=1, max_length=NICKNAME_CHARS_MAX)]


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A person known to the community."""

    member_id: str
    nickname: str
    identity: Identity = Identity.PROSPECT
    tier: Tier = Tier.T0
    badges: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    session_version: int = 1
    joined_at: datetime

    @property
    def caller_id(self) -> str:
        return self.member_id


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A member's sign-in: the token proves it until it expires."""

    token: str
    expires_at: datetime
    member: Member


def new_member(*, request_id: str, now: datetime) -> Member:
    member_id = ids.new_id(now, f"member {request_id}")
    return Member(member_id=member_id, nickname=f"车友{member_id[-4:]}", joined_at=now)


def tidied(nickname: str) -> str:
    """The nickname on one line. Refuses: Invalid — nothing is left"""
    nickname = " ".join(visible(nickname).split())
    if not nickname:
        raise Invalid(errors=[FieldError("nickname", "请填写昵称")])
    return nickname


def certified(member: Member) -> Member:
    """The member as an owner."""
    badges = tuple(dict.fromkeys((*member.badges, OWNER_BADGE)))
    return msgspec.structs.replace(member, identity=Identity.OWNER, badges=badges)
