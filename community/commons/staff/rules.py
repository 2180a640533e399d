"""Staff and their roles."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from chalicelib.errors import Forbidden


class Role(StrEnum):
    MODERATOR = "moderator"
    OPERATOR = "operator"
    ADVISOR = "advisor"


class Staff(msgspec.Struct, frozen=True):
    """Somebody who works for the community, by their userid in WeCom."""

    userid: str
    name: str
    roles: tuple[Role, ...]


class NotAModerator(Forbidden):
    code = "not_a_moderator"
    text = "只有版主可以处理，请联系运营人员"


class NotAnOperator(Forbidden):
    code = "not_an_operator"
    text = "只有运营人员可以操作"


class NotAnAdvisor(Forbidden):
    code = "not_an_advisor"
    text = "只有销售顾问可以操作"


class NotStaff(Forbidden):
    code = "not_staff"
    text = "只有工作人员可以操作"


def check_is_staff(staff: Staff | None) -> None:
    """Refuses: NotStaff"""
    if staff is None or not staff.roles:
        raise NotStaff


def check_may_moderate(staff: Staff | None) -> None:
    """Refuses: NotAModerator"""
    if staff is None or Role.MODERATOR not in staff.roles:
        raise NotAModerator


def check_may_operate(staff: Staff | None) -> None:
    """Refuses: NotAnOperator"""
    if staff is None or Role.OPERATOR not in staff.roles:
        raise NotAnOperator


def check_may_advise(staff: Staff | None) -> None:
    """Refuses: NotAnAdvisor"""
    if staff is None or Role.ADVISOR not in staff.roles:
        raise NotAnAdvisor
