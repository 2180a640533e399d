"""What is personal stays where it belongs: not in logs, not readable at rest, not in answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import httpx

from local.players import Colleague, Phone
from local.stack import Stack
from tests.journeys.conftest import a_car, a_mobile, a_post

VIN = r"\b(?=\w*\d)[A-HJ-NPR-Z0-9]{17}\b"
PLATE = r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][A-HJ-NP-Z0-9]{4,6}"
# Not within an id: among thousands of random ones, some have eleven such digits in a row.
MOBILE = r"(?<![\w.-])1[3-9]\d{9}(?![\w-])"
BIRTHDAY = "1987-06-05"


def test_nothing_personal_is_in_logs_rows_or_answers(
    stack: Stack, http: httpx.Client, new_phone: Callable[[], Phone], zhangsan: Colleague
) -> None:
    phone, car = new_phone(), a_car()
    answers = [json.dumps(phone.sign_in())]
    mobile = _binds_a_number(phone, http)
    phone.did("PUT", "/v1/me", {"birthday": BIRTHDAY})
    phone.becomes_owner(zhangsan, **car)
    post = phone.did("POST", "/v1/boards/car-care/posts", a_post())
    phone.says("我的积分", wait_s=20)
    export_id = phone.did("POST", "/v1/me/export")["export_id"]
    stack.wait_until_idle()
    export = phone.did("GET", f"/v1/me/exports/{export_id}")
    post_path = f"/v1/posts/{post['post_id']}"
    paths = ("/v1/me", "/v1/certifications", "/v1/notifications", "/v1/me/consent", post_path)
    answers += [json.dumps(export), *(phone.call("GET", path).text for path in paths)]

    unionid = _of_wechat(phone, http)["unionid"]
    personal = [phone.openid, unionid, mobile, car["vin"], car["plate_number"]]
    places = {"logs": _logs(stack), "rows": _rows(stack), "answers": "".join(answers)}
    found = [(place, what) for place, text in places.items() for what in personal if what in text]
    assert found == []
    # To the member it is shown, and to nobody else.
    assert [place for place, text in places.items() if BIRTHDAY in text] == ["answers"]
    assert post["post_id"] in places["rows"]
    assert '"route":"/v1/certifications"' in places["logs"]


def test_nothing_personal_is_in_the_logs_of_the_whole_run(
    stack: Stack, http: httpx.Client, prospect: Phone
) -> None:
    """Whoever has played on this system until now, in whatever test; `conftest` lets this one be the last."""
    _binds_a_number(prospect, http)
    stack.wait_until_idle()
    users = http.get(f"{stack.base}/_sandbox/users").json()["items"]
    logs = _logs(stack)
    told = [user["openid"] for user in users] + [user["unionid"] for user in users]
    assert prospect.openid in told
    assert [what for what in told if what in logs] == []
    car = a_car()
    likes = {VIN: car["vin"], PLATE: car["plate_number"], MOBILE: a_mobile()}
    for pattern, like in likes.items():
        assert re.fullmatch(pattern, like)
        assert re.findall(pattern, logs) == []


def _binds_a_number(phone: Phone, http: httpx.Client) -> str:
    """Press the button that tells the number of the phone."""
    mobile = a_mobile()
    pressed = f"{phone.base}/_sandbox/users/{phone.openid}/phone-code"
    answer = http.post(pressed, json={"phone": mobile})
    phone.did("POST", "/v1/me/phone", {"code": answer.json()["code"]})
    return mobile


def _of_wechat(phone: Phone, http: httpx.Client) -> dict[str, Any]:
    """What WeChat knows of somebody."""
    shown: dict[str, Any] = http.get(f"{phone.base}/_sandbox/users/{phone.openid}").json()
    return shown


def _rows(stack: Stack) -> str:
    dynamodb = stack.boto("dynamodb")
    tables = [f"{stack.name}-{district}" for district in ("platform", "people", "forum")]
    pages = [
        page
        for table in tables
        for page in dynamodb.get_paginator("scan").paginate(TableName=table)
    ]
    return json.dumps([page["Items"] for page in pages], ensure_ascii=False)


def _logs(stack: Stack) -> str:
    logs = stack.boto("logs")
    groups = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{stack.name}")["logGroups"]
    lines = [
        event["message"]
        for group in groups
        for page in logs.get_paginator("filter_log_events").paginate(
            logGroupName=group["logGroupName"]
        )
        for event in page["events"]
    ]
    return "\n".join(lines) + (stack.emulator.folder / "emulator.log").read_text()
