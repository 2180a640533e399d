"""Front door: signing in, staying signed in, signing out.

A token says whose session it is and is not kept. It dies with the version number in the member's row,
when it was signed out, and after a week in which nobody used it.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from functools import lru_cache

import msgspec

from chalicelib import ids
from chalicelib.errors import Unavailable
from chalicelib.settings import secrets
from chalicelib.signing import signed, unsigned
from chalicelib.tables import Overtaken, one_transaction
from chalicelib.wechat import client as wechat
from chalicelib.wechat.client import WechatIdentity
from community import facts
from community.commons.audit import service as audit
from community.commons.audit.rules import SYSTEM, Entry
from community.commons.dates import BEIJING
from community.commons.staff import service as staff
from community.people.consents import rules as consent_rules
from community.people.consents import service as consents
from community.people.identities import service as identities
from community.people.identities.rules import Identity, Kind
from community.people.members import rules as member_rules
from community.people.members import service as members
from community.people.members.rules import (
    MERGES_FOLLOWED_MAX,
    ORGANIC,
    Member,
    Presence,
    Seen,
    State,
    Touch,
)
from community.people.merges import service as merges
from community.people.merges.rules import NotToBeMerged, Reason
from community.people.sessions import rules
from community.people.sessions.rules import Claims, Recognition, Session
from community.people.touchpoints import rules as touchpoint_rules

_PURPOSE = "session"
_TOKENS_KEPT = 1024
_TRIES_MAX = 5


def sign_in(
    code: str,
    *,
    scene: str | None,
    consent_version: str | None = None,
    request_id: str,
    now: datetime,
) -> Session:
    """Let somebody in by the code of `wx.login`; who comes for the first time joins.

    Shape:   `consent_version` is the privacy notice that the sign-in screen showed: joining is agreeing

    Refuses: LoginCodeInvalid, LoginBlocked, TooManyLogins, Unavailable — see `wechat.exchange_code`
             NoSuchNotice, NoticeOutdated — before the code is used
             MemberBlocked
    """
    if consent_version is not None:
        consent_rules.check_current(consent_version, field="consent_version")
    scene = touchpoint_rules.claimed(scene)
    who = wechat.exchange_code(code)
    member = members.with_openid(who.openid) or _join(who, Touch(scene or ORGANIC, now), request_id)
    _check_may_come_in(member)
    if who.unionid and not member.has_unionid:
        member = _learn_unionid(member, who.unionid, now)
        _check_may_come_in(member)
    session_id = ids.new_id(now, f"session {member.member_id} {request_id}")
    claims = rules.new_claims(member, session_id=session_id, touchpoint=scene, now=now)
    return _session(claims, member)


def _check_may_come_in(member: Member) -> None:
    """Refuses: MemberBlocked; Unavailable — erased a moment ago: soon nothing leads to them any longer"""
    member_rules.check_not_blocked(member)
    if member.state is State.ERASED:
        raise Unavailable


def recognise(token: str, now: datetime) -> Recognition | None:
    """The member whose valid session this is, and a fresh token when the old one has aged.

    Refuses: MemberBlocked
    """
    claims = _claims(token)
    if claims is None or not rules.is_valid(claims, now):
        return None
    found = _presence_of(claims, now)
    if found is None:
        return None
    member_rules.check_not_blocked(found.member)
    if not member_rules.is_known(found.member):
        return None
    _note_seen(found, claims, now)
    member = rules.here(found.member, claims)
    fresh = rules.renewed(claims, member, now)
    return Recognition(member, _session(fresh, member) if fresh else None)


def sign_out(token: str, *, now: datetime) -> None:
    """This session ends; the member's others go on."""
    claims = _claims(token)
    found = _presence_of(claims, now) if claims else None
    if claims is None or found is None:
        return
    if len(found.signed_out) < rules.SIGNED_OUT_MAX:
        expires_at = int((now + rules.SESSION_LIVES).timestamp())
        members.sign_out(found.member.member_id, claims.session_id, dies_at=expires_at)
    else:
        sign_out_everywhere(found.member.member_id)


def sign_out_everywhere(member_id: str) -> None:
    """All of a member's sessions end."""
    members.change(
        member_id,
        lambda m: msgspec.structs.replace(m, session_version=m.session_version + 1),
    )


def revoke(member_id: str, *, by: str, why: str, now: datetime) -> None:
    """A colleague ends all of a member's sessions. `by` is their userid. Refuses: NotStaff; NotFound"""
    colleague = staff.colleague(by)
    sign_out_everywhere(member_id)
    audit.note(
        Entry(
            what="sessions.revoke",
            about=f"member#{member_id}",
            by=colleague.userid,
            why=why,
            at=now,
        )
    )


def _join(who: WechatIdentity, touch: Touch, request_id: str) -> Member:
    """Who comes for the first time; of calls that do so at once, one makes the member.

    Refuses: Unavailable — again and again another call was first and did not get to its end
    """
    for _ in range(_TRIES_MAX):
        known = identities.owner_of(Kind.UNIONID, who.unionid) if who.unionid else None
        try:
            return _attach(known, who.openid, touch) if known else _new(who, touch, request_id)
        except (Overtaken, Unavailable):
            if joined := identities.owner_of(Kind.OPENID, who.openid):
                return members.get(joined)
    raise Unavailable


def _new(who: WechatIdentity, touch: Touch, request_id: str) -> Member:
    """Refuses: Overtaken, Unavailable — somebody joins as this person at this moment"""
    known_by = [Identity(Kind.OPENID, who.openid)]
    if who.unionid:
        known_by.append(Identity(Kind.UNIONID, who.unionid))
    member = member_rules.new_member(request_id=request_id, touch=touch)
    member = msgspec.structs.replace(
        member_rules.consenting(member), has_unionid=who.unionid is not None
    )
    fact = facts.MemberJoined(
        fact_id=f"{member.member_id}.joined",
        at=touch.at,
        member_id=member.member_id,
        touchpoint=touch.touchpoint,
    )
    with one_transaction() as write:
        members.add_in(write, member, known_by=known_by, fact=fact)
        consents.note_joining(write, member.member_id, now=touch.at)
    return member


def _learn_unionid(member: Member, unionid: str, now: datetime) -> Member:
    """The mini program is bound to an Open Platform account since this member was here.

    Another member may be known by it, from WeCom or an archive: then they are one person.
    """
    try:
        with one_transaction() as write:
            identities.claim(write, Identity(Kind.UNIONID, unionid), member_id=member.member_id)
            return members.change_in(write, member.member_id, member_rules.with_unionid)
    except Overtaken:
        known = identities.owner_of(Kind.UNIONID, unionid)
    if known is None:
        return member  # The member changed at this moment: the next sign-in will learn it.
    with suppress(NotToBeMerged):
        merges.merge(member.member_id, known, reason=Reason.UNIONID, by=SYSTEM, now=now)
        return members.change(member.member_id, member_rules.with_unionid)
    return member


def _attach(member_id: str, openid: str, touch: Touch) -> Member:
    """Somebody whom we know from elsewhere is here for the first time, or was a moment ago.

    Refuses: Overtaken, Unavailable — the member changes at this moment
    """
    if joined := identities.owner_of(Kind.OPENID, openid):
        return members.get(joined)
    before = members.get(member_id)
    if before.state is State.ERASED:
        raise Unavailable  # In a moment nothing leads to them any longer.
    was_dormant = before.state is State.DORMANT
    fact = facts.MemberWoken(
        fact_id=f"{before.member_id}.woken", at=touch.at, member_id=before.member_id
    )
    with one_transaction() as write:
        if was_dormant:
            consents.note_joining(write, before.member_id, now=touch.at)
        identities.claim(write, Identity(Kind.OPENID, openid), member_id=before.member_id)
        return members.change_in(
            write,
            before.member_id,
            member_rules.woken,
            openid=openid,
            fact=fact if was_dormant else None,
        )


def _presence_of(claims: Claims, now: datetime) -> Presence | None:
    """The member of a session that holds. A merge ends none; what ends those of who is gone does."""
    member_id, version = claims.member_id, claims.session_version
    for _ in range(MERGES_FOLLOWED_MAX):
        found = members.presence(member_id, now=now)
        if found is None or found.member.session_version != version:
            return None
        if claims.session_id in found.signed_out:
            return None
        member = found.member
        if member.merged_into is None or member.merged_session is None:
            return found
        member_id, version = member.merged_into, member.merged_session
    return None


def _note_seen(found: Presence, claims: Claims, now: datetime) -> None:
    """At most once a day, and for a sign-in that came from a touchpoint."""
    day = f"{now.astimezone(BEIJING):%Y-%m-%d}"
    touched_at, last = rules.time_of(claims.signed_in_at), found.seen.touched_at
    is_touch = claims.touchpoint is not None and (last is None or touched_at > last)
    if found.seen.day == day and not is_touch:
        return
    seen = found.seen
    if is_touch:
        seen = Seen(
            touchpoint=claims.touchpoint, touched_at=touched_at, session_id=claims.session_id
        )
    member_id = found.member.member_id
    fact = facts.MemberSeen(
        fact_id=f"{member_id}.seen.{day}.{seen.session_id}",
        at=now,
        member_id=member_id,
        touchpoint=claims.touchpoint if is_touch else None,
    )
    members.note_seen(member_id, msgspec.structs.replace(seen, day=day), fact)


def _claims(token: str) -> Claims | None:
    return _claims_under(secrets().session_keys, token)


@lru_cache(maxsize=_TOKENS_KEPT)
def _claims_under(_keys: tuple[str, ...], token: str) -> Claims | None:
    """What a token says stays the same while the keys do; whether it still holds is asked every time."""
    said = unsigned(token, purpose=_PURPOSE)
    try:
        return msgspec.convert(said, Claims)
    except msgspec.ValidationError:
        return None  # Of an older shape: sign in anew.


def _session(claims: Claims, member: Member) -> Session:
    return Session(
        token=signed(msgspec.to_builtins(claims), purpose=_PURPOSE),
        expires_at=rules.time_of(claims.expires_at),
        member=member,
    )
