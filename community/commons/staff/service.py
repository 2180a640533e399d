"""Front door: who works for the community."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from community.commons.staff import records, rules
from community.commons.staff.rules import Role, Staff


def appoint(staff: Staff) -> None:
    """Give somebody their roles, in place of any they had."""
    records.save(staff)


def appoint_only(everyone: Sequence[Staff]) -> None:
    """Give these people their roles; all others who had any are dismissed."""
    for staff in everyone:
        records.save(staff)
    remaining = {staff.userid.lower() for staff in everyone}
    for staff in records.everyone():
        if staff.userid.lower() not in remaining:
            records.save(msgspec.structs.replace(staff, roles=()))


def moderators() -> list[Staff]:
    return [staff for staff in records.everyone() if Role.MODERATOR in staff.roles]


def colleague(userid: str) -> Staff:
    """Somebody who works for the community, in whatever role. Refuses: NotStaff"""
    staff = records.find(userid)
    rules.check_is_staff(staff)
    assert staff
    return staff


def moderator(userid: str) -> Staff:
    """The moderator with this userid. Refuses: NotAModerator"""
    staff = records.find(userid)
    rules.check_may_moderate(staff)
    assert staff
    return staff


def operator(userid: str) -> Staff:
    """The operator with this userid. Refuses: NotAnOperator"""
    staff = records.find(userid)
    rules.check_may_operate(staff)
    assert staff
    return staff


def advisor(userid: str) -> Staff:
    """The advisor with this userid. Refuses: NotAnAdvisor"""
    staff = records.find(userid)
    rules.check_may_advise(staff)
    assert staff
    return staff
