"""A profile on the whole system: asked a little at a time, shown, changed, forgotten."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import httpx

from local.players import Phone, awaited
from tests.journeys.conftest import Control

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ANSWERS: dict[str, Any] = {
    "nickname": "露营的老王",
    "bio": "两个孩子的爸爸",
    "city": "上海",
    "birthday": "1990-05-01",
    "household": {"size": 4, "children": 2},
    "interests": ["camping", "family"],
    "vehicles": [{"model": "汉兰达", "bought_year": 2019}, {"model": "海豚"}],
    "intentions": [{"model": "ID.4 X", "when": "three_months"}],
    "accessories": ["roof_box"],
}


def an_avatar(phone: Phone, http: httpx.Client) -> str:
    """Upload a picture as `wx.uploadFile` does."""
    asked = {"purpose": "avatar", "content_type": "image/png", "bytes": len(PNG)}
    ticket = phone.did("POST", "/v1/media", asked)
    upload = ticket["upload"]
    sent = http.post(upload["url"], data=upload["fields"], files={"file": ("a.png", PNG)})
    assert sent.is_success, sent.text
    media_id: str = ticket["media_id"]
    return media_id


def test_whoever_answers_question_by_question_has_a_complete_profile(
    prospect: Phone, http: httpx.Client
) -> None:
    asked = []
    while (next_one := prospect.did("GET", "/v1/me/next-question"))["question"]:
        field = next_one["question"]["field"]
        assert field not in asked
        asked.append(field)
        answer = ANSWERS[field] if field in ANSWERS else an_avatar(prospect, http)
        before = next_one["completeness"]
        assert prospect.did("PUT", "/v1/me", {field: answer})["completeness"] > before
    assert asked[0] == "intentions"
    me = prospect.did("GET", "/v1/me")
    assert me["completeness"] == 100
    assert {field: me[field] for field in ANSWERS} == ANSWERS
    assert http.get(me["avatar_url"]).content == PNG


def test_the_avatar_before_is_gone_after_a_while(prospect: Phone, http: httpx.Client) -> None:
    prospect.did("PUT", "/v1/me", {"avatar_media_id": an_avatar(prospect, http)})
    before = prospect.did("GET", "/v1/me")["avatar_url"]
    assert http.get(before).is_success
    prospect.did("PUT", "/v1/me", {"avatar_media_id": an_avatar(prospect, http)})
    awaited(lambda: http.get(before).status_code == 404, what="the old picture is deleted")
    assert http.get(prospect.did("GET", "/v1/me")["avatar_url"]).content == PNG


def test_words_that_are_not_for_others_keep_all_the_rest_out(
    prospect: Phone, control: Control
) -> None:
    control.ask("POST", "/verdicts", {"text": "加我微信", "suggest": "risky"})
    before = prospect.did("GET", "/v1/me")
    refused = prospect.call("PUT", "/v1/me", {"bio": "买车加我微信", "city": "上海"})
    assert (refused.status_code, refused.json()["code"]) == (422, "content_not_allowed")
    assert [error["field"] for error in refused.json()["errors"]] == ["bio"]
    assert prospect.did("GET", "/v1/me") == before


def test_who_turns_out_to_be_below_18_is_out_and_cannot_come_back(prospect: Phone) -> None:
    refused = prospect.call("PUT", "/v1/me", {"birthday": "2015-01-01", "city": "上海"})
    assert (refused.status_code, refused.json()["code"]) == (403, "minor_member")
    assert prospect.call("GET", "/v1/me").status_code in (401, 403)
    code = prospect.login_code()
    assert prospect.call("POST", "/v1/session", {"code": code}).status_code == 403


def test_who_takes_their_consent_back_is_forgotten(
    prospect: Phone, new_phone: Callable[[], Phone]
) -> None:
    first = prospect.did("GET", "/v1/me")
    prospect.did("PUT", "/v1/me", ANSWERS)
    version = prospect.did("GET", "/v1/me/consent")["current_version"]
    prospect.did("PUT", "/v1/me/consent", {"version": version, "agreed": False})

    def forgotten() -> bool:
        me = prospect.did("GET", "/v1/me")
        return all(me[field] == first[field] for field in ANSWERS)

    awaited(forgotten, what="everything that was told is gone")
    assert prospect.call("PUT", "/v1/me", {"city": "上海"}).json()["code"] == "consent_needed"
