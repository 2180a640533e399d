"""Log lines and metrics: JSON, bound to their request, without what people wrote."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib import logs
from chalicelib.errors import Unavailable


@pytest.fixture(autouse=True)
def nothing_bound() -> None:
    logs.bind()


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    (line,) = capsys.readouterr().out.splitlines()
    return json.loads(line)


def test_a_line_is_json_with_level_message_and_fields(capsys: pytest.CaptureFixture[str]) -> None:
    logs.info("call", status=200)
    assert said(capsys) == {"level": "info", "message": "call", "status": 200}


def test_every_line_carries_what_was_bound(capsys: pytest.CaptureFixture[str]) -> None:
    logs.bind(request_id="r1")
    logs.warning("slow")
    assert said(capsys) == {"level": "warning", "message": "slow", "request_id": "r1"}


def test_the_next_request_binds_anew(capsys: pytest.CaptureFixture[str]) -> None:
    logs.bind(request_id="r1", code="x")
    logs.bind(request_id="r2")
    logs.info("call")
    assert said(capsys) == {"level": "info", "message": "call", "request_id": "r2"}


def fail(secret: str) -> None:
    raise ValueError(f"{secret} is wrong")


def test_an_error_tells_what_and_where_but_not_what_was_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    try:
        try:
            fail("access_token=abc")
        except ValueError as error:
            raise Unavailable from error
    except Unavailable as unavailable:
        logs.error("call failed", unavailable)
    line = said(capsys)
    assert line["exception"] == "Unavailable < ValueError"
    assert "tests/chalicelib/test_logs.py" in line["at"]
    assert "abc" not in json.dumps(line)


def test_an_exception_that_causes_itself_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    error = ValueError()
    error.__context__ = other = KeyError()
    other.__context__ = error
    logs.error("call failed", error)
    assert said(capsys)["exception"] == "ValueError < KeyError"


def test_chinese_is_logged_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    logs.info("板块")
    assert "板块" in capsys.readouterr().out


def test_a_metric_is_in_the_embedded_format(capsys: pytest.CaptureFixture[str]) -> None:
    logs.metric("callback_refused", source="wechat")
    line = said(capsys)
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "member-community"
    assert directive["Metrics"] == [{"Name": "callback_refused", "Unit": "Count"}]
    assert directive["Dimensions"] == [["stage", "source"]]
    assert (line["callback_refused"], line["stage"], line["source"]) == (1, "dev", "wechat")
    assert line["_aws"]["Timestamp"] > 1_700_000_000_000
