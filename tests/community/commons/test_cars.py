"""VINs, plates and mobile numbers as they are written in China."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.commons import cars

VIN_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@pytest.mark.parametrize("vin", ["LSVAA49J132000017", "1M8GDM9AXKP042788", "11111111111111111"])
def test_a_vin_has_17_letters_and_digits_and_a_check_digit(vin: str) -> None:
    assert cars.is_vin(vin)
    assert cars.vin_check_digit_is_right(vin)


@pytest.mark.parametrize(
    "text", ["", "LSVAA49J13200001", "LSVAA49J1320000171", "LSVAA49J13200O017", "ISVAA49J132000017"]
)
def test_what_is_no_vin_is_known(text: str) -> None:
    assert not cars.is_vin(text)


@given(st.text(VIN_LETTERS, min_size=17, max_size=17))
def test_exactly_one_check_digit_fits_a_vin(vin: str) -> None:
    fitting = [d for d in "0123456789X" if cars.vin_check_digit_is_right(f"{vin[:8]}{d}{vin[9:]}")]
    assert len(fitting) == 1


@pytest.mark.parametrize(
    ("written", "meant"),
    [("沪a·12345", "沪A12345"), (" 沪A-123 45", "沪A12345"), ("沪AD12345", "沪AD12345")],
)
def test_a_plate_is_read_however_it_is_written(written: str, meant: str) -> None:
    assert cars.tidied_plate(written) == meant
    assert cars.is_plate(meant)


@given(st.sampled_from(PROVINCES), st.sampled_from(PLATE_LETTERS), st.integers(0, 99999))
def test_every_province_and_authority_has_plates_of_seven_and_of_eight_characters(
    province: str, authority: str, number: int
) -> None:
    place, digits = f"{province}{authority}", f"{number:05d}"
    assert cars.is_plate(f"{place}{digits}")
    assert cars.is_plate(f"{place}D{digits}")  # a small new-energy car
    assert cars.is_plate(f"{place}{digits}F")  # a big one


@pytest.mark.parametrize(
    "text",
    ["", "沪A1234", "沪A1234567", "沪I12345", "沪AL12345", "沪AD1234D", "沪A1234O", "日A12345"],
)
def test_what_is_no_plate_is_known(text: str) -> None:
    assert not cars.is_plate(text)


@pytest.mark.parametrize(
    "written",
    ["13800138000", "+8613800138000", "86 138 0013 8000", "0086-138-0013-8000", "(86)13800138000"],
)
def test_a_mobile_number_is_read_however_it_is_written(written: str) -> None:
    assert cars.tidied_mobile(written) == "13800138000"
    assert cars.is_mobile("13800138000")


@pytest.mark.parametrize(
    "text",
    ["", "1380013800", "138001380000", "12800138000", "02112345678", "1.38001E+10", "١٣800138000"],
)
def test_what_is_no_mobile_number_is_known(text: str) -> None:
    assert not cars.is_mobile(cars.tidied_mobile(text))
