"""What a member may change about themselves: bounds, and what of it is news."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from chalicelib.errors import Invalid
from community.people.members.rules import first_nickname
from community.people.profiles import changes as changing
from community.people.profiles.changes import Changes
from community.people.profiles.rules import (
    DrivenCar,
    Household,
    Intention,
    Profile,
    Said,
    When,
)
from tests.builders import a_member
from tests.world import START

TODAY = date(2026, 11, 22)


def tidied(**fields: Any) -> Changes:
    return changing.tidied(Changes(**fields), now=START)


def wrong_in(**fields: Any) -> list[str]:
    with pytest.raises(Invalid) as refused:
        tidied(**fields)
    return [error.field for error in refused.value.errors]


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        ("nickname", " 老\n王 ", "老 王"),
        ("bio", " 第一行\n第二行 ", "第一行\n第二行"),
        ("city", " 上海 ", "上海"),
        ("city", "呼和浩特", "呼和浩特"),
        ("city", "Saint-Denis", "Saint-Denis"),
        ("interests", ("camping", " camping", "钓鱼"), ("camping", "钓鱼")),
        ("accessories", (), ()),
        ("vehicles", (DrivenCar(" 途观\n L ", 2026),), (DrivenCar("途观 L", 2026),)),
        ("vehicles", (), ()),
        ("birthday", date(1906, 11, 22), date(1906, 11, 22)),
        ("birthday", TODAY, TODAY),
        ("household", Household(2, 1), Household(2, 1)),
    ],
)
def test_what_is_meant_is_kept(field: str, given: Any, kept: Any) -> None:
    assert getattr(tidied(**{field: given}), field) == kept


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"nickname": " \u3000 "}, "nickname"),
        ({"bio": "\n"}, "bio"),
        ({"city": "  "}, "city"),
        ({"city": "上海 200000"}, "city"),
        ({"city": "<script>"}, "city"),
        ({"city": "--"}, "city"),
        ({"avatar_media_id": "../licence/1"}, "avatar_media_id"),
        ({"birthday": TODAY + timedelta(days=1)}, "birthday"),
        ({"birthday": date(1905, 11, 22)}, "birthday"),
        ({"household": Household(1, 1)}, "household.children"),
        ({"interests": ("camping", " ")}, "interests"),
        ({"accessories": ("\n",)}, "accessories"),
        ({"vehicles": (DrivenCar("汉兰达"), DrivenCar("\n"))}, "vehicles[1].model"),
        ({"vehicles": (DrivenCar("汉兰达", 2027),)}, "vehicles[0].bought_year"),
        ({"intentions": (Intention(" ", When.LATER),)}, "intentions[0].model"),
        (
            {"intentions": (Intention("ID.4", When.LATER), Intention("x", When.LATER, 2, 1))},
            "intentions[1].budget_fen_max",
        ),
    ],
)
def test_what_cannot_be_is_named(fields: dict[str, Any], wrong: str) -> None:
    assert wrong_in(**fields) == [wrong]


def test_every_wrong_field_is_named_at_once() -> None:
    fields = {"nickname": " ", "city": "1", "birthday": date(2030, 1, 1)}
    assert wrong_in(**fields) == ["nickname", "city", "birthday"]


def test_a_car_may_be_bought_in_the_year_that_it_is_in_beijing() -> None:
    new_years_eve = datetime(2026, 12, 31, 16, tzinfo=UTC)
    car = Changes(vehicles=(DrivenCar("汉兰达", 2027),))
    assert changing.tidied(car, now=new_years_eve) == car


def test_what_is_not_named_and_what_is_taken_back_is_not_wrong() -> None:
    nothing = dict.fromkeys(Changes.__struct_fields__)
    assert msgspec.structs.asdict(tidied(**nothing)) == nothing
    assert tidied() == Changes()


@given(st.text(max_size=60))
def test_whatever_is_written_it_is_taken_on_one_line_or_refused(text: str) -> None:
    try:
        nickname = tidied(nickname=text).nickname
    except Invalid:
        return
    assert isinstance(nickname, str)
    assert nickname == " ".join(nickname.split())
    assert tidied(nickname=nickname).nickname == nickname


def test_to_tell_something_is_personal_and_to_take_it_back_is_not() -> None:
    assert changing.is_personal(Changes(city="上海"))
    assert changing.is_personal(Changes(interests=()))
    assert not changing.is_personal(Changes(city=None, bio=None))
    assert not changing.is_personal(Changes())


# News


def news(profile: Profile, *, days: int = 0, **fields: Any) -> changing.News:
    now = START + timedelta(days=days)
    return changing.news(a_member(), profile, Changes(**fields), now=now)


KNOWN = Profile(
    city=Said(at=START, value="上海"),
    intentions=Said(at=START, value=(Intention("ID.4", When.LATER),)),
)


def test_what_is_known_already_is_no_news() -> None:
    assert news(KNOWN, city="上海").fields == ()
    assert news(KNOWN).fields == ()


def test_what_differs_is_news_with_its_date() -> None:
    assert news(KNOWN, days=1, city="北京").said == {
        "city": Said(at=START + timedelta(days=1), value="北京")
    }


def test_the_same_again_is_news_once_it_has_aged() -> None:
    again = (Intention("ID.4", When.LATER),)
    assert news(KNOWN, days=89, intentions=again).fields == ()
    assert news(KNOWN, days=90, intentions=again).fields == ("intentions",)


def test_to_take_back_what_is_not_known_is_no_news() -> None:
    assert news(KNOWN, bio=None).fields == ()
    assert news(KNOWN, city=None).fields == ("city",)


def test_to_have_no_interests_is_an_answer() -> None:
    assert news(KNOWN, interests=()).fields == ("interests",)


def test_without_a_nickname_one_is_called_as_in_the_beginning() -> None:
    assert news(KNOWN, nickname=None).nickname == first_nickname(a_member().member_id)
    assert news(KNOWN, nickname=a_member().nickname).nickname is None
    assert news(KNOWN, nickname=UNSET).nickname is None


def test_others_get_to_read_the_nickname_and_the_bio() -> None:
    told = news(KNOWN, nickname="老王", bio="爱露营", city="北京")
    assert told.words == {"nickname": "老王", "bio": "爱露营"}
    assert told.fields == ("nickname", "bio", "city")
    assert news(KNOWN, vehicles=(DrivenCar("汉兰达"),), interests=("钓鱼",)).words == {}
    assert news(Profile(bio=Said(at=START, value="x")), bio=None).words == {}
