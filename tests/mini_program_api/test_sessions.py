"""POST and DELETE /v1/session, POST /v1/me/sessions/revoke, and the header with a fresh token."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib import ids
from community.people.members import service as members
from community.people.members.rules import State
from tests.gateway import Gateway, Reply
from tests.world import World


def sign_in(api: Gateway, **body: Any) -> Reply:
    return api.post("/v1/session", {"code": "code-of-li", **body})


def test_a_code_of_wx_login_becomes_a_session(api: Gateway, world: World) -> None:
    reply = sign_in(api)
    assert reply.status == 201
    assert set(reply.json) == {"token", "expires_at", "member"}
    assert datetime.fromisoformat(reply.json["expires_at"]) == world.now + timedelta(days=7)
    member = reply.json["member"]
    assert ids.is_id(member["member_id"])
    assert (member["identity"], member["tier"], member["badges"]) == ("prospect", "T0", [])


def test_times_are_written_in_utc(api: Gateway) -> None:
    assert sign_in(api).json["expires_at"].endswith("Z")


def test_the_token_opens_the_door(api: Gateway) -> None:
    session = sign_in(api).json
    reply = api.get("/v1/me", headers={"Authorization": f"Bearer {session['token']}"})
    assert reply.json.items() >= session["member"].items()


def test_signing_in_again_is_the_same_member(api: Gateway, world: World) -> None:
    first = sign_in(api).json["member"]
    world.later(days=1)
    assert sign_in(api).json["member"] == first


def test_nothing_of_wechats_leaves(api: Gateway) -> None:
    text = sign_in(api).text
    assert [w for w in ("openid", "session_key", "kept-by-nobody", "unionid") if w in text] == []


def test_a_session_is_not_kept_on_the_way(api: Gateway) -> None:
    assert sign_in(api).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("errcode", "refusal"),
    [
        (40029, (422, "login_code_invalid")),
        (40163, (422, "login_code_invalid")),
        (40226, (403, "login_blocked")),
        (45011, (429, "too_many_logins")),
        (-1, (503, "unavailable")),
        (40013, (503, "unavailable")),
    ],
)
def test_what_wechat_refuses_is_told(
    api: Gateway, world: World, errcode: int, refusal: tuple[int, str]
) -> None:
    world.platform.answers("/sns/jscode2session", errcode)
    assert sign_in(api).refusal == refusal


def test_who_signs_in_too_often_is_told_when_to_come_again(api: Gateway, world: World) -> None:
    world.platform.answers("/sns/jscode2session", 45011)
    assert sign_in(api).headers["retry-after"] == "60"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"code": ""}, "code"),
        ({"code": "x" * 257}, "code"),
        ({"code": None}, "code"),
        ({"scene": "x" * 33}, "scene"),
    ],
)
def test_what_is_no_sign_in_is_refused(api: Gateway, body: dict[str, Any], field: str) -> None:
    assert sign_in(api, **body).wrong_fields == [field]


@pytest.mark.parametrize("code", ["代码", "a b", "a&secret=x", "../", "code\n"])
def test_what_is_no_code_does_not_reach_wechat(api: Gateway, world: World, code: str) -> None:
    assert sign_in(api, code=code).refusal == (422, "login_code_invalid")
    assert world.platform.asked == []


def test_the_scene_is_noted_as_the_touchpoint(api: Gateway, world: World) -> None:
    sign_in(api, scene="store-42")
    world.relay()
    assert '"touchpoint":"store-42"' in world.take("facts")[0]


# Staying and going


def me(api: Gateway, token: str) -> Reply:
    return api.get("/v1/me", headers={"Authorization": f"Bearer {token}"})


def test_a_token_of_today_is_not_renewed(api: Gateway) -> None:
    assert "session-token" not in me(api, sign_in(api).json["token"]).headers


def test_a_token_of_yesterday_is_renewed_by_any_call(api: Gateway, world: World) -> None:
    token = sign_in(api).json["token"]
    world.later(days=1)
    headers = me(api, token).headers
    assert datetime.fromisoformat(headers["session-expires-at"]) == world.now + timedelta(days=7)
    world.later(days=6)
    assert me(api, token).refusal == (401, "sign_in_first")
    assert me(api, headers["session-token"]).status == 200


def test_who_signs_out_is_out_on_this_phone_only(api: Gateway) -> None:
    here, there = (sign_in(api).json["token"] for _ in range(2))
    reply = api.delete("/v1/session", headers={"Authorization": f"Bearer {here}"})
    assert (reply.status, reply.text) == (204, "")
    assert me(api, here).refusal == (401, "sign_in_first")
    assert me(api, there).status == 200


def test_who_ends_all_sessions_is_out_everywhere(api: Gateway) -> None:
    here, there = (sign_in(api).json["token"] for _ in range(2))
    reply = api.post("/v1/me/sessions/revoke", headers={"Authorization": f"Bearer {here}"})
    assert reply.status == 204
    assert [me(api, token).refusal[0] for token in (here, there)] == [401, 401]
    assert me(api, sign_in(api).json["token"]).status == 200


def test_who_is_blocked_is_told_so(api: Gateway) -> None:
    session = sign_in(api).json
    members.change(
        session["member"]["member_id"], lambda m: msgspec.structs.replace(m, state=State.BLOCKED)
    )
    assert me(api, session["token"]).refusal == (403, "member_blocked")
    assert sign_in(api).refusal == (403, "member_blocked")
