"""The customer-service chat of the mini program: understood, answered once, whatever the platform repeats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local.players import Phone, awaited
from local.stack import Stack
from tests.journeys.conftest import Control, a_post


def texts_of(replies: list[dict[str, Any]]) -> list[str]:
    return [reply["body"]["text"]["content"] for reply in replies if reply["kind"] == "text"]


@pytest.mark.parametrize("said", ["帮助", " 帮助 ", "你们几点下班"])
def test_help_and_whatever_is_not_understood_get_help(prospect: Phone, said: str) -> None:
    heard = prospect.says(said, wait_s=20)
    assert heard["status"] == 200
    assert "社区小助手" in texts_of(heard["replies"])[0]


def test_points_are_told_to_members_only(prospect: Phone, new_phone: Callable[[], Phone]) -> None:
    assert "0 积分" in texts_of(prospect.says("我的积分", wait_s=20)["replies"])[0]
    assert "登录" in texts_of(new_phone().says("我的积分", wait_s=20)["replies"])[0]


def test_a_board_answers_with_its_three_latest_posts_as_cards(
    owner: Phone, control: Control
) -> None:
    posts = [
        owner.did("POST", "/v1/boards/car-care/posts", a_post(title=f"经验 {n}")) for n in range(4)
    ]
    owner.says("养车无忧", wait_s=0)
    cards = awaited(lambda: _cards(control, owner, 3), what="three cards")
    latest = {f"pages/post/index?post_id={post['post_id']}" for post in posts[1:]}
    assert {card["pagepath"] for card in cards} == latest
    assert all(card["thumb_media_id"] for card in cards)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_message_that_comes_three_times_is_answered_once(
    prospect: Phone, stack: Stack, control: Control, form: str
) -> None:
    assert prospect.says("我的积分", repeat=3, format=form, wait_s=20)["status"] == 200
    stack.wait_until_idle()
    assert len(control.sent(to=prospect.openid)) == 1


def test_messages_out_of_order_are_each_answered(
    prospect: Phone, stack: Stack, control: Control
) -> None:
    prospect.says("帮助", reorder=True, wait_s=0)
    prospect.says("我的积分", reorder=True, wait_s=20)
    stack.wait_until_idle()
    answers = texts_of(control.sent(to=prospect.openid))
    assert len(answers) == 2
    assert any("社区小助手" in text for text in answers)
    assert any("积分" in text for text in answers)


def test_a_plain_message_is_refused_in_safe_mode(
    prospect: Phone, stack: Stack, control: Control
) -> None:
    control.ask("PUT", "/delivery", {"retry_after_s": 0})
    heard = prospect.says("帮助", mode="plain", wait_s=0)
    control.ask("PUT", "/delivery", {"retry_after_s": 5})
    assert heard["status"] == 403
    stack.wait_until_idle()
    assert control.sent(to=prospect.openid) == []


def test_events_are_taken_and_not_answered(prospect: Phone, stack: Stack, control: Control) -> None:
    entered = {"type": "event", "event": "user_enter_tempsession", "wait_s": 0}
    answer = control.ask("POST", f"/users/{prospect.openid}/say", entered)
    assert answer["status"] == 200
    stack.wait_until_idle()
    assert control.sent(to=prospect.openid) == []


@pytest.mark.parametrize("platform", ["wechat", "wecom"])
def test_both_addresses_pass_the_check_of_their_platform(control: Control, platform: str) -> None:
    # A container that has just started is given the time that the emulator takes to unpack it.
    control.ask("POST", "/callbacks/check", {"platform": platform})
    assert control.ask("POST", "/callbacks/check", {"platform": platform}) == {
        "ok": True,
        "why": None,
    }


def _cards(control: Control, phone: Phone, number: int) -> list[dict[str, Any]] | None:
    sent = control.sent(to=phone.openid, kind="miniprogrampage")
    cards = [message["body"]["miniprogrampage"] for message in sent]
    return cards if len(cards) == number else None
