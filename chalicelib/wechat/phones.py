"""A phone number as WeChat tells it: whose mini program it was given to, and how we write it."""

from __future__ import annotations

import re

import msgspec

from chalicelib.errors import Unavailable
from chalicelib.settings import settings
from chalicelib.wechat.platform import Answer
from chalicelib.wechat.refusals import PhoneCodeInvalid

MAINLAND = "86"
_MAINLAND_MOBILE = re.compile(r"1\d{10}", re.ASCII)
_COUNTRY = re.compile(r"[1-9]\d{0,2}", re.ASCII)
_NUMBER = re.compile(r"\d{4,14}", re.ASCII)


class _Watermark(msgspec.Struct):
    appid: str


class _PhoneInfo(msgspec.Struct):
    pure_number: str = msgspec.field(name="purePhoneNumber")
    # Documented as a text, shown as a number.
    country_code: str | int = msgspec.field(name="countryCode")
    watermark: _Watermark


def number_in(answer: Answer) -> str:
    """A number of the mainland as 11 digits, any other as "+<country><number>".

    Refuses: PhoneCodeInvalid — it was given to another mini program; Unavailable
    """
    try:
        info = msgspec.convert(answer.get("phone_info"), _PhoneInfo)
    except msgspec.ValidationError:
        raise Unavailable from None
    if info.watermark.appid != settings().wechat_appid:
        raise PhoneCodeInvalid
    country = str(info.country_code).removeprefix("+")
    number = re.sub(r"[ -]", "", info.pure_number)
    if country == MAINLAND and _MAINLAND_MOBILE.fullmatch(number):
        return number
    if country == MAINLAND or not (_COUNTRY.fullmatch(country) and _NUMBER.fullmatch(number)):
        raise Unavailable
    return f"+{country}{number}"
