"""GET and PUT /v1/me"""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway import Gateway
from tests.world import Person, World


def test_i_see_who_i_am(api: Gateway, wang: Person) -> None:
    reply = api.get("/v1/me", as_=wang)
    assert reply.status == 200
    assert set(reply.json) == {
        "member_id",
        "nickname",
        "identity",
        "tier",
        "badges",
        "joined_at",
    }
    assert (reply.json["member_id"], reply.json["identity"]) == (wang.member_id, "prospect")


def test_an_owner_sees_that_they_are_one(api: Gateway, li: Person) -> None:
    me = api.get("/v1/me", as_=li).json
    assert (me["identity"], me["badges"]) == ("owner", ["owner"])


def test_i_may_choose_a_nickname(api: Gateway, wang: Person) -> None:
    assert api.put("/v1/me", {"nickname": " 老王 "}, as_=wang).json["nickname"] == "老王"
    assert api.get("/v1/me", as_=wang).json["nickname"] == "老王"


@pytest.mark.parametrize("body", [{}, {"nickname": None}, {"something": "else"}])
def test_what_is_not_named_stays(api: Gateway, wang: Person, body: dict[str, Any]) -> None:
    before = api.get("/v1/me", as_=wang).json
    assert api.put("/v1/me", body, as_=wang).json == before


@pytest.mark.parametrize("nickname", ["", "   ", "名" * 21, 7, ["x"]])
def test_what_is_no_nickname_is_refused(api: Gateway, wang: Person, nickname: Any) -> None:
    assert api.put("/v1/me", {"nickname": nickname}, as_=wang).wrong_fields == ["nickname"]


@pytest.mark.parametrize("nickname", ["违规", "存疑"])
def test_a_nickname_that_others_should_not_see_is_refused(
    api: Gateway, wang: Person, nickname: str
) -> None:
    reply = api.put("/v1/me", {"nickname": nickname}, as_=wang)
    assert reply.refusal == (422, "content_not_allowed")


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PUT", {"nickname": "x"})])
def test_a_guest_is_asked_to_sign_in(api: Gateway, method: str, body: Any) -> None:
    assert api.call(method, "/v1/me", body=body).refusal == (401, "sign_in_first")


def test_a_session_that_ended_is_none(api: Gateway, wang: Person, world: World) -> None:
    world.later(days=7)
    assert api.get("/v1/me", as_=wang).refusal == (401, "sign_in_first")


def test_my_answers_are_not_kept_on_the_way(api: Gateway, wang: Person) -> None:
    assert api.get("/v1/me", as_=wang).headers["cache-control"] == "no-store"
