"""Of two WeChat accounts of one person each stays usable: WeChat is asked about the one in hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from community.people.sessions import service as sessions
from tests.gateway import Gateway
from tests.mini_program_api.conftest import a_draft
from tests.world import Person, World

POSTS = "/v1/boards/new-car-shopping/posts"
SAFETY = "/wxa/msg_sec_check"


@pytest.fixture
def chen(world: World, api: Gateway) -> Person:
    """The second account of wang: from before the two were found to be one."""
    world.joins("wang")
    world.later(minutes=1)
    chen = world.joins("chen")
    for who in ("wang", "chen"):
        code = {"code": f"phone-of-13812345678~{who}"}
        person = chen if who == "chen" else world.joins(who)
        assert api.post("/v1/me/phone", code, as_=person).status == 200
    world.settle()
    return chen


def asked_of(world: World) -> str:
    """Whom WeChat was asked about last."""
    openid: str = world.platform.asked_for(SAFETY)[-1].json["openid"]
    return openid


def test_a_session_from_before_goes_on_as_its_own_account(
    api: Gateway, world: World, chen: Person
) -> None:
    assert api.post(POSTS, a_draft(), as_=chen).status == 201
    assert asked_of(world) == "openid-of-chen"


def test_a_new_sign_in_is_of_its_own_account_too(api: Gateway, world: World, chen: Person) -> None:
    again = world.joins("chen")
    assert again.member_id == world.joins("wang").member_id
    assert api.post(POSTS, a_draft(), as_=again).status == 201
    assert asked_of(world) == "openid-of-chen"
    assert api.post(POSTS, a_draft(title="另一个"), as_=world.joins("wang")).status == 201
    assert asked_of(world) == "openid-of-wang"


def test_a_renewed_session_stays_with_its_account(api: Gateway, world: World, chen: Person) -> None:
    again = world.joins("chen")
    world.now += timedelta(days=2)
    renewed = sessions.recognise(again.token, world.now)
    assert renewed is not None
    assert renewed.fresh is not None
    fresh = Person("chen", again.member_id, renewed.fresh.token)
    assert api.post(POSTS, a_draft(), as_=fresh).status == 201
    assert asked_of(world) == "openid-of-chen"


def test_signed_out_everywhere_the_second_account_may_come_again(
    api: Gateway, world: World, chen: Person
) -> None:
    assert api.post("/v1/me/sessions/revoke", as_=chen).status == 204
    assert api.get("/v1/me", as_=chen).status == 401
    assert api.get("/v1/me", as_=world.joins("chen")).status == 200


def test_the_phone_button_of_the_second_account_works(
    api: Gateway, world: World, chen: Person
) -> None:
    assert api.post("/v1/me/phone", {"code": "phone-of-13900001111~9"}, as_=chen).status == 200
    asked = world.platform.asked_for("/wxa/business/getuserphonenumber")[-1]
    assert asked.json["openid"] == "openid-of-chen"
