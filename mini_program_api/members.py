"""Me."""

from __future__ import annotations

import msgspec

from community.people.members import service as members
from community.people.members.rules import Nickname
from mini_program_api.door import MemberCall, door
from mini_program_api.views import MemberView, member_view


class Profile(msgspec.Struct):
    """What a member changes about themselves; what is not named stays."""

    nickname: Nickname | None = None


@door.route("GET", "/v1/me", gives=MemberView)
def me(call: MemberCall[None, None]) -> MemberView:
    """Who I am in the community."""
    return member_view(call.caller)


@door.route("PUT", "/v1/me", takes=Profile, gives=MemberView, refuses=(members.NicknameNotAllowed,))
def change_me(call: MemberCall[Profile, None]) -> MemberView:
    """Change what others see of me."""
    member = call.caller
    if call.body.nickname is not None:
        member = members.rename(member, call.body.nickname)
    return member_view(member)
