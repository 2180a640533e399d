"""POST /v1/me/phone"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from community.people.members import service as members
from community.people.members.rules import State
from tests.gateway import Gateway, Reply
from tests.world import Person, World

PATH = "/v1/me/phone"
NUMBER = "13812345678"
ASKED = "/wxa/business/getuserphonenumber"


def bind(api: Gateway, who: Person, number: str = NUMBER, **told: Any) -> Reply:
    return api.post(PATH, {"code": f"phone-of-{number}~{who.who}"}, as_=who, **told)


def test_my_number_is_mine_and_shown_masked(api: Gateway, wang: Person) -> None:
    reply = bind(api, wang)
    assert (reply.status, reply.json["phone"]) == (200, "138******78")
    assert reply.json["member"]["member_id"] == wang.member_id
    assert api.get("/v1/me", as_=wang).json["phone"] == "138******78"
    assert NUMBER not in reply.text


def test_the_same_call_again_gets_the_same_answer(api: Gateway, world: World, wang: Person) -> None:
    first, again = (bind(api, wang, key="k1") for _ in range(2))
    assert (again.status, again.text) == (first.status, first.text)
    assert again.headers["idempotency-replayed"] == "true"
    assert len(world.platform.asked_for(ASKED)) == 1


def test_if_i_was_known_by_it_before_i_am_both(
    api: Gateway, world: World, li: Person, wang: Person
) -> None:
    bind(api, li)
    older = min((li, wang), key=lambda who: (who.member.joined_at, who.member_id))
    first = bind(api, wang, key="k1")
    assert first.json["member"]["member_id"] == older.member_id
    assert "owner" in first.json["member"]["badges"]
    world.settle()
    assert bind(api, wang, key="k1").json == first.json
    for who in (li, wang):
        assert api.get("/v1/me", as_=who).json["member_id"] == older.member_id


@pytest.mark.parametrize("code", ["", "x" * 257, None, 7, ["x"]])
def test_what_is_no_code_is_refused(api: Gateway, wang: Person, code: Any) -> None:
    assert api.post(PATH, {"code": code}, as_=wang).wrong_fields == ["code"]


@pytest.mark.parametrize("code", ["验证码", "a b", "a\nb"])
def test_what_can_be_no_code_does_not_reach_wechat(
    api: Gateway, world: World, wang: Person, code: str
) -> None:
    assert api.post(PATH, {"code": code}, as_=wang).refusal == (422, "phone_code_invalid")
    assert world.platform.asked_for(ASKED) == []


@pytest.mark.parametrize(
    ("errcode", "refusal"),
    [(40029, (422, "phone_code_invalid")), (-1, (503, "unavailable"))],
)
def test_what_wechat_refuses_is_told_and_leaves_nothing(
    api: Gateway, world: World, wang: Person, errcode: int, refusal: tuple[int, str]
) -> None:
    world.platform.answers(ASKED, errcode)
    assert bind(api, wang).refusal == refusal
    assert api.get("/v1/me", as_=wang).json["phone"] is None


def test_without_consent_there_is_a_way_in(api: Gateway, wang: Person) -> None:
    members.change(wang.member_id, lambda m: msgspec.structs.replace(m, consent=None))
    reply = bind(api, wang)
    assert reply.refusal == (403, "consent_needed")
    assert [way["kind"] for way in reply.json["unlock"]["how"]] == ["agree_to_privacy_notice"]


def test_who_tries_too_often_is_told_when_to_come_again(api: Gateway, wang: Person) -> None:
    for number in range(10):
        bind(api, wang, f"1380000000{number}")
    reply = bind(api, wang)
    assert reply.refusal == (429, "too_many_attempts")
    assert int(reply.headers["retry-after"]) > 0


def test_a_number_of_somebody_who_is_leaving_is_not_for_me(
    api: Gateway, li: Person, wang: Person
) -> None:
    bind(api, li)
    members.change(li.member_id, lambda m: msgspec.structs.replace(m, state=State.LEAVING))
    assert bind(api, wang).refusal == (409, "member_not_to_be_merged")
