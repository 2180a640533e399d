"""Each way to be certified, and back, on the whole system."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from local.places import REPO
from local.players import Colleague, Phone, awaited
from local.stack import Stack
from local.stages import environment_of
from tests.journeys.conftest import Control, LetHappen, a_car, a_post
from tests.journeys.test_media import a_ticket, stored, upload

DAY_S = 86_400
INVITE = """
from chalicelib import clock
from local import invite
print(invite.invited("wangwu", now=clock.utc_now()))
"""


@pytest.fixture
def bucket(stack: Stack) -> str:
    return environment_of(stack)["MEDIA_BUCKET"]


@pytest.fixture
def photographs(http: httpx.Client) -> Callable[..., dict[str, Any]]:
    """Somebody photographs a licence and uploads it; gives the ticket that it was uploaded with."""

    def photographed(phone: Phone, **on_it: str) -> dict[str, Any]:
        picture = http.post(f"{phone.base}/_sandbox/pictures", json=on_it).content
        ticket = a_ticket(phone, bytes=len(picture))
        assert upload(http, ticket, picture)[0] == 204
        return ticket

    return photographed


@pytest.fixture
def new_member(new_phone: Callable[[], Phone]) -> Callable[[], Phone]:
    def came() -> Phone:
        phone = new_phone()
        phone.sign_in()
        return phone

    return came


def applies(phone: Phone, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = phone.did("POST", "/v1/certifications", {"kind": "owner", **fields})
    return made


def an_invitation(stack: Stack) -> str:
    """What `make invite` prints."""
    done = subprocess.run(
        [sys.executable, "-c", INVITE],
        cwd=REPO,
        env={**os.environ, **environment_of(stack)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()[1]


def becomes(phone: Phone, identity: str) -> None:
    awaited(lambda: phone.did("GET", "/v1/me")["identity"] == identity, what=f"being {identity}")


def state(phone: Phone) -> str:
    newest: str = phone.did("GET", "/v1/certifications")["items"][0]["state"]
    return newest


def told(phone: Phone, title: str) -> None:
    def looked() -> bool:
        items = phone.did("GET", "/v1/notifications")["items"]
        return any(item["title"] == title for item in items)

    awaited(looked, what=title)


def test_a_photo_is_read_looked_at_approved_and_deleted(
    stack: Stack,
    bucket: str,
    prospect: Phone,
    zhangsan: Colleague,
    control: Control,
    photographs: Callable[..., dict[str, Any]],
    let_happen: LetHappen,
) -> None:
    car = a_car()
    on_it = {"vin": car["vin"], "plate_num": car["plate_number"], "model": "启程牌QC7150A"}
    ticket = photographs(prospect, **on_it)
    photo = {"licence_media_id": ticket["media_id"]}
    read = prospect.did("POST", "/v1/licence-readings", photo)
    assert (read["vin"], read["plate_number"]) == (car["vin"], car["plate_number"])

    made = applies(prospect, **photo)
    assert (made["state"], made["model"]) == ("submitted", "启程牌QC7150A")
    task = f"certification-{made['certification_id']}"
    card = zhangsan.card(task)["body"]["template_card"]
    assert {"keyname": "车架号", "value": car["vin"]} in card["horizontal_content_list"]
    assert "查看行驶证" in str(card["button_list"])
    before = _photo_links(control)
    zhangsan.presses(task, "certification.photo")
    (link,) = awaited(lambda: _photo_links(control) - before, what="the link to the photo")
    assert prospect.http.get(link).content.startswith(b"\x89PNG")
    assert "已由 张三 通过" in str(zhangsan.presses(task, "certification.approve")["card"])
    becomes(prospect, "owner")

    assert stored(stack, bucket, ticket)
    let_happen(30 * DAY_S + 60)
    awaited(lambda: stored(stack, bucket, ticket) is None, what="the photo is gone")


def _photo_links(control: Control) -> set[str]:
    texts = [s["body"]["text"]["content"] for s in control.sent(to="zhangsan", kind="text")]
    return {text.split('"')[1] for text in texts if "查看行驶证照片" in text}


def test_a_rejection_says_why_and_what_is_missing_can_be_supplemented(
    prospect: Phone,
    zhangsan: Colleague,
    photographs: Callable[..., dict[str, Any]],
) -> None:
    made = applies(prospect, **a_car())
    task = f"certification-{made['certification_id']}"
    zhangsan.presses(task, "certification.ask_more")
    told(prospect, "车主认证需补充资料")
    photo = {"licence_media_id": photographs(prospect)["media_id"]}
    path = f"/v1/certifications/{made['certification_id']}"
    assert prospect.did("PUT", path, photo)["state"] == "submitted"
    zhangsan.presses(f"{task}-2", "certification.reject", reason="mismatch")
    told(prospect, "车主认证未通过")
    (mine,) = prospect.did("GET", "/v1/certifications")["items"]
    assert (mine["state"], mine["reason"]) == ("rejected", "填写的信息与行驶证不一致")


def test_whom_an_advisor_invites_is_an_owner_at_once(stack: Stack, prospect: Phone) -> None:
    code = an_invitation(stack)
    assert applies(prospect, **a_car(), invitation_code=code)["state"] == "approved"
    becomes(prospect, "owner")
    again = {"kind": "owner", **a_car(), "invitation_code": code}
    refused = prospect.call("POST", "/v1/certifications", again)
    assert (refused.status_code, refused.json()["code"]) == (409, "code_used")


def test_a_car_that_was_sold_is_handed_over(
    new_member: Callable[[], Phone], zhangsan: Colleague
) -> None:
    car, owner, buyer = a_car(), new_member(), new_member()
    owner.becomes_owner(zhangsan, **car)
    wanted = applies(buyer, **{**car, "plate_number": "沪B88888"})
    assert (wanted["state"], wanted["transfer"]["answer"]) == ("submitted", None)
    told(owner, "有人申请成为您爱车的车主")
    told(buyer, "已请原车主确认")
    path = f"/v1/certifications/{wanted['certification_id']}/transfer"
    owner.did("POST", path, {"answer": "hand_over"})
    becomes(buyer, "owner")
    becomes(owner, "prospect")
    assert (state(buyer), state(owner)) == ("approved", "transferred")
    refused = owner.call("POST", "/v1/boards/car-care/posts", a_post())
    assert refused.json()["code"] == "board_needs_owner"


def test_an_owner_who_says_nothing_for_a_week_leaves_it_to_a_moderator(
    new_member: Callable[[], Phone], zhangsan: Colleague, let_happen: LetHappen
) -> None:
    car, owner, buyer = a_car(), new_member(), new_member()
    owner.becomes_owner(zhangsan, **car)
    wanted = applies(buyer, **{**car, "plate_number": "沪B88888"})
    let_happen(7 * DAY_S + 60)
    task = f"certification-{wanted['certification_id']}"
    assert "原车主 7 天内未回应" in str(zhangsan.card(task)["body"])
    zhangsan.presses(task, "certification.approve")
    for phone in (buyer, owner):
        phone.sign_in()
    becomes(buyer, "owner")
    becomes(owner, "prospect")


def test_a_co_driver_comes_along_until_the_owner_is_none(
    owner: Phone, new_member: Callable[[], Phone], let_happen: LetHappen
) -> None:
    (car,) = owner.did("GET", "/v1/vehicles")["items"]
    friend = new_member()
    code = owner.did("POST", f"/v1/vehicles/{car['vehicle_id']}/co-drivers")["code"]
    assert friend.did("PUT", f"/v1/co-drivers/{code}")["role"] == "co_driver"
    awaited(lambda: friend.did("GET", "/v1/me")["badges"] == ["co-driver"], what="the badge")
    assert friend.did("GET", "/v1/me")["identity"] == "prospect"
    friend.did("POST", "/v1/boards/car-care/posts", a_post())

    let_happen(730 * DAY_S + 60)
    for phone in (owner, friend):
        phone.sign_in()
    becomes(owner, "prospect")
    assert state(owner) == "expired"
    told(owner, "车主认证已到期")
    awaited(lambda: friend.did("GET", "/v1/me")["badges"] == [], what="no badge")
    refused = friend.call("POST", "/v1/boards/car-care/posts", a_post())
    assert refused.json()["code"] == "board_needs_owner"


def test_who_intends_to_buy_says_so_and_it_ages(prospect: Phone, let_happen: LetHappen) -> None:
    wanted = {"model": "ID.7", "when": "three_months", "budget_fen_max": 25_000_000}
    said = {"kind": "purchase_intention", **wanted}
    assert prospect.did("POST", "/v1/certifications", said)["state"] == "approved"
    let_happen(90 * DAY_S + 60)
    prospect.sign_in()
    awaited(lambda: state(prospect) == "expired", what="the intention has aged")
