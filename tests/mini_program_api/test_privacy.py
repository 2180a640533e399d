"""/v1/me/consent, /v1/me/export, DELETE /v1/me, POST /v1/me/stay"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib import storage
from community.commons.agenda import service as agenda
from community.people.members import rules as member_rules
from tests.gateway import Gateway
from tests.world import Person, World

VERSION = member_rules.NOTICES[-1].version


def pass_time(world: World, **by: float) -> None:
    world.later(**by)
    agenda.let_happen(now=world.now)
    world.settle()


# Consent


def test_i_see_what_i_agreed_to(api: Gateway, wang: Person, world: World) -> None:
    reply = api.get("/v1/me/consent", as_=wang)
    assert reply.status == 200
    assert reply.json == {
        "version": VERSION,
        "agreed": True,
        "at": "2026-11-22T04:00:00Z",
        "current_version": VERSION,
        "effective_on": "2026-11-01",
    }


def test_i_may_withdraw_and_agree_again(api: Gateway, wang: Person, world: World) -> None:
    for agreed in (False, True):
        world.later(hours=1)
        body = {"version": VERSION, "agreed": agreed}
        reply = api.put("/v1/me/consent", body, as_=wang)
        assert (reply.status, reply.json["agreed"]) == (200, agreed)
        assert datetime.fromisoformat(reply.json["at"]) == world.now
        assert api.get("/v1/me/consent", as_=wang).json == reply.json


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"version": VERSION}, "agreed"),
        ({"agreed": True}, "version"),
        ({"version": "", "agreed": True}, "version"),
        ({"version": "x" * 33, "agreed": True}, "version"),
        ({"version": "2020-01", "agreed": True}, "version"),
        ({"version": "2020-01", "agreed": False}, "version"),
        ({"version": VERSION, "agreed": "yes"}, "agreed"),
        ({"version": 1, "agreed": True}, "version"),
    ],
)
def test_what_is_no_answer_is_refused(
    api: Gateway, wang: Person, body: dict[str, Any], field: str
) -> None:
    before = api.get("/v1/me/consent", as_=wang).json
    assert api.put("/v1/me/consent", body, as_=wang).wrong_fields == [field]
    assert api.get("/v1/me/consent", as_=wang).json == before


@pytest.mark.parametrize("version", ["2020-01", "", "x" * 33])
def test_who_was_shown_another_notice_cannot_sign_in_with_it(api: Gateway, version: str) -> None:
    body = {"code": "code-of-li", "consent_version": version}
    assert api.post("/v1/session", body).wrong_fields == ["consent_version"]


def test_who_says_which_notice_they_were_shown_comes_in(api: Gateway) -> None:
    body = {"code": "code-of-li", "consent_version": VERSION}
    assert api.post("/v1/session", body).status == 201


# Export


def test_i_get_my_data_as_a_file(api: Gateway, wang: Person, world: World) -> None:
    asked = api.post("/v1/me/export", as_=wang, key="k")
    assert (asked.status, set(asked.json)) == (202, {"export_id"})
    path = f"/v1/me/exports/{asked.json['export_id']}"
    making = api.get(path, as_=wang).json
    assert (making["state"], making["url"]) == ("making", None)
    assert datetime.fromisoformat(making["expires_at"]) == world.now + timedelta(days=1)
    world.settle()
    ready = api.get(path, as_=wang)
    assert ready.json["state"] == "ready"
    assert ready.headers["cache-control"] == "no-store"
    key = "exports/" + urlsplit(ready.json["url"]).path.partition("/exports/")[2]
    body = storage.get(key, bytes_max=10**7)
    assert body
    assert "说明.txt" in zipfile.ZipFile(io.BytesIO(body)).namelist()
    pass_time(world, days=1)
    over = api.post("/v1/session", {"code": "code-of-wang"}).json["token"]
    gone = api.get(path, headers={"Authorization": f"Bearer {over}"}).json
    assert (gone["state"], gone["url"]) == ("expired", None)


def test_the_same_key_is_the_same_export(api: Gateway, wang: Person) -> None:
    first, again = (api.post("/v1/me/export", as_=wang, key="k") for _ in range(2))
    assert first.json == again.json
    assert api.post("/v1/me/export", as_=wang, key="l").refusal == (409, "export_being_made")


def test_i_may_have_three_a_day(api: Gateway, wang: Person, world: World) -> None:
    for _ in range(3):
        assert api.post("/v1/me/export", as_=wang).status == 202
        world.settle()
        world.later(minutes=1)
    refused = api.post("/v1/me/export", as_=wang)
    assert refused.refusal == (429, "too_many_exports")
    assert 0 < int(refused.headers["retry-after"]) <= 86_400


def test_nobody_elses_export_is_mine(api: Gateway, li: Person, wang: Person) -> None:
    export_id = api.post("/v1/me/export", as_=li).json["export_id"]
    refused = (404, "no_such_export")
    assert api.get(f"/v1/me/exports/{export_id}", as_=wang).refusal == refused
    assert api.get("/v1/me/exports/unknown", as_=wang).refusal == refused


# Leaving


def test_i_may_leave_and_have_a_week(api: Gateway, wang: Person, world: World) -> None:
    reply = api.delete("/v1/me", body={"confirm": "注销"}, as_=wang)
    assert reply.status == 202
    assert datetime.fromisoformat(reply.json["erases_at"]) == world.now + timedelta(days=7)
    world.later(days=1)
    assert api.delete("/v1/me", body={"confirm": "注销"}, as_=wang).json == reply.json


@pytest.mark.parametrize(
    "body", [{}, {"confirm": "注销吧"}, {"confirm": ""}, {"confirm": None}, {"confirm": True}]
)
def test_nobody_leaves_by_a_slip(api: Gateway, wang: Person, body: dict[str, Any]) -> None:
    assert api.delete("/v1/me", body=body, as_=wang).wrong_fields == ["confirm"]
    assert wang.member.state is member_rules.State.ACTIVE


def test_i_may_change_my_mind(api: Gateway, wang: Person, world: World) -> None:
    before = api.get("/v1/me", as_=wang).json
    api.delete("/v1/me", body={"confirm": "注销"}, as_=wang)
    world.later(days=6)
    reply = api.post("/v1/me/stay", as_=wang)
    assert (reply.status, reply.json) == (200, {name: before[name] for name in reply.json})
    pass_time(world, days=1)
    assert wang.member.state is member_rules.State.ACTIVE


def test_after_a_week_my_session_is_none_and_i_am_somebody_new(
    api: Gateway, wang: Person, world: World
) -> None:
    api.delete("/v1/me", body={"confirm": "注销"}, as_=wang)
    world.later(days=6)
    fresh = world.joins("wang")
    pass_time(world, days=1)
    assert api.get("/v1/me", as_=fresh).refusal == (401, "sign_in_first")
    assert api.post("/v1/me/stay", as_=fresh).refusal == (401, "sign_in_first")
    again = world.joins("wang")
    assert again.member_id != wang.member_id
    assert api.get("/v1/me", as_=again).status == 200


# What needs consent


def test_after_withdrawing_nothing_personal_is_taken_until_i_agree_again(
    api: Gateway, wang: Person
) -> None:
    upload = {"purpose": "avatar", "content_type": "image/png", "bytes": 100}
    api.put("/v1/me/consent", {"version": VERSION, "agreed": False}, as_=wang)
    for method, path, body in (
        ("POST", "/v1/media", upload),
        ("PUT", "/v1/me", {"city": "上海"}),
    ):
        refused = api.call(method, path, body=body, as_=wang)
        assert refused.refusal == (403, "consent_needed")
        assert refused.json["unlock"]["how"][0]["kind"] == "agree_to_privacy_notice"
    api.put("/v1/me/consent", {"version": VERSION, "agreed": True}, as_=wang)
    assert api.post("/v1/media", upload, as_=wang).status == 201


def test_after_withdrawing_i_still_read_and_write(api: Gateway, wang: Person) -> None:
    api.put("/v1/me/consent", {"version": VERSION, "agreed": False}, as_=wang)
    assert api.get("/v1/me", as_=wang).json["has_consented"] is False
    post = {"kind": "discussion", "title": "首保多少钱", "text": "大家花了多少？"}
    assert api.post("/v1/boards/new-car-shopping/posts", post, as_=wang).status == 201
