"""Who can be told of what somebody did, and how it is said in WeChat, too."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from chalicelib.errors import NotFound
from community.commons.audience.rules import Audience, unlock_for
from community.commons.notifications.rules import Who
from community.commons.outbound import service as outbound
from community.commons.outbound.rules import ServiceNotice
from community.commons.subscriptions import service as subscriptions
from community.commons.subscriptions.rules import Template, filled
from community.forum.blocks import service as blocks
from community.forum.boards import service as boards
from community.people.members import service as members
from community.people.members.rules import Member
from community.people.members.rules import State as MemberState

_HERE = (MemberState.ACTIVE, MemberState.LEAVING)


def here(member_id: str) -> Member | None:
    """Somebody, or whom they were merged into, as far as they can be told anything."""
    try:
        member = members.get(member_id)
    except NotFound:
        return None
    return member if member.state in _HERE else None


def reached(member_id: str, *, by: str) -> Member | None:
    """Whoever is to be told of what `by` did: not they themselves, nor who blocks them."""
    member = here(member_id)
    if member is None or member.member_id == by or blocks.has_blocked(member.member_id, by):
        return None
    return member


def may_read(member: Member, board_id: str, audience: Audience, now: datetime) -> bool:
    board = boards.get(board_id, now=now)
    return not (unlock_for(member, board.read) or unlock_for(member, audience))


def named(member: Member) -> Who:
    return Who(member.member_id, member.nickname)


def say_in_wechat(
    member: Member, message_id: str, template: Template, values: Sequence[str], page: str
) -> None:
    """Put it on the queue if they agreed to get such; whether they want it now is asked there."""
    if not subscriptions.has_one(member.member_id, template):
        return
    with suppress(NotFound):  # They were never here.
        notice = ServiceNotice(
            message_id=message_id,
            member_id=member.member_id,
            openid=members.openid_of(member.member_id),
            template=template,
            fields=filled(template, *values),
            page=page,
        )
        outbound.enqueue(notice)
