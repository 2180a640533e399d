"""Signing in, staying signed in, signing out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from chalicelib.errors import Unavailable, naming
from chalicelib.http import Call, Recognised, Who
from chalicelib.wechat.refusals import LoginBlocked, LoginCodeInvalid, TooManyLogins
from community.people.consents.rules import VERSION_CHARS_MAX, NoSuchNotice, NoticeOutdated
from community.people.members.rules import MemberBlocked
from community.people.sessions import service as sessions
from mini_program_api.door import MemberCall, door
from mini_program_api.views import MemberView, member_view

SCENE_CHARS_MAX = 32  # Source: getwxacodeunlimit, `scene`


class SignIn(msgspec.Struct):
    """`code` is what `wx.login` gave; `scene` is what the code was opened with, if any.

    `consent_version` is the privacy notice that the screen showed: who joins agrees to it.
    """

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
    scene: Annotated[str, msgspec.Meta(max_length=SCENE_CHARS_MAX)] | None = None
    consent_version: Annotated[str, msgspec.Meta(max_length=VERSION_CHARS_MAX)] | None = None


class SessionView(msgspec.Struct, kw_only=True):
    token: str
    expires_at: datetime
    member: MemberView


@door.route(
    "POST",
    "/v1/session",
    who=Who.ANYONE,
    takes=SignIn,
    gives=SessionView,
    status=201,
    refuses=(
        NoSuchNotice,
        NoticeOutdated,
        LoginCodeInvalid,
        LoginBlocked,
        TooManyLogins,
        MemberBlocked,
        Unavailable,
    ),
)
def sign_in(call: Call[None, SignIn, None]) -> SessionView:
    """Sign in with the code of wx.login; who comes for the first time joins."""
    with naming("code"):
        session = sessions.sign_in(
            call.body.code,
            scene=call.body.scene,
            consent_version=call.body.consent_version,
            request_id=call.request_id,
            now=call.now,
        )
    return SessionView(
        token=session.token, expires_at=session.expires_at, member=member_view(session.member)
    )


@door.route("DELETE", "/v1/session")
def sign_out(call: MemberCall[None, None]) -> None:
    """End this session; others of mine go on."""
    sessions.sign_out(call.token, now=call.now)


@door.route("POST", "/v1/me/sessions/revoke")
def sign_out_everywhere(call: MemberCall[None, None]) -> None:
    """End all my sessions, this one too."""
    sessions.sign_out_everywhere(call.caller.member_id)


def identify(token: str, now: datetime) -> Recognised | None:
    """Whose session a token is. A fresh token comes in headers of the answer: the mini program goes on with it."""
    found = sessions.recognise(token, now)
    if found is None:
        return None
    if found.fresh is None:
        return Recognised(found.member)
    expires_at = f"{found.fresh.expires_at:%Y-%m-%dT%H:%M:%SZ}"
    headers = {"Session-Token": found.fresh.token, "Session-Expires-At": expires_at}
    return Recognised(found.member, headers)
