"""Privacy on the whole system: consent, one's own data as a file, leaving, and what WeChat tells."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import httpx

from local.players import Phone, awaited
from local.stack import Stack
from tests.journeys.conftest import Control, LetHappen, a_post
from tests.journeys.test_touchpoints import members_of

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400
GOODBYE = {"confirm": "注销"}


def ready_export(phone: Phone) -> dict[str, Any]:
    export_id = phone.did("POST", "/v1/me/export")["export_id"]

    def ready() -> dict[str, Any] | None:
        export: dict[str, Any] = phone.did("GET", f"/v1/me/exports/{export_id}")
        return export if export["state"] == "ready" else None

    return awaited(ready, what="the export is ready")


def titles(phone: Phone) -> list[str]:
    return [told["title"] for told in phone.did("GET", "/v1/notifications")["items"]]


def event(phone: Phone, name: str, *, repeat: int = 1, **fields: Any) -> dict[str, Any]:
    """WeChat tells what became of what a person had let us have."""
    return phone.says("", type="event", event=name, repeat=repeat, fields=fields)


# One's own data


def test_i_download_my_data_and_the_link_is_dead_after_a_day(
    prospect: Phone, http: httpx.Client, let_happen: LetHappen
) -> None:
    post = prospect.did("POST", "/v1/boards/new-car-shopping/posts", a_post())
    export = ready_export(prospect)
    answer = http.get(export["url"])
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    file = zipfile.ZipFile(io.BytesIO(answer.content))
    assert file.testzip() is None
    assert "说明.txt" in file.namelist()
    everything = {
        name: json.loads(file.read(name)) for name in file.namelist() if name.endswith(".json")
    }
    assert post["post_id"] in json.dumps(everything)
    assert everything["data/consents.json"]["consents"][0]["agreed"] is True
    awaited(lambda: "您的数据已备好" in titles(prospect), what="being told")

    let_happen(DAY_S + MINUTE_S)
    assert http.get(export["url"]).status_code == 404
    over = prospect.did("GET", f"/v1/me/exports/{export['export_id']}")
    assert (over["state"], over["url"]) == ("expired", None)


def test_a_link_leads_nowhere_without_its_signature(prospect: Phone, http: httpx.Client) -> None:
    url = ready_export(prospect)["url"]
    assert http.get(url.partition("?")[0]).status_code == 403
    assert prospect.openid not in url


def test_nobody_elses_data_are_mine(prospect: Phone, new_phone: Callable[[], Phone]) -> None:
    export = ready_export(prospect)
    other = new_phone()
    other.sign_in()
    assert other.call("GET", f"/v1/me/exports/{export['export_id']}").status_code == 404


# Leaving


def test_who_leaves_is_gone_after_a_week_and_comes_again_as_somebody_new(
    prospect: Phone, new_phone: Callable[[], Phone], let_happen: LetHappen
) -> None:
    before = prospect.did("GET", "/v1/me")
    post = prospect.did("POST", "/v1/boards/new-car-shopping/posts", a_post())
    assert prospect.call("DELETE", "/v1/me", GOODBYE).status_code == 202
    awaited(lambda: "账号注销申请已收到" in titles(prospect), what="being told")
    let_happen(6 * DAY_S)
    assert prospect.sign_in()["member"]["state"] == "leaving"

    let_happen(DAY_S + MINUTE_S)
    assert prospect.call("GET", "/v1/me").status_code == 401
    reader = new_phone()
    reader.sign_in()
    shown = reader.did("GET", f"/v1/posts/{post['post_id']}")
    assert (shown["author"]["nickname"], shown["text"]) == ("已注销用户", post["text"])

    after = prospect.sign_in()["member"]
    assert after["member_id"] != before["member_id"]
    assert after["nickname"] != before["nickname"]


def test_who_changes_their_mind_on_the_last_day_stays(
    prospect: Phone, let_happen: LetHappen
) -> None:
    before = prospect.did("GET", "/v1/me")
    assert prospect.call("DELETE", "/v1/me", GOODBYE).status_code == 202
    let_happen(7 * DAY_S - HOUR_S)
    assert prospect.did("POST", "/v1/me/stay")["state"] == "active"
    let_happen(DAY_S)
    assert prospect.sign_in()["member"]["member_id"] == before["member_id"]


# What WeChat tells


def test_who_closes_their_account_is_erased_at_once_although_it_is_told_three_times(
    prospect: Phone, stack: Stack
) -> None:
    before = prospect.did("GET", "/v1/me")
    told = event(prospect, "user_authorization_cancellation", repeat=3)
    assert told["status"] == 200
    awaited(lambda: prospect.call("GET", "/v1/me").status_code == 401, what="being erased")
    stack.wait_until_idle()
    assert prospect.sign_in()["member"]["member_id"] != before["member_id"]


def test_a_nickname_that_is_taken_back_is_not_shown_any_longer(
    prospect: Phone, control: Control
) -> None:
    first = prospect.did("GET", "/v1/me")["nickname"]
    assert prospect.did("PUT", "/v1/me", {"nickname": "老王"})["nickname"] == "老王"
    control.move_ahead(1)  # WeChat tells its times in whole seconds.
    assert event(prospect, "user_authorization_revoke", RevokeInfo="6")["status"] == 200
    awaited(
        lambda: prospect.did("GET", "/v1/me")["nickname"] == first, what="the name that we made"
    )


def test_of_a_stranger_nothing_becomes(new_phone: Callable[[], Phone], stack: Stack) -> None:
    before = len(members_of(stack))
    for name in ("user_info_modified", "user_authorization_cancellation"):
        assert event(new_phone(), name)["status"] == 200
    stack.wait_until_idle()
    assert len(members_of(stack)) == before


# Consent


def test_without_consent_nothing_personal_is_taken(prospect: Phone) -> None:
    version = prospect.did("GET", "/v1/me/consent")["current_version"]
    prospect.did("PUT", "/v1/me", {"city": "上海"})
    prospect.did("PUT", "/v1/me/consent", {"version": version, "agreed": False})
    awaited(lambda: prospect.did("GET", "/v1/me")["city"] is None, what="the city is forgotten")
    refused = prospect.call("PUT", "/v1/me", {"city": "上海"})
    assert (refused.status_code, refused.json()["code"]) == (403, "consent_needed")
    prospect.did("PUT", "/v1/me/consent", {"version": version, "agreed": True})
    assert prospect.did("PUT", "/v1/me", {"city": "上海"})["city"] == "上海"


def test_a_minor_is_not_kept(prospect: Phone) -> None:
    refused = prospect.call("PUT", "/v1/me", {"birthday": "2020-01-01"})
    assert (refused.status_code, refused.json()["code"]) == (403, "minor_member")
    assert prospect.call("GET", "/v1/me").status_code in (401, 403)
    again = prospect.call("POST", "/v1/session", {"code": prospect.login_code()})
    assert (again.status_code, again.json()["code"]) == (403, "member_blocked")
