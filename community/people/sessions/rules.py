"""How long somebody stays signed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from community.people.members.rules import Member

SESSION_LIVES = timedelta(days=7)
RENEWED_AFTER = timedelta(days=1)
RENEWED_UNTIL = timedelta(days=90)
"""From the sign-in on: then the mini program signs in anew, which costs the person nothing."""
SIGNED_OUT_MAX = 10
"""Sessions signed out one by one that are remembered; beyond, all of the member's sessions end."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A member's sign-in: the token proves it until it expires."""

    token: str
    expires_at: datetime
    member: Member


class Recognition(msgspec.Struct, frozen=True):
    """Who calls. `fresh`: the session to go on with, where the old token has aged."""

    member: Member
    fresh: Session | None


class Claims(msgspec.Struct, frozen=True, array_like=True):
    """What a token says. Times in whole seconds; `touchpoint`: where this sign-in came from."""

    member_id: str
    session_version: int
    session_id: str
    signed_in_at: int
    expires_at: int
    touchpoint: str | None = None
    here_as: str | None = None
    """The merged account that signed in."""


def new_claims(member: Member, *, session_id: str, touchpoint: str | None, now: datetime) -> Claims:
    at = int(now.timestamp())
    lives_s = int(SESSION_LIVES.total_seconds())
    return Claims(
        member.member_id,
        member.session_version,
        session_id,
        at,
        at + lives_s,
        touchpoint,
        member.here_as,
    )


def renewed(claims: Claims, member: Member, now: datetime) -> Claims | None:
    """The claims of a fresh token; None while the old one will do, or when its sign-in is long ago."""
    at = int(now.timestamp())
    lives_s = int(SESSION_LIVES.total_seconds())
    is_fresh = claims.expires_at - at > lives_s - RENEWED_AFTER.total_seconds()
    if is_fresh or at - claims.signed_in_at > RENEWED_UNTIL.total_seconds():
        return None
    return Claims(
        member.member_id,
        member.session_version,
        claims.session_id,
        claims.signed_in_at,
        at + lives_s,
        here_as=member.here_as,
    )


def here(member: Member, claims: Claims) -> Member:
    """The member, as the account whose session it is: it may have been merged before or since."""
    is_merged_since = claims.member_id != member.member_id
    here_as = claims.here_as or (claims.member_id if is_merged_since else None)
    return msgspec.structs.replace(member, here_as=here_as)


def is_valid(claims: Claims, now: datetime) -> bool:
    return claims.expires_at > now.timestamp()


def time_of(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
