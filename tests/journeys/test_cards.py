"""Moderators' cards in WeCom: only moderators decide, the first one counts, everybody sees who."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from local.players import Colleague, Phone, awaited
from local.stack import Stack
from tests.journeys.conftest import a_car
from tests.journeys.letters import Letters


def apply(phone: Phone) -> str:
    applied = phone.did("POST", "/v1/certifications", {"kind": "owner", **a_car()})
    return f"certification-{applied['certification_id']}"


def test_the_second_press_is_told_who_was_first(
    prospect: Phone, zhangsan: Colleague, lisi: Colleague
) -> None:
    task = apply(prospect)
    message = {
        colleague.userid: colleague.card(task)["message_id"] for colleague in (zhangsan, lisi)
    }
    assert message["zhangsan"] == message["lisi"]
    zhangsan.presses(task, "certification.reject")
    second = lisi.presses(task, "certification.approve")
    assert "已由 张三 驳回" in str(second["card"])
    mine = prospect.did("GET", "/v1/certifications")["items"]
    assert [certification["state"] for certification in mine] == ["rejected"]


def test_who_is_no_moderator_decides_nothing(
    prospect: Phone, stack: Stack, zhangsan: Colleague, http: httpx.Client
) -> None:
    """An advisor who got hold of a moderator's card: WeCom itself says who pressed."""
    task = apply(prospect)
    zhangsan.card(task)
    letters = Letters(stack, http)
    reply = letters.replied(letters.press("wangwu", task, "certification.approve"))
    assert reply is not None
    assert reply["Button"]["ReplaceName"] == "只有版主可以处理，请联系运营人员"
    mine = prospect.did("GET", "/v1/certifications")["items"]
    assert [certification["state"] for certification in mine] == ["submitted"]


def test_a_press_that_is_repeated_gets_the_same_reply(
    prospect: Phone, stack: Stack, zhangsan: Colleague, http: httpx.Client
) -> None:
    task = apply(prospect)
    zhangsan.card(task)
    letters = Letters(stack, http)
    press = letters.press("lisi", task, "certification.approve")
    replies = [letters.replied(press) for _ in range(3)]
    names = [reply["Button"]["ReplaceName"] for reply in replies if reply]
    assert names == ["已由 李四 通过"] * 3


def test_the_same_press_delivered_again_changes_nothing(
    prospect: Phone, zhangsan: Colleague
) -> None:
    task = apply(prospect)
    for _ in range(2):
        pressed = zhangsan.presses(task, "certification.approve")
        assert "已由 张三 通过" in str(pressed["card"])
    awaited(lambda: prospect.did("GET", "/v1/notifications")["unread"], what="a notification")
    assert prospect.did("GET", "/v1/notifications")["unread"] == 1


def test_cards_go_to_the_moderators_only(
    new_phone: Callable[[], Phone], zhangsan: Colleague
) -> None:
    phone = new_phone()
    phone.sign_in()
    card = zhangsan.card(apply(phone))
    assert sorted(card["to"]) == ["lisi", "zhangsan"]
