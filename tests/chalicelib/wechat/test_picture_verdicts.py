"""What the platform thinks of pictures, in every form in which it says so."""

from __future__ import annotations

import json
from typing import Any

import pytest
import xmltodict

from chalicelib import envelopes
from chalicelib.envelopes import BadEnvelope
from chalicelib.wechat.envelope import PictureVerdict, picture_verdict_in
from tests.chalicelib.stage import SETTINGS

pytestmark = pytest.mark.usefixtures("stage")

DETAIL = {"strategy": "content_model", "errcode": 0, "suggest": "pass", "label": 100, "prob": 90}
EVENT: dict[str, Any] = {
    "ToUserName": "gh_1",
    "FromUserName": "oPlatform",
    "CreateTime": 1795334400,
    "MsgType": "event",
    "Event": "wxa_media_check",
    "appid": SETTINGS["WECHAT_APPID"],
    "trace_id": "t1",
    "version": 2,
    "detail": [DETAIL],
    "errcode": 0,
    "errmsg": "ok",
    "result": {"suggest": "pass", "label": 100},
}
V1 = {name: EVENT[name] for name in ("MsgType", "Event", "appid", "trace_id")} | {
    "isrisky": 0,
    "extra_info_json": "",
    "status_code": 0,
}
LOOSE = {name: EVENT[name] for name in EVENT if name not in ("errcode", "errmsg")}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in EVENT.items() if key != name}


def said(fields: dict[str, Any]) -> str:
    verdict = picture_verdict_in(fields)
    assert verdict
    assert verdict.trace_id == "t1"
    return verdict.said


@pytest.mark.parametrize("suggest", ["pass", "review", "risky"])
def test_a_verdict_is_understood(suggest: str) -> None:
    assert said(EVENT | {"result": {"suggest": suggest, "label": 20006}}) == suggest


@pytest.mark.parametrize("suggest", ["pass", "review", "risky"])
def test_so_it_is_with_labels_as_text_and_no_code_at_the_top(suggest: str) -> None:
    assert said(LOOSE | {"result": {"suggest": suggest, "label": "20006"}}) == suggest


@pytest.mark.parametrize("form", ["json", "xml"])
def test_it_comes_as_json_and_as_xml(form: str) -> None:
    as_xml = xmltodict.unparse({"xml": EVENT}, full_document=False)
    body = json.dumps(EVENT) if form == "json" else as_xml
    _, fields = envelopes.fields_in(body.encode())
    assert picture_verdict_in(fields) == PictureVerdict("t1", "pass")


@pytest.mark.parametrize("errcode", [-1008, "-1008", -1])
def test_a_picture_that_it_could_not_look_at_has_failed(errcode: Any) -> None:
    assert said(without("result") | {"errcode": errcode}) == "failed"
    assert said(EVENT | {"errcode": errcode}) == "failed"


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({}, "pass"),
        ({"isrisky": 1}, "risky"),
        ({"isrisky": "1"}, "risky"),
        ({"status_code": 4294966288}, "failed"),
        ({"status_code": "4294966288", "isrisky": "0"}, "failed"),
        ({"status_code": "0", "isrisky": "0"}, "pass"),
    ],
)
def test_the_first_version_of_the_api_is_understood(fields: dict[str, Any], verdict: str) -> None:
    assert said(V1 | fields) == verdict


@pytest.mark.parametrize(
    "result", [None, {}, "pass", [], {"suggest": None}, {"suggest": "perhaps"}, {"label": 100}]
)
def test_what_is_not_understood_is_for_a_person_to_decide(result: Any) -> None:
    assert said(EVENT | {"result": result}) == "review"
    assert said(without("result")) == "review"


@pytest.mark.parametrize("name", ["trace_id", "appid"])
def test_half_a_verdict_is_refused(name: str) -> None:
    with pytest.raises(BadEnvelope):
        picture_verdict_in(without(name))


def test_a_verdict_for_another_mini_program_is_refused() -> None:
    with pytest.raises(BadEnvelope):
        picture_verdict_in(EVENT | {"appid": "wx-of-somebody-else"})


@pytest.mark.parametrize("fields", [{}, {"MsgType": "text"}, EVENT | {"Event": "other"}])
def test_whatever_else_comes_is_no_verdict(fields: dict[str, Any]) -> None:
    assert picture_verdict_in(fields) is None
