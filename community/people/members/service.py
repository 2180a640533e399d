"""Front door: members and their sessions."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from chalicelib.signing import signed, unsigned
from chalicelib.wechat import client as wechat
from chalicelib.wechat.client import Scene
from community import facts
from community.commons.safety import service as safety
from community.people.members import records, rules
from community.people.members.rules import Member, Session

_PURPOSE = "session"


class NicknameNotAllowed(safety.ContentNotAllowed):
    text = "昵称未通过检查，请换一个或稍后再试"


def sign_in(code: str, *, scene: str | None, request_id: str, now: datetime) -> Session:
    """Let somebody in by the code of `wx.login`; who comes for the first time joins.

    Refuses: LoginCodeInvalid, LoginBlocked, TooManyLogins, Unavailable — see `wechat.exchange_code`
    """
    openid = wechat.exchange_code(code).openid
    member = records.with_openid(openid) or _join(openid, scene, request_id, now)
    expires_at = (now + rules.SESSION_LIVES).replace(microsecond=0)
    token = signed(
        [member.member_id, member.session_version, int(expires_at.timestamp())], purpose=_PURPOSE
    )
    return Session(token=token, expires_at=expires_at, member=member)


def from_session(token: str, now: datetime) -> Member | None:
    """The member whose valid session this is."""
    claims = unsigned(token, purpose=_PURPOSE)
    if claims is None:
        return None
    member_id, version, expires = claims
    if datetime.fromtimestamp(expires, UTC) <= now:
        return None
    member = records.find(member_id)
    return member if member and member.session_version == version else None


def with_openid(openid: str) -> Member | None:
    return records.with_openid(openid)


def get(member_id: str) -> Member:
    return records.get(member_id)


def openid_of(member_id: str) -> str:
    """How WeChat calls a member. For the adapters only: never in an answer, a log or a fact."""
    return records.openid_of(member_id)


def rename(member: Member, nickname: str) -> Member:
    """Change what others call a member.

    Refuses: Invalid — nothing is left of it
             NicknameNotAllowed; Unavailable — nobody can check it, and it is shown to others at once
    """
    nickname = rules.tidied(nickname)
    openid = records.openid_of(member.member_id)
    if not safety.passes(nickname, openid=openid, scene=Scene.PROFILE):
        raise NicknameNotAllowed
    return records.change(
        member.member_id, lambda current: msgspec.structs.replace(current, nickname=nickname)
    )


def note_certification(fact: facts.CertificationDecided) -> None:
    """An approved certification makes its holder an owner."""
    if fact.decision is facts.CertificationDecision.APPROVE:
        records.change(fact.member_id, rules.certified)


def _join(openid: str, scene: str | None, request_id: str, now: datetime) -> Member:
    member = rules.new_member(request_id=request_id, now=now)
    fact = facts.MemberJoined(
        fact_id=f"{member.member_id}.joined",
        at=now,
        member_id=member.member_id,
        touchpoint=scene or rules.ORGANIC,
    )
    return records.add(member, openid=openid, fact=fact)
