"""GET and PUT /v1/me, /v1/me/next-question, /v1/me/referral-code"""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway import Gateway
from tests.world import Person, World

EVERYTHING: dict[str, Any] = {
    "nickname": "老王",
    "bio": "两个孩子的爸爸，爱露营",
    "city": "上海",
    "birthday": "1990-05-01",
    "household": {"size": 4, "children": 2},
    "interests": ["camping", "钓鱼"],
    "vehicles": [{"model": "汉兰达", "bought_year": 2019}, {"model": "海豚"}],
    "intentions": [
        {
            "model": "ID.4 X",
            "when": "three_months",
            "budget_fen_min": 15_000_000,
            "budget_fen_max": 20_000_000,
        }
    ],
    "accessories": ["roof_box"],
}


def test_i_see_who_i_am(api: Gateway, wang: Person) -> None:
    reply = api.get("/v1/me", as_=wang)
    assert reply.status == 200
    assert (reply.json["member_id"], reply.json["identity"]) == (wang.member_id, "prospect")
    assert (reply.json["state"], reply.json["has_consented"]) == ("active", True)
    unknown = ("phone", "bio", "avatar_url", "city", "birthday", "household", "interests")
    assert [reply.json[field] for field in unknown] == [None] * len(unknown)
    assert (reply.json["told"], reply.json["completeness"]) == ({}, 0)


def test_an_owner_sees_that_they_are_one(api: Gateway, li: Person) -> None:
    me = api.get("/v1/me", as_=li).json
    assert (me["identity"], me["badges"]) == ("owner", ["owner"])


def test_i_see_everything_that_i_told_and_when(api: Gateway, wang: Person) -> None:
    changed = api.put("/v1/me", EVERYTHING, as_=wang)
    me = api.get("/v1/me", as_=wang)
    assert me.json == changed.json
    assert {field: me.json[field] for field in EVERYTHING} == EVERYTHING
    told = {"at": "2026-11-22T04:00:00Z", "source": "self", "aged": False}
    assert me.json["told"] == dict.fromkeys(sorted(EVERYTHING.keys() - {"nickname"}), told)
    assert me.json["completeness"] == 90


def test_what_was_told_long_ago_is_shown_as_such(api: Gateway, wang: Person, world: World) -> None:
    api.put("/v1/me", EVERYTHING, as_=wang)
    world.later(days=90)
    again = world.joins("wang")
    me = api.get("/v1/me", as_=again).json
    assert {field for field, told in me["told"].items() if told["aged"]} == {"intentions"}
    assert me["completeness"] == 75


@pytest.mark.parametrize("field", sorted(EVERYTHING))
def test_each_can_be_told_alone_and_taken_back(api: Gateway, wang: Person, field: str) -> None:
    before = api.get("/v1/me", as_=wang).json
    told = api.put("/v1/me", {field: EVERYTHING[field]}, as_=wang).json
    assert told[field] == EVERYTHING[field]
    others = set(EVERYTHING) - {field}
    assert {name: told[name] for name in others} == {name: before[name] for name in others}
    assert api.put("/v1/me", {field: None}, as_=wang).json == before


def test_i_may_choose_a_nickname(api: Gateway, wang: Person) -> None:
    assert api.put("/v1/me", {"nickname": " 老王 "}, as_=wang).json["nickname"] == "老王"
    assert api.get("/v1/me", as_=wang).json["nickname"] == "老王"


@pytest.mark.parametrize("body", [{}, {"nickname": None}, {"something": "else"}, {"city": None}])
def test_what_is_not_named_stays(api: Gateway, wang: Person, body: dict[str, Any]) -> None:
    before = api.get("/v1/me", as_=wang).json
    assert api.put("/v1/me", body, as_=wang).json == before


A_HOME = {"size": 2, "children": 0}
AN_INTENTION = {"model": "ID.4", "when": "later"}
A_CAR = {"model": "汉兰达"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nickname", "名"),
        ("nickname", "名" * 20),
        ("bio", "简"),
        ("bio", "简" * 200),
        ("city", "沪"),
        ("city", "城" * 20),
        ("birthday", "1906-11-22"),
        ("birthday", "2008-11-22"),
        ("household", {"size": 1, "children": 0}),
        ("household", {"size": 12, "children": 10}),
        ("interests", []),
        ("interests", [f"爱好{number}" for number in range(12)]),
        ("interests", ["爱" * 16]),
        ("accessories", [f"配件{number}" for number in range(12)]),
        ("vehicles", []),
        ("vehicles", [A_CAR] * 5),
        ("vehicles", [{"model": "车"}]),
        ("vehicles", [{"model": "车" * 40}]),
        ("vehicles", [A_CAR | {"bought_year": None}]),
        ("vehicles", [A_CAR | {"bought_year": 1950}]),
        ("vehicles", [A_CAR | {"bought_year": 2026}]),
        ("intentions", []),
        ("intentions", [AN_INTENTION] * 3),
        ("intentions", [AN_INTENTION | {"model": "车" * 40}]),
        ("intentions", [AN_INTENTION | {"budget_fen_min": 0, "budget_fen_max": 0}]),
        ("intentions", [AN_INTENTION | {"budget_fen_max": 1_000_000_000}]),
    ],
)
def test_what_is_at_a_bound_is_taken(api: Gateway, wang: Person, field: str, value: Any) -> None:
    reply = api.put("/v1/me", {field: value}, as_=wang)
    assert reply.status == 200, reply
    assert reply.json[field] is not None


@pytest.mark.parametrize(
    ("field", "value", "wrong"),
    [
        ("nickname", "", "nickname"),
        ("nickname", "   ", "nickname"),
        ("nickname", "名" * 21, "nickname"),
        ("nickname", 7, "nickname"),
        ("nickname", ["x"], "nickname"),
        ("bio", "", "bio"),
        ("bio", "简" * 201, "bio"),
        ("bio", True, "bio"),
        ("avatar_media_id", "", "avatar_media_id"),
        ("avatar_media_id", "x" * 65, "avatar_media_id"),
        ("avatar_media_id", "../secret", "avatar_media_id"),
        ("avatar_media_id", "01J00000000000000000000000", "avatar_media_id"),
        ("avatar_media_id", 7, "avatar_media_id"),
        ("city", "", "city"),
        ("city", "城" * 21, "city"),
        ("city", "上海 200000", "city"),
        ("city", 7, "city"),
        ("birthday", "", "birthday"),
        ("birthday", "1990-02-30", "birthday"),
        ("birthday", "1990-5-1", "birthday"),
        ("birthday", "2026-11-23", "birthday"),
        ("birthday", "1905-11-22", "birthday"),
        ("birthday", 19900501, "birthday"),
        ("household", 4, "household"),
        ("household", {}, "household.size"),
        ("household", {"size": 0}, "household.size"),
        ("household", {"size": 13}, "household.size"),
        ("household", {"size": 12, "children": 11}, "household.children"),
        ("household", {"size": 2, "children": -1}, "household.children"),
        ("household", {"size": 2, "children": 2}, "household.children"),
        ("household", {"size": "4"}, "household.size"),
        ("interests", "camping", "interests"),
        ("interests", ["camping", ""], "interests[1]"),
        ("interests", ["爱" * 17], "interests[0]"),
        ("interests", [7], "interests[0]"),
        ("interests", [" "], "interests"),
        ("interests", [f"爱好{number}" for number in range(13)], "interests"),
        ("accessories", {}, "accessories"),
        ("accessories", [f"配件{number}" for number in range(13)], "accessories"),
        ("vehicles", "汉兰达", "vehicles"),
        ("vehicles", A_CAR, "vehicles"),
        ("vehicles", ["汉兰达"], "vehicles[0]"),
        ("vehicles", [A_CAR] * 6, "vehicles"),
        ("vehicles", [{"bought_year": 2019}], "vehicles[0].model"),
        ("vehicles", [{"model": ""}], "vehicles[0].model"),
        ("vehicles", [A_CAR, {"model": " "}], "vehicles[1].model"),
        ("vehicles", [{"model": "车" * 41}], "vehicles[0].model"),
        ("vehicles", [{"model": 7}], "vehicles[0].model"),
        ("vehicles", [A_CAR | {"bought_year": 1949}], "vehicles[0].bought_year"),
        ("vehicles", [A_CAR | {"bought_year": 2027}], "vehicles[0].bought_year"),
        ("vehicles", [A_CAR | {"bought_year": 10**30}], "vehicles[0].bought_year"),
        ("vehicles", [A_CAR | {"bought_year": 2019.5}], "vehicles[0].bought_year"),
        ("vehicles", [A_CAR | {"bought_year": "2019"}], "vehicles[0].bought_year"),
        ("intentions", AN_INTENTION, "intentions"),
        ("intentions", [AN_INTENTION] * 4, "intentions"),
        ("intentions", [{"when": "later"}], "intentions[0].model"),
        ("intentions", [{"model": "ID.4"}], "intentions[0].when"),
        ("intentions", [AN_INTENTION | {"model": "车" * 41}], "intentions[0].model"),
        ("intentions", [AN_INTENTION | {"model": " "}], "intentions[0].model"),
        ("intentions", [AN_INTENTION | {"when": "soon"}], "intentions[0].when"),
        ("intentions", [AN_INTENTION | {"budget_fen_min": -1}], "intentions[0].budget_fen_min"),
        (
            "intentions",
            [AN_INTENTION | {"budget_fen_max": 10**9 + 1}],
            "intentions[0].budget_fen_max",
        ),
        (
            "intentions",
            [AN_INTENTION | {"budget_fen_min": 2, "budget_fen_max": 1}],
            "intentions[0].budget_fen_max",
        ),
        ("intentions", [AN_INTENTION | {"budget_fen_min": 1.5}], "intentions[0].budget_fen_min"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    api: Gateway, wang: Person, field: str, value: Any, wrong: str
) -> None:
    before = api.get("/v1/me", as_=wang).json
    # Something right beside it is not kept either.
    right = {"accessories": ["dashcam"]} if field != "accessories" else {"city": "上海"}
    assert api.put("/v1/me", {**right, field: value}, as_=wang).wrong_fields == [wrong]
    assert api.get("/v1/me", as_=wang).json == before


def test_every_wrong_field_is_named_at_once(api: Gateway, wang: Person) -> None:
    body = {"nickname": "名" * 21, "city": 7, "household": {"size": 0}, "bio": "好"}
    reply = api.put("/v1/me", body, as_=wang)
    assert reply.wrong_fields == ["nickname", "city", "household.size"]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"nickname": "违规"}, ["nickname"]),
        ({"nickname": "存疑"}, ["nickname"]),
        ({"bio": "违规的简介"}, ["bio"]),
        ({"nickname": "违规", "bio": "存疑", "city": "上海"}, ["nickname", "bio"]),
    ],
)
def test_words_that_others_should_not_see_are_refused(
    api: Gateway, wang: Person, body: dict[str, Any], wrong: list[str]
) -> None:
    before = api.get("/v1/me", as_=wang).json
    reply = api.put("/v1/me", body, as_=wang)
    assert reply.refusal == (422, "content_not_allowed")
    assert reply.wrong_fields == wrong
    assert api.get("/v1/me", as_=wang).json == before


def test_words_that_nobody_can_check_have_to_wait(api: Gateway, wang: Person, world: World) -> None:
    world.platform.answers("/wxa/msg_sec_check", -1)
    reply = api.put("/v1/me", {"bio": "爱露营"}, as_=wang)
    assert reply.refusal == (503, "unavailable")


def test_who_is_below_18_is_turned_away_and_forgotten(
    api: Gateway, wang: Person, world: World
) -> None:
    body = {"birthday": "2008-11-23", "city": "上海"}
    assert api.put("/v1/me", body, as_=wang).refusal == (403, "minor_member")
    assert api.get("/v1/me", as_=wang).status in (401, 403)
    assert "2008-11-23" not in str(world.rows("people"))


def test_who_took_their_consent_back_tells_nothing_more(api: Gateway, wang: Person) -> None:
    version = api.get("/v1/me/consent", as_=wang).json["current_version"]
    api.put("/v1/me/consent", {"version": version, "agreed": False}, as_=wang)
    reply = api.put("/v1/me", {"city": "上海"}, as_=wang)
    assert reply.refusal == (403, "consent_needed")
    assert reply.json["unlock"]["how"]
    assert api.put("/v1/me", {"city": None}, as_=wang).status == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/me", None),
        ("PUT", "/v1/me", {"nickname": "x"}),
        ("GET", "/v1/me/next-question", None),
        ("POST", "/v1/me/next-question/skip", {"field": "city"}),
        ("GET", "/v1/me/referral-code", None),
    ],
)
def test_a_guest_is_asked_to_sign_in(api: Gateway, method: str, path: str, body: Any) -> None:
    assert api.call(method, path, body=body).refusal == (401, "sign_in_first")


def test_a_session_that_ended_is_none(api: Gateway, wang: Person, world: World) -> None:
    world.later(days=7)
    assert api.get("/v1/me", as_=wang).refusal == (401, "sign_in_first")


def test_my_answers_are_not_kept_on_the_way(api: Gateway, wang: Person) -> None:
    assert api.get("/v1/me", as_=wang).headers["cache-control"] == "no-store"


# Questions


def test_i_am_asked_one_thing_with_what_i_can_answer(api: Gateway, wang: Person) -> None:
    asked = api.get("/v1/me/next-question", as_=wang).json
    assert asked["completeness"] == 0
    question = asked["question"]
    assert (question["field"], question["kind"]) == ("intentions", "intentions")
    assert {"id": "within_month", "text": "一个月内"} in question["options"]


def test_what_i_answered_is_not_asked_again(api: Gateway, wang: Person) -> None:
    api.put("/v1/me", {"intentions": [AN_INTENTION]}, as_=wang)
    asked = api.get("/v1/me/next-question", as_=wang).json
    assert (asked["question"]["field"], asked["completeness"]) == ("city", 15)


def test_what_i_skip_is_not_asked_for_a_week(api: Gateway, wang: Person, world: World) -> None:
    skipped = api.post("/v1/me/next-question/skip", {"field": "intentions"}, as_=wang)
    assert (skipped.status, skipped.json["question"]["field"]) == (200, "city")
    assert api.get("/v1/me/next-question", as_=wang).json == skipped.json
    world.later(days=7)
    again = world.joins("wang")
    assert api.get("/v1/me/next-question", as_=again).json["question"]["field"] == "intentions"


def test_i_am_asked_what_i_drive(api: Gateway, wang: Person) -> None:
    api.put("/v1/me", {"intentions": [AN_INTENTION], "city": "上海"}, as_=wang)
    question = api.get("/v1/me/next-question", as_=wang).json["question"]
    assert (question["field"], question["kind"]) == ("vehicles", "vehicles")
    assert (question["text"], question["options"]) == ("您现在开什么车？", None)


def test_a_car_that_i_say_i_drive_is_no_certified_one(api: Gateway, wang: Person) -> None:
    assert api.put("/v1/me", {"vehicles": [A_CAR]}, as_=wang).json["identity"] == "prospect"
    assert api.get("/v1/vehicles", as_=wang).json["items"] == []


def test_who_told_everything_is_asked_nothing(api: Gateway, wang: Person) -> None:
    api.put("/v1/me", EVERYTHING, as_=wang)
    api.post("/v1/me/next-question/skip", {"field": "avatar_media_id"}, as_=wang)
    asked = api.get("/v1/me/next-question", as_=wang).json
    assert asked == {"question": None, "completeness": 90}


@pytest.mark.parametrize("field", ["phone", "", None, 7])
def test_what_is_no_question_cannot_be_skipped(api: Gateway, wang: Person, field: Any) -> None:
    reply = api.post("/v1/me/next-question/skip", {"field": field}, as_=wang)
    assert reply.wrong_fields == ["field"]


# Referrals


def test_my_referral_code_fits_into_a_scene_and_stays_the_same(
    api: Gateway, wang: Person, li: Person
) -> None:
    code = api.get("/v1/me/referral-code", as_=wang).json["code"]
    assert code.isalnum()
    assert len(code) == 20
    assert api.get("/v1/me/referral-code", as_=wang).json["code"] == code
    assert api.get("/v1/me/referral-code", as_=li).json["code"] != code
