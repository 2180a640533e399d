from __future__ import annotations

import logging
import traceback
from typing import Any

import pytest

from chalicelib.errors import Refusal, Unavailable
from chalicelib.wechat import client
from chalicelib.wechat.refusals import PhoneCodeInvalid
from tests.fakes.platform import DROP, HANG, OK, FakePlatform, Reply

PHONE = "/wxa/business/getuserphonenumber"
CODE = "e31968a7f94cc5ee25fafc2aef2773f0"
OPENID = "oAbCdEfGhIjKlMnOpQrStUvWxYz0"
NUMBER = "13812345678"
APPID = "wx0123456789abcdef"


def told(number: str = NUMBER, country: object = "86", appid: str = APPID) -> dict[str, Any]:
    info = {"phoneNumber": "-", "purePhoneNumber": number, "countryCode": country}
    return {**OK, "phone_info": info | {"watermark": {"timestamp": 1637744274, "appid": appid}}}


def phone() -> str:
    return client.phone_of(CODE, openid=OPENID)


def test_a_code_gives_the_number_of_whom_it_was_issued_for(platform: FakePlatform) -> None:
    platform.answers(PHONE, told())
    assert phone() == NUMBER
    [asked] = platform.asked_for(PHONE)
    assert asked.json == {"code": CODE, "openid": OPENID}
    assert asked.query == {"access_token": "token-of-the-platform"}


@pytest.mark.parametrize(
    ("number", "country", "expected"),
    [
        (NUMBER, 86, NUMBER),
        (NUMBER, "+86", NUMBER),
        ("138 1234-5678", "86", NUMBER),
        ("91234567", "852", "+85291234567"),
        ("2025550123", 1, "+12025550123"),
    ],
)
def test_a_number_is_written_in_one_way(
    platform: FakePlatform, number: str, country: object, expected: str
) -> None:
    platform.answers(PHONE, told(number, country))
    assert phone() == expected


@pytest.mark.parametrize("errcode", [40029, 40163])
def test_a_code_that_is_no_longer_good_is_told(platform: FakePlatform, errcode: int) -> None:
    platform.answers(PHONE, errcode)
    with pytest.raises(PhoneCodeInvalid):
        phone()
    assert len(platform.asked_for(PHONE)) == 1


def test_a_number_given_to_another_mini_program_is_not_taken(platform: FakePlatform) -> None:
    platform.answers(PHONE, told(appid="wx0000000000000000"))
    with pytest.raises(PhoneCodeInvalid):
        phone()


@pytest.mark.parametrize("code", ["", "a b", "码", "x" * 513, "a\n"])
def test_what_cannot_be_a_code_is_not_sent(platform: FakePlatform, code: str) -> None:
    with pytest.raises(PhoneCodeInvalid):
        client.phone_of(code, openid=OPENID)
    assert platform.asked == []


@pytest.mark.parametrize(
    "answer",
    [
        -1,
        40013,
        45011,
        OK,
        {**OK, "phone_info": {}},
        {**OK, "phone_info": "13812345678"},
        told("1381234567"),
        told("２" * 11),
        told("12345", ""),
        told("0123", "86"),
        told("9" * 20, "852"),
        DROP,
        HANG,
        Reply(status=502),
    ],
)
def test_whatever_is_no_number_is_unavailable(platform: FakePlatform, answer: Any) -> None:
    platform.answers(PHONE, answer)
    with pytest.raises(Unavailable):
        phone()


@pytest.mark.parametrize("answer", [40029, -1, told("9" * 20, "852"), told(appid="wx1"), DROP])
def test_neither_errors_nor_logs_tell_the_person(
    platform: FakePlatform,
    answer: Any,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("botocore").setLevel(logging.INFO)
    platform.answers(PHONE, answer)
    with pytest.raises(Refusal) as refused:
        phone()
    told_of = "".join(
        [*traceback.format_exception(refused.value), caplog.text, *capfd.readouterr()]
    )
    for secret in (NUMBER, "9" * 20, OPENID, CODE, "token-of", platform.url):
        assert secret not in told_of
