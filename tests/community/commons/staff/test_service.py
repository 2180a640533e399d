"""Staff: who may moderate, whatever case their userid is written in."""

from __future__ import annotations

import pytest

from community.commons.staff import rules
from community.commons.staff import service as staff
from community.commons.staff.rules import NotAModerator, NotAnOperator, Role, Staff
from tests.world import World


@pytest.mark.parametrize(
    "roles", [(Role.MODERATOR,), (Role.ADVISOR, Role.MODERATOR), tuple(Role)], ids=str
)
def test_whoever_has_the_role_may_moderate(roles: tuple[Role, ...]) -> None:
    rules.check_may_moderate(Staff("x", "某", roles))


@pytest.mark.parametrize(
    "who", [None, Staff("x", "某", ()), Staff("x", "某", (Role.OPERATOR, Role.ADVISOR))]
)
def test_nobody_else_may(who: Staff | None) -> None:
    with pytest.raises(NotAModerator):
        rules.check_may_moderate(who)


def test_all_moderators_are_known(world: World) -> None:
    assert [moderator.userid for moderator in staff.moderators()] == ["lisi", "zhangsan"]


@pytest.mark.parametrize("userid", ["zhangsan", "ZhangSan", "ZHANGSAN"])
def test_wecom_does_not_tell_upper_from_lower_case_and_neither_do_we(
    world: World, userid: str
) -> None:
    assert staff.moderator(userid).name == "张三"


@pytest.mark.parametrize("userid", ["wangwu", "nobody"])
def test_who_is_no_moderator_is_refused(world: World, userid: str) -> None:
    with pytest.raises(NotAModerator):
        staff.moderator(userid)


def test_a_new_appointment_takes_the_place_of_the_old_one(world: World) -> None:
    staff.appoint(Staff("ZhangSan", "张三", (Role.ADVISOR,)))
    assert [moderator.userid for moderator in staff.moderators()] == ["lisi"]


def test_who_left_moderates_no_more(world: World) -> None:
    staff.appoint_only([Staff("LiSi", "李四", (Role.MODERATOR,))])
    assert [moderator.userid for moderator in staff.moderators()] == ["LiSi"]
    with pytest.raises(NotAModerator):
        staff.moderator("zhangsan")


def test_operators_are_known_by_their_role(world: World) -> None:
    staff.appoint(Staff("Ops", "运营小陈", (Role.OPERATOR,)))
    assert staff.operator("ops").userid == "Ops"


@pytest.mark.parametrize("userid", ["zhangsan", "wangwu", "nobody"])
def test_who_is_no_operator_is_refused(world: World, userid: str) -> None:
    with pytest.raises(NotAnOperator):
        staff.operator(userid)
