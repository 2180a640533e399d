"""Many do the same at the same moment, on the whole system: one wins, nothing is lost or doubled."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import httpx

from local.players import Colleague, Phone, awaited
from local.stack import Stack
from tests.journeys.conftest import Control, a_car, a_post
from tests.journeys.test_certification import an_invitation

Result = TypeVar("Result")
AT_ONCE = 8
SIGN_INS_AT_ONCE = 50
MINUTE_S = 60
SLOW = {503, 504}
"""Two cores were too slow for all, or what was asked for changed again and again."""


def at_once(calls: Sequence[Callable[[], Result]]) -> list[Result]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def test_somebody_who_signs_in_for_the_first_time_many_times_is_one_member(
    new_phone: Callable[[], Phone], control: Control
) -> None:
    phone = new_phone()
    answers = at_once([partial(signs_in, phone)] * SIGN_INS_AT_ONCE)
    assert {answer.status_code for answer in answers} <= {201, 429} | SLOW
    members = {a.json()["member"]["member_id"] for a in answers if a.status_code == 201}
    control.move_ahead(MINUTE_S)  # WeChat takes a hundred sign-ins of one person in a minute.
    assert members == {phone.sign_in()["member"]["member_id"]}


def signs_in(phone: Phone) -> httpx.Response:
    return phone.call("POST", "/v1/session", {"code": phone.login_code()})


def test_one_key_used_many_times_at_once_makes_one_post(owner: Phone) -> None:
    key, path = str(uuid.uuid4()), "/v1/boards/car-care/posts"
    answers = at_once([lambda: owner.call("POST", path, a_post(title="一次"), key=key)] * AT_ONCE)
    assert {answer.status_code for answer in answers} <= {201} | SLOW
    assert len({answer.json()["post_id"] for answer in answers if answer.status_code == 201}) == 1


def test_two_moderators_who_press_at_once_agree_on_who_was_first(
    prospect: Phone, zhangsan: Colleague, lisi: Colleague
) -> None:
    applied = prospect.did("POST", "/v1/certifications", {"kind": "owner", **a_car()})
    task = f"certification-{applied['certification_id']}"
    zhangsan.card(task)
    looks = at_once(
        [
            lambda: zhangsan.presses(task, "certification.approve"),
            lambda: lisi.presses(task, "certification.reject"),
        ]
    )
    words = {str(look["replies"][0]["Button"]["ReplaceName"]) for look in looks}
    state = prospect.did("GET", "/v1/certifications")["items"][0]["state"]
    assert words == {{"approved": "已由 张三 通过", "rejected": "已由 李四 驳回"}[state]}


def test_one_car_approved_for_two_at_once_has_one_owner(
    new_phone: Callable[[], Phone], zhangsan: Colleague, lisi: Colleague, stack: Stack
) -> None:
    car = a_car()
    phones = [new_phone(), new_phone()]
    tasks = []
    for phone in phones:
        phone.sign_in()
        applied = phone.did("POST", "/v1/certifications", {"kind": "owner", **car})
        tasks.append(f"certification-{applied['certification_id']}")
        zhangsan.card(tasks[-1])
    at_once(
        [
            lambda: zhangsan.presses(tasks[0], "certification.approve"),
            lambda: lisi.presses(tasks[1], "certification.approve"),
        ]
    )
    stack.wait_until_idle()
    states = sorted(p.did("GET", "/v1/certifications")["items"][0]["state"] for p in phones)
    assert states == ["approved", "submitted"]  # The owner is asked about the other one.
    identities = sorted(phone.did("GET", "/v1/me")["identity"] for phone in phones)
    assert identities == ["owner", "prospect"]


def test_one_car_certified_at_once_by_two_at_once_has_one_owner(
    new_phone: Callable[[], Phone], stack: Stack
) -> None:
    """Both hold an advisor's invitation: nobody looks at it in between."""
    car, phones = a_car(), [new_phone(), new_phone()]
    for phone in phones:
        phone.sign_in()
    codes = [an_invitation(stack) for _ in phones]

    def apply(phone: Phone, code: str) -> str:
        application = {"kind": "owner", **car, "invitation_code": code}
        state: str = phone.did("POST", "/v1/certifications", application)["state"]
        return state

    states = at_once(
        [
            lambda phone=phone, code=code: apply(phone, code)
            for phone, code in zip(phones, codes, strict=True)
        ]
    )
    assert sorted(states) == ["approved", "submitted"]
    stack.wait_until_idle()
    identities = sorted(phone.did("GET", "/v1/me")["identity"] for phone in phones)
    assert identities == ["owner", "prospect"]


def test_likes_and_unlikes_of_many_end_in_the_right_count(
    owner: Phone, new_phone: Callable[[], Phone], stack: Stack
) -> None:
    post_id = owner.did("POST", "/v1/boards/car-care/posts", a_post())["post_id"]
    like = f"/v1/posts/{post_id}/reactions/like"
    phones = [new_phone() for _ in range(6)]
    for phone in phones:
        phone.sign_in()

    def press(phone: Phone, methods: Sequence[str]) -> None:
        for method in methods:
            awaited(lambda m=method: phone.call(m, like).status_code == 204, what="being heard")

    endings = ["PUT", "DELETE"] * 3
    at_once(
        [
            lambda phone=phone, last=last: press(phone, ["PUT", "DELETE", "PUT", last])
            for phone, last in zip(phones, endings, strict=True)
        ]
    )
    stack.wait_until_idle()
    awaited(lambda: _likes(owner, post_id) == 3, what="three likes", within_s=90)
    assert [_is_liked(phone, post_id) for phone in phones] == [True, False] * 3


def test_64_likes_and_unlikes_of_one_member_end_in_the_last_state(
    owner: Phone, prospect: Phone, stack: Stack
) -> None:
    post_id = owner.did("POST", "/v1/boards/car-care/posts", a_post())["post_id"]
    like = f"/v1/posts/{post_id}/reactions/like"
    prospect.sign_in()
    answers = at_once([partial(prospect.call, m, like) for m in ("PUT", "DELETE") * 32])
    assert {answer.status_code for answer in answers} <= {204} | SLOW
    stack.wait_until_idle()
    said = _is_liked(prospect, post_id)
    awaited(lambda: _likes(owner, post_id) == int(said), what="the right count", within_s=90)
    last = "DELETE" if said else "PUT"
    awaited(lambda: prospect.call(last, like).status_code == 204, what="the last word")
    stack.wait_until_idle()
    assert _is_liked(prospect, post_id) is not said
    awaited(lambda: _likes(owner, post_id) == int(not said), what="the last state", within_s=90)


def _likes(phone: Phone, post_id: str) -> int:
    counts: dict[str, Any] = phone.did("GET", f"/v1/posts/{post_id}")["counts"]
    return int(counts["likes"])


def _is_liked(phone: Phone, post_id: str) -> bool:
    return bool(phone.did("GET", f"/v1/posts/{post_id}")["liked"])
