"""A Lambda is killed in the middle of its work: the message is still handled, and exactly once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from local.players import Colleague, Phone, awaited
from local.stack import Stack
from tests.journeys.conftest import TICK, Control, a_car

A_MINUTE_S = 61
CUSTOM_SEND = "/cgi-bin/message/custom/send"


def test_the_api_dies_while_it_takes_a_push_in(
    stack: Stack, prospect: Phone, control: Control
) -> None:
    """The platform hears nothing and pushes again."""
    control.ask("PUT", "/delivery", {"retry_after_s": 0.2})
    try:
        with ThreadPoolExecutor() as pool:
            says = pool.submit(prospect.says, "我的积分", wait_s=30)
            for _ in range(5):
                stack.kill_worker("api_handler")
            assert says.result()["status"] == 200
    finally:
        control.ask("PUT", "/delivery", {"retry_after_s": 5})
    awaited(lambda: control.sent(to=prospect.openid), what="the answer")
    stack.wait_until_idle()
    assert len(control.sent(to=prospect.openid)) == 1


def test_the_worker_dies_and_the_message_comes_again(
    stack: Stack, prospect: Phone, control: Control
) -> None:
    """The queue brings it again; so does the minute tick, which knows that it waits too long."""
    prospect.says("你好", wait_s=20)
    assert stack.freeze_worker("work_inbox")
    assert prospect.says("我的积分", wait_s=0)["status"] == 200
    awaited(lambda: stack.in_flight("inbox"), what="the worker has the message")
    stack.kill_worker("work_inbox")
    control.move_ahead(A_MINUTE_S)
    stack.invoke("tick", TICK)
    awaited(lambda: len(control.sent(to=prospect.openid)) > 1, what="the answer", within_s=90)
    stack.wait_until_idle()
    assert len(control.sent(to=prospect.openid)) == 2


def test_the_sender_dies_while_wechat_takes_the_message(
    stack: Stack, prospect: Phone, control: Control
) -> None:
    """Nobody knows whether it arrived; it did, and is not sent again."""
    control.fault(CUSTOM_SEND, delay_ms=1_500)
    calls = _calls(control)
    prospect.says("我的积分", wait_s=0)
    awaited(lambda: _calls(control) > calls, what="the call goes out")
    assert stack.kill_worker("send_outbound")
    awaited(lambda: control.sent(to=prospect.openid), what="the answer")
    stack.wait_until_idle()
    assert len(control.sent(to=prospect.openid)) == 1


def test_a_decision_reaches_everybody_although_the_follower_died(
    stack: Stack, prospect: Phone, zhangsan: Colleague
) -> None:
    task = _applied(prospect, zhangsan)
    assert stack.freeze_worker("follow_facts")
    zhangsan.presses(task, "certification.approve")
    awaited(lambda: stack.in_flight("facts"), what="the follower has the fact")
    stack.kill_worker("follow_facts")
    _everybody_knows(stack, prospect)


def test_a_decision_reaches_everybody_although_the_relay_died(
    stack: Stack, prospect: Phone, zhangsan: Colleague
) -> None:
    task = _applied(prospect, zhangsan)
    assert stack.freeze_worker("relay_facts")
    zhangsan.presses(task, "certification.approve")
    stack.kill_worker("relay_facts")
    _everybody_knows(stack, prospect)


def _applied(prospect: Phone, zhangsan: Colleague) -> str:
    applied = prospect.did("POST", "/v1/certifications", {"kind": "owner", **a_car()})
    task = f"certification-{applied['certification_id']}"
    zhangsan.card(task)
    return task


def _everybody_knows(stack: Stack, prospect: Phone) -> None:
    awaited(
        lambda: prospect.did("GET", "/v1/notifications")["unread"],
        what="a notification",
        within_s=90,
    )
    stack.wait_until_idle()
    assert prospect.did("GET", "/v1/notifications")["unread"] == 1
    assert prospect.did("GET", "/v1/me")["identity"] == "owner"


def _calls(control: Control) -> int:
    api = control.ask("GET", "/stats")["apis"].get(CUSTOM_SEND, {"calls": 0})
    return int(api["calls"])
