"""Every line of the contract on the whole system, and the conventions that all of them keep."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from local.players import Colleague, Phone, awaited
from tests.journeys.conftest import Control, a_car, a_post

BOARDS = ["new-car-shopping", "car-care", "accessory-deals", "new-launches", "members-only"]


def test_signing_in_twice_is_the_same_member(new_phone: Callable[[], Phone]) -> None:
    phone = new_phone()
    first = phone.sign_in(scene="livestream-1122")
    again = phone.sign_in()
    assert first["member"]["member_id"] == again["member"]["member_id"]
    assert first["expires_at"].endswith("Z")
    me = phone.did("GET", "/v1/me")
    assert (me["identity"], me["tier"], me["badges"]) == ("prospect", "T0", [])


def test_a_login_code_works_once(new_phone: Callable[[], Phone]) -> None:
    phone = new_phone()
    said = {"code": phone.login_code()}
    assert phone.call("POST", "/v1/session", said).status_code == 201
    again = phone.call("POST", "/v1/session", said)
    assert (again.status_code, again.json()["code"]) == (422, "login_code_invalid")


def test_a_member_chooses_a_nickname_and_a_bad_one_is_refused(
    prospect: Phone, control: Control
) -> None:
    assert prospect.did("PUT", "/v1/me", {"nickname": "爱车的老李"})["nickname"] == "爱车的老李"
    control.ask("POST", "/verdicts", {"text": "坏名字", "suggest": "risky"})
    refused = prospect.call("PUT", "/v1/me", {"nickname": "坏名字"})
    assert (refused.status_code, refused.json()["code"]) == (422, "content_not_allowed")
    assert prospect.did("GET", "/v1/me")["nickname"] == "爱车的老李"


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"vin": "LSVAA49J13200001"}, ["vin"]),
        ({"vin": "LSVAA49J1320000IO"}, ["vin"]),
        ({"plate_number": "A12345"}, ["plate_number"]),
        ({"vin": "x", "plate_number": "y", "model": " "}, ["vin", "plate_number", "model"]),
        ({"kind": "bicycle"}, ["kind"]),
    ],
)
def test_a_wrong_application_names_every_wrong_field(
    prospect: Phone, change: dict[str, str], fields: list[str]
) -> None:
    application = {"kind": "owner", **a_car(), **change}
    refused = prospect.call("POST", "/v1/certifications", application)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == fields
    assert prospect.did("GET", "/v1/certifications")["items"] == []


def test_one_car_is_looked_at_once_per_member(prospect: Phone) -> None:
    application = {"kind": "owner", **a_car()}
    prospect.did("POST", "/v1/certifications", application)
    again = prospect.call("POST", "/v1/certifications", application)
    assert (again.status_code, again.json()["code"]) == (409, "certification_open")


def test_a_car_has_one_owner(
    new_phone: Callable[[], Phone], zhangsan: Colleague, lisi: Colleague
) -> None:
    """Whoever applies for it too waits until that one has had a say, also if a moderator says yes."""
    car = a_car()
    first, second, third = new_phone(), new_phone(), new_phone()
    for phone in (first, second, third):
        phone.sign_in()
    early = second.did("POST", "/v1/certifications", {"kind": "owner", **car})
    first.becomes_owner(zhangsan, **car)
    pressed = lisi.presses(f"certification-{early['certification_id']}", "certification.approve")
    assert "这辆车已有认证车主，已请对方确认" in str(pressed["card"])
    late = third.did("POST", "/v1/certifications", {"kind": "owner", **car})
    assert (late["state"], late["transfer"]["answer"]) == ("submitted", None)
    identities = [phone.did("GET", "/v1/me")["identity"] for phone in (first, second, third)]
    assert identities == ["owner", "prospect", "prospect"]


def test_the_plate_is_masked_and_the_vin_is_not_told(prospect: Phone) -> None:
    car = a_car()
    answer = prospect.call("POST", "/v1/certifications", {"kind": "owner", **car})
    assert answer.status_code == 202
    assert car["vin"] not in answer.text
    assert car["plate_number"] not in answer.text
    assert answer.json()["plate_number"] == f"沪A***{car['plate_number'][-2:]}"


def test_guests_see_the_boards_and_what_opens_them(guest: Phone) -> None:
    boards = guest.did("GET", "/v1/boards")["items"]
    assert [board["board_id"] for board in boards] == BOARDS
    car_care = boards[1]
    assert car_care["may"] == {"read": True, "post": False, "comment": False}
    assert [way["kind"] for way in car_care["unlock"]["how"]] == ["sign_in", "certify_owner"]


def test_everything_but_reading_needs_a_session(guest: Phone) -> None:
    for method, path in [
        ("GET", "/v1/me"),
        ("PUT", "/v1/me"),
        ("GET", "/v1/certifications"),
        ("POST", "/v1/certifications"),
        ("POST", "/v1/boards/car-care/posts"),
        ("POST", "/v1/posts/x/comments"),
        ("PUT", "/v1/posts/x/reactions/like"),
        ("GET", "/v1/notifications"),
        ("POST", "/v1/subscriptions"),
    ]:
        answer = guest.call(method, path, {} if method != "GET" else None)
        assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_first"), path


def test_pages_neither_skip_nor_repeat_while_others_post(owner: Phone, guest: Phone) -> None:
    path = "/v1/boards/accessory-deals/posts"
    before = [owner.did("POST", path, a_post(title=f"好物 {n}"))["post_id"] for n in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = guest.did("GET", path, limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [card["post_id"] for card in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        owner.did("POST", path, a_post(title="插队的帖子"))
    assert len(seen) == len(set(seen))
    assert [post_id for post_id in seen if post_id in before] == before[::-1]


@pytest.mark.parametrize(
    "query", [{"cursor": "forged"}, {"limit": 0}, {"limit": 51}, {"limit": "x"}]
)
def test_a_page_that_does_not_exist_is_refused(guest: Phone, query: dict[str, Any]) -> None:
    refused = guest.call("GET", "/v1/boards/car-care/posts", **query)
    assert refused.status_code == 422
    assert [error["field"] for error in refused.json()["errors"]] == list(query)


def test_a_cursor_of_one_list_does_not_open_another(owner: Phone, guest: Phone) -> None:
    for _ in range(2):
        owner.did("POST", "/v1/boards/new-launches/posts", a_post())
    cursor = guest.did("GET", "/v1/boards/new-launches/posts", limit=1)["next_cursor"]
    refused = guest.call("GET", "/v1/boards/car-care/posts", cursor=cursor)
    assert refused.status_code == 422


def test_the_same_key_gives_the_same_answer_once(owner: Phone, guest: Phone) -> None:
    path, key = "/v1/boards/car-care/posts", str(uuid.uuid4())
    first = owner.call("POST", path, a_post(title="只发一次"), key=key)
    again = owner.call("POST", path, a_post(title="只发一次"), key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    other = owner.call("POST", path, a_post(title="另一篇"), key=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    titles = [card["title"] for card in guest.did("GET", path)["items"]]
    assert titles.count("只发一次") == 1


def test_likes_are_idempotent_and_counts_follow(owner: Phone, prospect: Phone) -> None:
    post_id = owner.did("POST", "/v1/boards/car-care/posts", a_post())["post_id"]
    like = f"/v1/posts/{post_id}/reactions/like"
    for _ in range(3):
        assert prospect.call("PUT", like).status_code == 204
    seen = awaited(lambda: _liked(prospect, post_id, likes=1), what="the like is counted")
    assert seen["liked"]
    assert awaited(lambda: _liked(owner, post_id, likes=1), what="others see it")["liked"] is False
    for _ in range(2):
        assert prospect.call("DELETE", like).status_code == 204
    assert (
        awaited(lambda: _liked(prospect, post_id, likes=0), what="the like is gone")["liked"]
        is False
    )


def test_views_count_members_once(owner: Phone, prospect: Phone) -> None:
    post_id = owner.did("POST", "/v1/boards/car-care/posts", a_post())["post_id"]
    for _ in range(3):
        prospect.did("GET", f"/v1/posts/{post_id}")
    counted = awaited(
        lambda: prospect.did("GET", f"/v1/posts/{post_id}")["counts"]["views"], what="a view"
    )
    assert counted == 1


def test_comments_come_in_order_and_are_counted(
    owner: Phone, prospect: Phone, guest: Phone
) -> None:
    post_id = owner.did("POST", "/v1/boards/car-care/posts", a_post())["post_id"]
    path = f"/v1/posts/{post_id}/comments"
    for number in range(3):
        prospect.did("POST", path, {"text": f"评论 {number}"})
    first = guest.did("GET", path, limit=2)
    rest = guest.did("GET", path, limit=2, cursor=first["next_cursor"])
    assert [c["text"] for c in first["items"] + rest["items"]] == ["评论 0", "评论 1", "评论 2"]
    awaited(
        lambda: guest.did("GET", f"/v1/posts/{post_id}")["counts"]["comments"] == 3,
        what="the comments are counted",
    )


def test_notifications_are_read_up_to_one(prospect: Phone, zhangsan: Colleague) -> None:
    for key in ("certification.reject", "certification.ask_more", "certification.approve"):
        applied = prospect.did("POST", "/v1/certifications", {"kind": "owner", **a_car()})
        zhangsan.presses(f"certification-{applied['certification_id']}", key)
    page = awaited(lambda: _unread(prospect, 3), what="three notifications")
    middle = page["items"][1]["notification_id"]
    assert prospect.did("POST", "/v1/notifications/read", {"up_to": middle}) == {"unread": 1}
    page = prospect.did("GET", "/v1/notifications", limit=2)
    assert [item["read"] for item in page["items"]] == [False, True]
    rest = prospect.did("GET", "/v1/notifications", limit=2, cursor=page["next_cursor"])
    assert (rest["unread"], [item["read"] for item in rest["items"]]) == (1, [True])


def test_a_grant_says_how_many_messages_may_be_sent(prospect: Phone) -> None:
    grant = {"template": "post_decided", "accepted": True}
    assert prospect.did("POST", "/v1/subscriptions", grant)["remaining"] == 1
    assert prospect.did("POST", "/v1/subscriptions", {**grant, "accepted": 2})["remaining"] == 3
    assert prospect.did("POST", "/v1/subscriptions", {**grant, "accepted": False})["remaining"] == 3
    unknown = prospect.call("POST", "/v1/subscriptions", {**grant, "template": "anything"})
    assert unknown.status_code == 422


def test_public_answers_may_be_kept_and_checked(guest: Phone, prospect: Phone) -> None:
    path = "/v1/boards"
    first = guest.call("GET", path)
    assert first.headers["cache-control"].startswith("public")
    headers = {"If-None-Match": first.headers["etag"]}
    again = guest.http.get(f"{guest.base}{path}", headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    assert prospect.call("GET", path).headers["cache-control"].startswith("private")


def test_chinese_leaves_as_it_is(guest: Phone) -> None:
    assert "养车无忧" in guest.call("GET", "/v1/boards").content.decode()


def test_health_and_contract_are_served(guest: Phone) -> None:
    assert guest.did("GET", "/health") == {"version": "0.1.0", "stage": "local"}
    contract = guest.did("GET", "/openapi.json")
    assert contract["openapi"] == "3.1.0"
    assert set(contract["paths"]) >= {"/v1/session", "/v1/posts/{post_id}/reactions/like"}


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/nothing"), ("PATCH", "/v1/me"), ("GET", "/v1/posts/nothing")]
)
def test_what_is_not_there_is_a_problem_too(prospect: Phone, method: str, path: str) -> None:
    answer = prospect.call(method, path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["detail"]


def _liked(phone: Phone, post_id: str, *, likes: int) -> dict[str, Any] | None:
    post: dict[str, Any] = phone.did("GET", f"/v1/posts/{post_id}")
    return post if post["counts"]["likes"] == likes else None


def _unread(phone: Phone, unread: int) -> dict[str, Any] | None:
    page: dict[str, Any] = phone.did("GET", "/v1/notifications")
    return page if page["unread"] == unread else None
