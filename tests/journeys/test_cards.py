"""Moderators' cards in WeCom: only moderators decide, the first one counts, everybody sees who."""

from __future__ import annotations

from collections.abc import Callable

from local.players import Colleague, Phone, awaited
from tests.journeys.conftest import Control, a_car


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
    prospect: Phone, zhangsan: Colleague, control: Control
) -> None:
    """An advisor who somehow got hold of the card: the press carries the advisor's name."""
    task = apply(prospect)
    zhangsan.card(task)
    control.ask("POST", "/staff", {"userid": "zhangsan", "name": "张三"})
    mine = prospect.did("GET", "/v1/certifications")["items"]
    assert [certification["state"] for certification in mine] == ["submitted"]


def test_the_same_press_delivered_again_changes_nothing(
    prospect: Phone, zhangsan: Colleague, control: Control
) -> None:
    task = apply(prospect)
    for _ in range(2):
        pressed = zhangsan.presses(task, "certification.approve")
        assert "已由 张三 通过" in str(pressed["card"])
    awaited(lambda: prospect.did("GET", "/v1/notifications")["unread"], what="a notification")
    assert prospect.did("GET", "/v1/notifications")["unread"] == 1


def test_cards_go_to_the_moderators_only(
    new_phone: Callable[[], Phone], zhangsan: Colleague, control: Control
) -> None:
    phone = new_phone()
    phone.sign_in()
    card = zhangsan.card(apply(phone))
    assert sorted(card["to"]) == ["lisi", "zhangsan"]
