"""Invitations: an advisor vouches for who holds the code, as long as they are one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from community.commons.audit import service as audit
from community.commons.codes.rules import CodeExpired, CodeUnknown, Issued
from community.commons.staff import service as staff
from community.commons.staff.rules import NotAnAdvisor, Staff
from community.people.invitations import service as invitations
from tests.world import World


def issue(world: World, by: str = "wangwu") -> Issued:
    return invitations.issue(by=by, request_id=world.new_request_id(), now=world.now)


def test_a_code_names_the_advisor(world: World) -> None:
    found = invitations.usable(issue(world).code, now=world.now)
    assert (found.advisor_id, found.advisor_name) == ("wangwu", "王五")
    (entry,) = audit.about("staff#wangwu")
    assert (entry.what, entry.by) == ("invitation.issue", "wangwu")


@pytest.mark.parametrize("by", ["zhangsan", "stranger"])
def test_only_advisors_invite(world: World, by: str) -> None:
    with pytest.raises(NotAnAdvisor):
        issue(world, by)


def test_a_code_is_good_for_a_week(world: World) -> None:
    issued = issue(world)
    assert issued.expires_at == world.now + timedelta(days=7)
    with pytest.raises(CodeExpired):
        invitations.usable(issued.code, now=issued.expires_at)


def test_who_is_no_advisor_any_longer_vouches_for_nobody(world: World) -> None:
    issued = issue(world)
    staff.appoint(Staff("wangwu", "王五", ()))
    with pytest.raises(CodeUnknown):
        invitations.usable(issued.code, now=world.now)
