"""What time changes: minutes, days and weeks pass in a moment."""

from __future__ import annotations

from collections.abc import Callable

from local.players import Colleague, Phone, awaited
from local.stack import Stack
from tests.journeys.conftest import Control, a_car, a_post

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400


def test_a_login_code_dies_after_five_minutes(
    new_phone: Callable[[], Phone], control: Control
) -> None:
    phone = new_phone()
    code = phone.login_code()
    control.move_ahead(5 * MINUTE_S + 1)
    refused = phone.call("POST", "/v1/session", {"code": code})
    assert (refused.status_code, refused.json()["code"]) == (422, "login_code_invalid")


def test_a_session_lasts_seven_days(new_phone: Callable[[], Phone], control: Control) -> None:
    phone = new_phone()
    phone.sign_in()
    control.move_ahead(7 * DAY_S - HOUR_S)
    assert phone.call("GET", "/v1/me").status_code == 200
    control.move_ahead(HOUR_S + 1)
    assert phone.call("GET", "/v1/me").status_code == 401
    phone.sign_in()
    assert phone.call("GET", "/v1/me").status_code == 200


def test_who_was_away_for_two_hours_posts_through_a_moderator(
    prospect: Phone, control: Control
) -> None:
    """WeChat checks texts only of people who were in the mini program lately (61010)."""
    control.move_ahead(2 * HOUR_S + 1)
    post = prospect.did("POST", "/v1/boards/new-car-shopping/posts", a_post())
    assert post["state"] == "held"


def test_tokens_are_renewed_before_they_expire(prospect: Phone, control: Control) -> None:
    for _ in range(2):
        control.move_ahead(2 * HOUR_S + MINUTE_S)
        assert prospect.says("帮助", wait_s=20)["replies"]


def test_a_card_that_is_decided_after_three_days_is_decided_all_the_same(
    prospect: Phone, zhangsan: Colleague, control: Control, stack: Stack
) -> None:
    """WeCom lets no one change the card of the others any more (72 h); the decision counts."""
    applied = prospect.did("POST", "/v1/certifications", {"kind": "owner", **a_car()})
    task = f"certification-{applied['certification_id']}"
    zhangsan.card(task)
    control.move_ahead(3 * DAY_S + 1)
    assert "已由 张三 通过" in str(zhangsan.presses(task, "certification.approve")["card"])
    awaited(lambda: prospect.did("GET", "/v1/me")["identity"] == "owner", what="being an owner")
    stack.wait_until_idle()
