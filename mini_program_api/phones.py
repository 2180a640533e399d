"""My phone number."""

from __future__ import annotations

from typing import Annotated

import msgspec

from chalicelib.errors import naming
from chalicelib.wechat.refusals import PhoneCodeInvalid
from community.people.attempts.rules import TooManyAttempts
from community.people.members.rules import ConsentNeeded, MemberBlocked
from community.people.merges.rules import NotToBeMerged
from community.people.phones import service as phones
from mini_program_api.door import MemberCall, door
from mini_program_api.views import MemberView, member_view


class PhoneCode(msgspec.Struct):
    """`code` is what the phone button gave."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]


class PhoneView(msgspec.Struct, kw_only=True):
    """The number as it may be shown, and who I am now: if I was known by it before, I am both."""

    phone: str
    member: MemberView


@door.route(
    "POST",
    "/v1/me/phone",
    takes=PhoneCode,
    gives=PhoneView,
    refuses=(PhoneCodeInvalid, ConsentNeeded, TooManyAttempts, NotToBeMerged, MemberBlocked),
)
def bind_phone(call: MemberCall[PhoneCode, None]) -> PhoneView:
    """Show that a phone number is mine."""
    with naming("code"):
        member = phones.bind(call.caller, call.body.code, now=call.now)
    assert member.phone
    return PhoneView(phone=member.phone, member=member_view(member))
