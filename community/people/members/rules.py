"""Who a member is, and which states a membership goes through."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec

from chalicelib import ids
from chalicelib.errors import Forbidden, NotFound, Unlock, WayIn
from community.commons.audience.rules import Identity, Tier

NICKNAME_CHARS_MAX = 20
OWNER_BADGE = "owner"
OFFICIAL_BADGE = "official"
STAFF_BADGE = "staff"
ORGANIC = "organic"
"""The touchpoint of those who came by themselves."""
ERASED_NICKNAME = "已注销用户"
"""How those are called of whom nobody can tell any longer who they were."""

NEW_FOR = timedelta(days=7)
MERGES_FOLLOWED_MAX = 20
"""From who is gone to who remains: each merge is into somebody older."""

Nickname = Annotated[str, msgspec.Meta(min_length=1, max_length=NICKNAME_CHARS_MAX)]


class State(StrEnum):
    ACTIVE = "active"
    DORMANT = "dormant"
    """Known from an archive or a contact only; was not here yet."""
    LEAVING = "leaving"
    """Asked to be erased, and can still change their mind."""
    BLOCKED = "blocked"
    MERGED = "merged"
    """The same person as `merged_into`."""
    ERASED = "erased"


class MemberBlocked(Forbidden):
    code = "member_blocked"
    text = "该账号暂时无法使用，如有疑问请联系客服"


class ConsentNeeded(Forbidden):
    code = "consent_needed"
    text = "请先阅读并同意隐私政策"


class NeverHere(NotFound):
    code = "member_never_here"
    text = "该会员还没有来过小程序"


class Notice(msgspec.Struct, frozen=True):
    """A version of the privacy notice; its text is the mini program's."""

    version: str
    effective_on: date


NOTICES = (Notice("2026-11", date(2026, 11, 1)),)
"""Oldest first. Members are asked to agree to the last one, those who agreed to an older one too."""


class Touch(msgspec.Struct, frozen=True):
    """Where a member came from, and when."""

    touchpoint: str
    at: datetime


class Member(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person known to the community."""

    member_id: str
    nickname: str
    identity: Identity = Identity.PROSPECT
    tier: Tier = Tier.T0
    badges: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    board_roles: tuple[str, ...] = ()
    """What they are on which board: `moderator:car-care`."""
    segments: tuple[str, ...] = ()
    state: State = State.ACTIVE
    joined_at: datetime
    first_touch: Touch | None = None
    session_version: int = 1
    phone: str | None = None
    """The verified mobile number as it may be shown: 138******78."""
    has_unionid: bool = False
    consent: str | None = None
    """The version of the privacy notice that the member agreed to; None: to none, or not any longer."""
    erases_at: datetime | None = None
    """Where leaving: until when the member can change their mind."""
    nickname_of: str | None = None
    phone_of: str | None = None
    """Whose it was, where it came with a merge."""
    merged_into: str | None = None
    merge_id: str | None = None
    merged_session: int | None = None
    """Where merged: the session version that the one who remains had then."""

    here_as: str | None = None
    """The merged account that a call comes from: WeChat knows them by its openid. Not kept."""
    blocked: tuple[str, ...] = ()
    """Whom a caller does not want to see anything of: see `forum.blocks`. Not kept."""

    @property
    def caller_id(self) -> str:
        return self.member_id


class Seen(msgspec.Struct, frozen=True, omit_defaults=True):
    """`touchpoint` and `touched_at`: the last touch. `session_id`: the session that brought it."""

    day: str = ""
    touchpoint: str | None = None
    touched_at: datetime | None = None
    session_id: str | None = None


class Presence(msgspec.Struct, frozen=True):
    """What a call needs to know of its caller."""

    member: Member
    seen: Seen = Seen()
    signed_out: frozenset[str] = frozenset()


def new_member(*, request_id: str, touch: Touch, state: State = State.ACTIVE) -> Member:
    member_id = ids.new_id(touch.at, f"member {request_id}")
    return Member(
        member_id=member_id,
        nickname=first_nickname(member_id),
        state=state,
        joined_at=touch.at,
        first_touch=touch,
    )


def first_nickname(member_id: str) -> str:
    """What others call a member until they choose themselves."""
    return f"车友{member_id[-4:]}"


def consenting(member: Member) -> Member:
    """The member, now that they agreed to the privacy notice as it is."""
    return msgspec.structs.replace(member, consent=NOTICES[-1].version)


def woken(member: Member) -> Member:
    """The member, now that they are here themselves; the sign-in screen shows the privacy notice."""
    if member.state is not State.DORMANT:
        return member
    return consenting(msgspec.structs.replace(member, state=State.ACTIVE))


def with_unionid(member: Member) -> Member:
    return msgspec.structs.replace(member, has_unionid=True)


def is_new(member: Member, now: datetime) -> bool:
    """Whether somebody joined so lately that we hardly know them."""
    return now - member.joined_at < NEW_FOR


def is_known(member: Member) -> bool:
    """Whether somebody can come in as this member."""
    return member.state in (State.ACTIVE, State.LEAVING)


def check_not_blocked(member: Member) -> None:
    """Refuses: MemberBlocked"""
    if member.state is State.BLOCKED:
        raise MemberBlocked


def has_consented(member: Member) -> bool:
    """Whether they agreed to the privacy notice as it is now."""
    return member.consent == NOTICES[-1].version


def check_consented(member: Member) -> None:
    """Nothing personal is taken down of somebody who did not agree to that.

    Refuses: ConsentNeeded
    """
    if not has_consented(member):
        way_in = WayIn("agree_to_privacy_notice", "阅读并同意最新的隐私政策后即可继续")
        raise ConsentNeeded(unlock=Unlock(ConsentNeeded.text, (way_in,)))


def erased(member: Member, *, state: State = State.ERASED) -> Member:
    """What is left of somebody whom nobody can know any longer: an id, and when it was made."""
    return Member(
        member_id=member.member_id,
        nickname=ERASED_NICKNAME,
        state=state,
        joined_at=member.joined_at,
        session_version=member.session_version + 1,
    )
