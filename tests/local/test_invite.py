"""`make invite`: an advisor's code, from the command line."""

from __future__ import annotations

import pytest

from community.people.invitations import service as invitations
from local import invite, say
from tests.world import World


def test_an_advisor_gets_a_code_that_opens_what_it_should(world: World) -> None:
    said = invite.invited("wangwu", now=world.now)
    code = said.split()[1]
    assert invitations.usable(code, now=world.now).advisor_id == "wangwu"
    assert "until 2026-11-29 12:00 in Beijing" in said


def test_each_code_is_another(world: World) -> None:
    assert invite.invited("wangwu", now=world.now) != invite.invited("wangwu", now=world.now)


def test_nobody_else_invites(world: World) -> None:
    with pytest.raises(say.Failure, match="只有销售顾问可以操作"):
        invite.invited("zhangsan", now=world.now)


def test_who_forgets_the_advisor_is_told_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["invite", "", "local"])
    with pytest.raises(say.Failure, match="ADVISOR=<userid>"):
        invite.main()
