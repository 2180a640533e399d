"""How cars and their owners' mobile numbers are written in China."""

from __future__ import annotations

import re

# Letters that look like digits (I, O, Q) do not occur. Source: GB 16735.
_VIN = r"[A-HJ-NPR-Z0-9]{17}"
# Province, authority, and five characters; no I, no O. Source: GA 36.
_PROVINCE = r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z]"
_PLATE = rf"{_PROVINCE}[A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳]"
# New-energy cars have one more: a letter for the drive and the serial, or for big ones the reverse.
_GREEN_PLATE = rf"{_PROVINCE}(?:[A-HJK][A-HJ-NP-Z0-9][0-9]{{4}}|[0-9]{{5}}[A-HJK])"
_MOBILE = r"1[3-9][0-9]{9}"

# What each character counts, and where. Source: GB 16735, appendix on the check digit (position 9).
_COUNTS = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True),
    **{digit: digit for digit in "0123456789"},
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_CHECK_AT = 8


def tidied_vin(text: str) -> str:
    """The VIN as it stands on the car, if it is one."""
    return text.strip().upper()


def is_vin(vin: str) -> bool:
    return re.fullmatch(_VIN, vin) is not None


def vin_check_digit_is_right(vin: str) -> bool:
    """Whether the ninth character fits the others of a VIN. Some imported cars have none: a hint only."""
    total = sum(int(_COUNTS[char]) * weight for char, weight in zip(vin, _WEIGHTS, strict=True))
    return vin[_CHECK_AT] == "0123456789X"[total % 11]


def tidied_plate(text: str) -> str:
    """The plate without the dot, blanks and dashes that people put between."""
    return re.sub(r"[\s·•-]", "", text).upper()


def is_plate(plate: str) -> bool:
    """Whether it is a plate of seven characters, or of eight for a new-energy car."""
    return re.fullmatch(f"{_PLATE}|{_GREEN_PLATE}", plate) is not None


def tidied_mobile(text: str) -> str:
    """A mainland number as 11 digits, without the country's code and what people put between."""
    return re.sub(r"^(?:\+|00)?86(?=1[0-9]{10}$)", "", re.sub(r"[\s()（）-]", "", text))


def is_mobile(mobile: str) -> bool:
    return re.fullmatch(_MOBILE, mobile) is not None
