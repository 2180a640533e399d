"""What is personal stays where it belongs: not in logs, not readable at rest, not in answers."""

from __future__ import annotations

import json
from collections.abc import Callable

from local.players import Colleague, Phone
from local.stack import Stack
from tests.journeys.conftest import a_car, a_post


def test_nothing_personal_is_in_logs_rows_or_answers(
    stack: Stack, new_phone: Callable[[], Phone], zhangsan: Colleague
) -> None:
    phone, car = new_phone(), a_car()
    answers = [json.dumps(phone.sign_in())]
    phone.becomes_owner(zhangsan, **car)
    post = phone.did("POST", "/v1/boards/car-care/posts", a_post())
    phone.says("我的积分", wait_s=20)
    post_path = f"/v1/posts/{post['post_id']}"
    paths = ("/v1/me", "/v1/certifications", "/v1/notifications", post_path)
    answers += [phone.call("GET", path).text for path in paths]
    stack.wait_until_idle()

    personal = [phone.openid, car["vin"], car["plate_number"]]
    places = {"logs": _logs(stack), "rows": _rows(stack), "answers": "".join(answers)}
    found = [(place, what) for place, text in places.items() for what in personal if what in text]
    assert found == []
    assert post["post_id"] in places["rows"]
    assert '"route":"/v1/certifications"' in places["logs"]


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
