"""What a field of a subscribe message may hold: told by its name, as in "thing1" or "phrase2".

Source: https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-message-management/subscribe-message/sendMessage.html
"""

from __future__ import annotations

from collections.abc import Mapping

CHARS_MAX = {
    "thing": 20,
    "number": 32,
    "letter": 32,
    "symbol": 5,
    "character_string": 32,
    "phone_number": 17,
    "car_number": 8,
    "name": 10,
    "phrase": 5,
}
NOTHING = "无"


def cut(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields, as long as the platform takes them; times, dates and amounts as they are."""
    return {name: _cut(name, value) for name, value in fields.items()}


def _cut(name: str, value: str) -> str:
    value = value.strip() or NOTHING  # An empty value is refused.
    kind = name.rstrip("0123456789")
    chars_max = CHARS_MAX.get(kind)
    if chars_max is None or len(value) <= chars_max:
        return value
    return f"{value[: chars_max - 1]}…" if kind == "thing" else value[:chars_max]
