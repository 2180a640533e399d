"""Signing in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from chalicelib.errors import Unavailable
from chalicelib.http import Call, Who
from chalicelib.wechat.refusals import LoginBlocked, LoginCodeInvalid, TooManyLogins
from community.people.members import service as members
from community.people.members.rules import SCENE_CHARS_MAX
from mini_program_api.door import door
from mini_program_api.views import MemberView, member_view


class SignIn(msgspec.Struct):
    """`code` is what `wx.login` gave; `scene` is what the code was opened with, if any."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
    scene: Annotated[str, msgspec.Meta(max_length=SCENE_CHARS_MAX)] | None = None


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
    refuses=(LoginCodeInvalid, LoginBlocked, TooManyLogins, Unavailable),
)
def sign_in(call: Call[None, SignIn, None]) -> SessionView:
    """Sign in with the code of wx.login; who comes for the first time joins."""
    session = members.sign_in(
        call.body.code, scene=call.body.scene, request_id=call.request_id, now=call.now
    )
    return SessionView(
        token=session.token, expires_at=session.expires_at, member=member_view(session.member)
    )
