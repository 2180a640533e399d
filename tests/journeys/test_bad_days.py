"""Days on which WeChat and WeCom misbehave: nothing is lost, nothing is doubled, nothing slips through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local.players import Colleague, Phone, awaited
from local.stack import Stack
from tests.journeys.conftest import Control, a_car, a_post

SCREEN = "/wxa/msg_sec_check"
FAULTS: list[dict[str, Any]] = [
    {"errcode": -1},
    {"errcode": 44991},
    {"status": 502},
    {"delay_ms": 4_000},
    {"drop": True},
]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_post_is_held_when_content_safety_does_not_answer(
    prospect: Phone, control: Control, zhangsan: Colleague, fault: dict[str, Any]
) -> None:
    control.fault(SCREEN, **fault)
    post = prospect.did("POST", "/v1/boards/new-car-shopping/posts", a_post())
    assert post["state"] == "held"
    zhangsan.presses(f"case-{post['post_id']}", "moderation.pass")
    awaited(
        lambda: prospect.did("GET", f"/v1/posts/{post['post_id']}")["state"] == "published",
        what="the post is released",
    )


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"errcode": -1}, 503, "unavailable"),
        ({"errcode": 40029}, 422, "login_code_invalid"),
        ({"errcode": 40226}, 403, "login_blocked"),
        ({"errcode": 45011}, 429, "too_many_logins"),
        ({"status": 500}, 503, "unavailable"),
        ({"drop": True}, 503, "unavailable"),
        ({"delay_ms": 7_000}, 503, "unavailable"),
    ],
    ids=str,
)
def test_a_sign_in_that_fails_says_what_to_do(
    new_phone: Callable[[], Phone], control: Control, fault: dict[str, Any], status: int, code: str
) -> None:
    phone = new_phone()
    control.fault("/sns/jscode2session", **fault)
    refused = phone.call("POST", "/v1/session", {"code": phone.login_code()})
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    if status == 429:
        assert refused.headers["retry-after"] == "60"
    assert phone.sign_in()["member"]


@pytest.mark.parametrize("platform", ["wechat", "wecom"])
def test_tokens_that_expire_early_are_renewed(
    prospect: Phone, control: Control, zhangsan: Colleague, platform: str
) -> None:
    control.ask("POST", "/tokens/expire", {"platform": platform})
    applied = prospect.did("POST", "/v1/certifications", {"kind": "owner", **a_car()})
    # A token that was fetched a moment ago is not fetched again at once: then the queue brings it again.
    task = f"certification-{applied['certification_id']}"
    assert zhangsan.card(task, within_s=120)
    prospect.says("帮助", wait_s=0)
    awaited(lambda: control.sent(to=prospect.openid), what="an answer", within_s=120)


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_when_tokens_ended_before_their_time_texts_are_soon_checked_again(
    prospect: Phone, control: Control, errcode: int
) -> None:
    path = "/v1/boards/new-car-shopping/posts"
    control.ask("POST", "/tokens/expire", {"platform": "wechat", "errcode": errcode})
    # A token that was fetched within the last 20 s is not fetched again: a moderator looks at this one.
    assert prospect.did("POST", path, a_post())["state"] in ("published", "held")
    control.move_ahead(21)
    awaited(
        lambda: prospect.did("POST", path, a_post())["state"] == "published", what="a checked text"
    )


def test_a_card_comes_although_wecom_was_busy(
    prospect: Phone, control: Control, zhangsan: Colleague
) -> None:
    control.fault("/cgi-bin/message/send", errcode=45033)
    applied = prospect.did("POST", "/v1/certifications", {"kind": "owner", **a_car()})
    card = awaited(
        lambda: _card(control, applied["certification_id"]), what="the card", within_s=120
    )
    assert card["to"]


def test_without_a_grant_no_message_is_tried(
    prospect: Phone, control: Control, zhangsan: Colleague, stack: Stack
) -> None:
    calls = _subscribe_calls(control)
    applied = prospect.did("POST", "/v1/certifications", {"kind": "owner", **a_car()})
    zhangsan.presses(f"certification-{applied['certification_id']}", "certification.reject")
    stack.wait_until_idle()
    assert prospect.did("GET", "/v1/notifications")["unread"] == 1
    assert _subscribe_calls(control) == calls


def test_a_refused_subscribe_message_empties_the_grant(
    prospect: Phone, control: Control, zhangsan: Colleague, stack: Stack
) -> None:
    grant = {"template": "certification_decided", "accepted": True}
    prospect.did("POST", "/v1/subscriptions", grant)
    control.fault("/cgi-bin/message/subscribe/send", errcode=43101)
    applied = prospect.did("POST", "/v1/certifications", {"kind": "owner", **a_car()})
    zhangsan.presses(f"certification-{applied['certification_id']}", "certification.reject")
    stack.wait_until_idle()
    left = prospect.did("POST", "/v1/subscriptions", {**grant, "accepted": False})["remaining"]
    assert left == 0


def _card(control: Control, certification_id: str) -> dict[str, Any] | None:
    sent = control.sent(kind="template_card")
    return next((card for card in sent if certification_id in str(card["body"])), None)


def _subscribe_calls(control: Control) -> Any:
    return control.ask("GET", "/stats")["apis"].get("/cgi-bin/message/subscribe/send")
