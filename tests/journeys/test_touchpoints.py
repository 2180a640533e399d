"""Where members come from: a code that is made, scanned and counted; a contact in WeCom who signs in."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.players import Phone, awaited
from local.stack import Stack
from tests.journeys.conftest import Control
from tests.journeys.forum import by_command

PNG = b"\x89PNG\r\n\x1a\n"
_numbers = count(1)

Command = Callable[..., str]


@pytest.fixture
def command(stack: Stack) -> Command:
    """`make touchpoint` for this system."""

    def ran(deed: str, **said: str) -> str:
        return by_command(stack, ("touchpoint", {"DO": deed, **said}))

    return ran


@pytest.fixture
def live(command: Command) -> str:
    """A touchpoint of its own."""
    touchpoint_id = f"live-{next(_numbers)}"
    command("add", ID=touchpoint_id, KIND="livestream", NAME="周五直播", BY="wangwu")
    return touchpoint_id


def scanned(http: httpx.Client, stack: Stack, code: bytes) -> dict[str, Any]:
    """What WeChat opens when somebody scans a code."""
    answer = http.post(f"{stack.base}/_sandbox/scan", content=code)
    assert answer.is_success, answer.text
    opened: dict[str, Any] = answer.json()
    return opened


def touches(phone: Phone, http: httpx.Client) -> dict[str, Any]:
    """What a member's own data say of where they came from."""
    export_id = phone.did("POST", "/v1/me/export")["export_id"]

    def ready() -> str | None:
        url: str | None = phone.did("GET", f"/v1/me/exports/{export_id}")["url"]
        return url

    url = awaited(ready, what="the export is ready")
    file = zipfile.ZipFile(io.BytesIO(http.get(url).content))
    told: dict[str, Any] = json.loads(file.read("data/touchpoints.json"))
    return told


@pytest.mark.usefixtures("one_day")
def test_who_scans_a_code_came_from_there(
    stack: Stack,
    http: httpx.Client,
    command: Command,
    live: str,
    new_phone: Callable[[], Phone],
    tmp_path: Path,
) -> None:
    file = tmp_path / "live.png"
    command("picture", ID=live, QR=str(file))
    code = file.read_bytes()
    assert code.startswith(PNG)
    opened = scanned(http, stack, code)
    assert (opened["page"], opened["scene"]) == ("pages/index/index", live)

    phone = new_phone()
    phone.sign_in(scene=opened["scene"])
    stack.wait_until_idle()
    came = touches(phone, http)
    assert (came["first"]["touchpoint_id"], came["first"]["kind"]) == (live, "livestream")
    assert (came["last"]["touchpoint_id"], came["last"]["name"]) == (live, "周五直播")
    (line,) = [line for line in command("list").splitlines() if live in line]
    assert "1 joined today" in line


def test_who_comes_back_by_a_code_keeps_their_first_touch(
    stack: Stack, http: httpx.Client, live: str, prospect: Phone
) -> None:
    prospect.sign_in(scene=live)
    prospect.did("GET", "/v1/me")
    stack.wait_until_idle()
    came = touches(prospect, http)
    assert (came["first"]["touchpoint_id"], came["last"]["touchpoint_id"]) == ("organic", live)


def test_a_code_that_is_out_of_use_or_unknown_says_nothing_more(
    stack: Stack,
    http: httpx.Client,
    command: Command,
    live: str,
    new_phone: Callable[[], Phone],
) -> None:
    command("end", ID=live, BY="wangwu")
    phone = new_phone()
    phone.sign_in(scene=live)
    stack.wait_until_idle()
    first = touches(phone, http)["first"]
    assert (first["touchpoint_id"], first["kind"]) == (live, "unknown")


def test_a_friends_code_says_who_sent_them(
    stack: Stack, http: httpx.Client, prospect: Phone, new_phone: Callable[[], Phone]
) -> None:
    code = prospect.did("GET", "/v1/me/referral-code")["code"]
    friend = new_phone()
    friend.sign_in(scene=code)
    stack.wait_until_idle()
    first = touches(friend, http)["first"]
    who = prospect.did("GET", "/v1/me")["member_id"]
    assert (first["kind"], first["referrer_id"]) == ("referral", who)


def test_a_contact_in_wecom_who_signs_in_later_is_one_member(
    stack: Stack, http: httpx.Client, control: Control, new_phone: Callable[[], Phone]
) -> None:
    phone = new_phone()
    contact = {"name": "安娜", "openid": phone.openid}
    asked = {"userid": "wangwu", "external": contact, "state": "store-7"}
    told = control.ask("POST", "/contacts", asked)
    assert told["status"] == 200, told
    stack.wait_until_idle()
    before = len(members_of(stack))
    session = phone.sign_in(scene="live-unknown")
    phone.did("GET", "/v1/me")
    stack.wait_until_idle()
    assert len(members_of(stack)) == before
    came = touches(phone, http)
    assert came["first"]["touchpoint_id"] == "store-7"
    assert came["last"]["touchpoint_id"] == "live-unknown"
    control.ask("POST", "/contacts", {**asked, "userid": "lisi"})
    stack.wait_until_idle()
    assert len(members_of(stack)) == before
    assert phone.did("GET", "/v1/me")["member_id"] == session["member"]["member_id"]


def members_of(stack: Stack) -> list[Any]:
    """Every row of a member, in the emulated table."""
    pages = stack.boto("dynamodb").get_paginator("scan").paginate(TableName=f"{stack.name}-people")
    return [row for page in pages for row in page["Items"] if row["sk"]["S"] == "member"]
