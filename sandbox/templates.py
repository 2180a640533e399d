"""Checks the fields of a subscribe message as WeChat does: by the kind that a field's name begins with."""

import re
from typing import Any

from sandbox.apis import Refused

TIME = r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
DATE = r"\d{4}(年\d{1,2}月\d{1,2}日|-\d{1,2}-\d{1,2})"
MOMENT = rf"({DATE} ?)?{TIME}"
# Source: wechat.md A6.
KINDS = {
    "thing": r".{1,20}",
    "number": r"-?[\d.]{1,32}",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"[^\w\s]{1,5}",
    "character_string": r"[\x21-\x7e ]{1,32}",
    "time": rf"{MOMENT}(~{MOMENT})?",
    "date": rf"{DATE}( ?{TIME})?(~{DATE}( ?{TIME})?)?",
    "amount": r"[^\d\s]?\d{1,10}(\.\d+)?元?",
    "phone_number": r"[\d+\-() ]{1,17}",
    "car_number": r"[\u4e00-\u9fffA-Z0-9·]{1,8}",
    "name": r"[\u4e00-\u9fff·]{1,10}|[A-Za-z ]{1,20}",
    "phrase": r"[\u4e00-\u9fff]{1,5}",
}
FIELD_NAME = re.compile(r"([a-z_]+)\d+")


def check(data: Any, fields: dict[str, str]) -> None:
    """Refuse (47003, with the field's name) what does not fit the template."""
    if not isinstance(data, dict):
        raise Refused(47003, "argument invalid! data is not an object")
    for name in data:
        if name not in fields:
            raise Refused(47003, f"argument invalid! data.{name} is not a field of the template")
    for name in fields:
        if name not in data:
            raise Refused(47003, f"argument invalid! data.{name} is missing")
        _check_value(name, data[name])


def _check_value(name: str, field: Any) -> None:
    value = field.get("value") if isinstance(field, dict) else None
    if not isinstance(value, str):
        raise Refused(47003, f"argument invalid! data.{name}.value is not a string")
    if not value.strip():
        raise Refused(47003, f"argument invalid! data.{name}.value is empty")
    kind = FIELD_NAME.fullmatch(name)
    assert kind is not None, f"{name} is no field name"
    if not re.fullmatch(KINDS[kind[1]], value, re.DOTALL):
        raise Refused(47003, f"argument invalid! data.{name}.value invalid")
