"""Until when a member can change their mind, and who is too young to be one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from chalicelib.errors import Conflict, Forbidden
from community.commons.dates import BEIJING
from community.people.members.rules import Member, State, erased, is_known

CAN_BE_UNDONE = timedelta(days=7)
ADULT_YEARS = 18


class GoneAlready(Conflict):
    code = "member_gone"
    text = "账号已注销"


class StaysAfterAll(Conflict):
    code = "member_stays"
    text = "注销申请已撤销"


class MinorMember(Forbidden):
    code = "minor_member"
    text = "本社区仅向年满 18 周岁的用户开放，您的信息已被删除"


class Why(StrEnum):
    """Why a member is erased, as the audit log has it."""

    ASKED = "the member asked for it"
    CLOSED = "the WeChat account was closed"
    MINOR = "the member is a minor"


def leaving(member: Member, *, erases_at: datetime) -> Member:
    """Refuses: GoneAlready"""
    check_here(member)
    return msgspec.structs.replace(member, state=State.LEAVING, erases_at=erases_at)


def staying(member: Member) -> Member:
    """Refuses: GoneAlready"""
    check_here(member)
    return msgspec.structs.replace(member, state=State.ACTIVE, erases_at=None)


def check_here(member: Member) -> None:
    """Refuses: GoneAlready"""
    if not is_known(member):
        raise GoneAlready


def is_due(member: Member, now: datetime) -> bool:
    """Whether they are still to be erased, and now; who left anew is so later."""
    return member.erases_at is not None and member.erases_at <= now


def gone(member: Member, why: Why, *, now: datetime) -> Member:
    """What is left: of a minor, that they cannot come in again.

    Refuses: StaysAfterAll
    """
    if why is Why.ASKED and not is_due(member, now):
        raise StaysAfterAll
    return erased(member, state=State.BLOCKED if why is Why.MINOR else State.ERASED)


def is_minor(birthday: date, now: datetime) -> bool:
    """Whether somebody has yet to become 18, by the calendar of Beijing."""
    today = now.astimezone(BEIJING).date()
    had_birthday = (today.month, today.day) >= (birthday.month, birthday.day)
    return today.year - birthday.year - (not had_birthday) < ADULT_YEARS
