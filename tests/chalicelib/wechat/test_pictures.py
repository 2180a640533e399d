from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from chalicelib.errors import Refusal, Unavailable
from chalicelib.settings import settings
from chalicelib.wechat import pictures
from chalicelib.wechat.client import Scene
from chalicelib.wechat.pictures import VehicleLicence
from chalicelib.wechat.refusals import (
    LicenceUnreadable,
    OcrQuotaUsedUp,
    PageUnknown,
    PictureNotChecked,
    SceneInvalid,
    TooManyChecks,
)
from tests.fakes.platform import CUT, DROP, HANG, OK, STALL, FakePlatform, Reply

OCR = "/cv/ocr/driving"
CODE = "/wxa/getwxacodeunlimit"
PHOTO = b"\xff\xd8\xff-a-photo-\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
VIN = "LSVAA49J132000001"
READ = {
    **OK,
    "plate_num": "沪A12345",
    "vehicle_type": "小型轿车",
    "owner": "安娜",
    "addr": "上海市静安区示例路1号",
    "use_character": "非营运",
    "model": "启程牌QC7150A",
    "vin": VIN,
    "engine_num": "E1234567",
    "register_date": "2023-05-18",
    "issue_date": "20230520",
}
LICENCE = VehicleLicence(
    vin=VIN,
    plate_number="沪A12345",
    model="启程牌QC7150A",
    holder_name="安娜",
    vehicle_type="小型轿车",
    use_character="非营运",
    register_date=date(2023, 5, 18),
    issue_date=date(2023, 5, 20),
)


def code() -> bytes:
    return pictures.code_picture("t=01JXYZ", page="pages/home/home")


# Licences


def test_a_licence_is_read_off_its_photo(platform: FakePlatform) -> None:
    platform.answers(OCR, READ)
    assert pictures.read_vehicle_licence(PHOTO) == LICENCE
    [asked] = platform.asked_for(OCR)
    assert asked.query == {"access_token": "token-of-the-platform"}
    assert asked.headers["Content-Type"].startswith("multipart/form-data")
    assert b'name="img"; filename="licence"' in asked.body
    assert PHOTO in asked.body


def test_what_was_read_badly_is_tidied_or_left_out(platform: FakePlatform) -> None:
    odd = {
        "vin": " lsvaa49j 132000001",
        "plate_num": "沪a·12345 ",
        "model": " ",
        "owner": None,
        "vehicle_type": 7,
        "register_date": "2023年05月18日",
        "issue_date": "2023-02-30",
    }
    platform.answers(OCR, {**OK, **odd})
    assert pictures.read_vehicle_licence(PHOTO) == VehicleLicence(
        vin=VIN,
        plate_number="沪A·12345",
        model=None,
        holder_name=None,
        vehicle_type=None,
        use_character=None,
        register_date=date(2023, 5, 18),
        issue_date=None,
    )


@pytest.mark.parametrize("answer", [101000, 101001, 101002, OK, {**OK, "vin": "", "model": "QC"}])
def test_a_photo_that_tells_no_car_is_unreadable(platform: FakePlatform, answer: Any) -> None:
    platform.answers(OCR, answer)
    with pytest.raises(LicenceUnreadable):
        pictures.read_vehicle_licence(PHOTO)


def test_a_used_up_quota_is_told_apart_from_a_bad_day(platform: FakePlatform) -> None:
    platform.answers(OCR, 101003, -1)
    with pytest.raises(OcrQuotaUsedUp) as used_up:
        pictures.read_vehicle_licence(PHOTO)
    with pytest.raises(Unavailable) as bad_day:
        pictures.read_vehicle_licence(PHOTO)
    assert (used_up.value.code, bad_day.value.code) == ("ocr_quota_used_up", "unavailable")


@pytest.mark.parametrize("answer", [DROP, HANG, Reply(status=500), Reply(b"<html>")])
def test_no_reading_is_unavailable(platform: FakePlatform, answer: Reply) -> None:
    platform.answers(OCR, answer)
    with pytest.raises(Unavailable):
        pictures.read_vehicle_licence(PHOTO)


@pytest.mark.parametrize("size", [0, 2_000_000])
def test_a_photo_that_the_platform_does_not_take_costs_no_reading(
    platform: FakePlatform, size: int
) -> None:
    with pytest.raises(LicenceUnreadable):
        pictures.read_vehicle_licence(b"x" * size)
    assert platform.asked == []


def test_the_largest_photo_is_sent(platform: FakePlatform) -> None:
    platform.answers(OCR, READ)
    assert pictures.read_vehicle_licence(b"x" * 1_999_999) == LICENCE


@pytest.mark.parametrize("answer", [101001, -1, DROP, {**OK, "owner": "安娜"}])
def test_neither_errors_nor_logs_tell_what_was_on_the_photo(
    platform: FakePlatform,
    answer: Any,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("botocore").setLevel(logging.INFO)
    platform.answers(OCR, answer)
    with pytest.raises(Refusal) as refused:
        pictures.read_vehicle_licence(PHOTO)
    told_of = "".join(
        [*traceback.format_exception(refused.value), caplog.text, *capfd.readouterr()]
    )
    for secret in ("安娜", "a-photo", "token-of", platform.url):
        assert secret not in told_of


# Codes


@pytest.mark.parametrize(("env", "checked"), [("release", True), ("trial", False)])
def test_a_code_comes_as_a_picture(
    platform: FakePlatform, monkeypatch: pytest.MonkeyPatch, env: str, checked: bool
) -> None:
    monkeypatch.setenv("WECHAT_ENV", env)
    settings.cache_clear()
    platform.answers(CODE, Reply(PNG))
    assert pictures.code_picture("t=01JXYZ", page="pages/home/home", width=600) == PNG
    [asked] = platform.asked_for(CODE)
    assert asked.json == {
        "scene": "t=01JXYZ",
        "page": "pages/home/home",
        "width": 600,
        "is_hyaline": True,
        "env_version": env,
        "check_path": checked,
    }


def test_a_picture_is_asked_for_again_with_a_newer_token(
    platform: FakePlatform, later: Callable[[int], None]
) -> None:
    platform.tokens.clear()
    platform.tokens.extend(["old", "new"])
    platform.answers(CODE, Reply(PNG))
    code()
    later(60)
    platform.answers(CODE, 42001, Reply(PNG))
    assert code() == PNG
    used = [asked.query["access_token"] for asked in platform.asked_for(CODE)]
    assert used == ["old", "old", "new"]


@pytest.mark.parametrize(
    ("errcode", "refusal"),
    [(40097, SceneInvalid), (40169, SceneInvalid), (41030, PageUnknown), (45009, Unavailable)],
)
def test_a_refused_code_says_why(
    platform: FakePlatform, errcode: int, refusal: type[Refusal]
) -> None:
    platform.answers(CODE, errcode)
    with pytest.raises(refusal):
        code()


@pytest.mark.parametrize("scene", ["", "x" * 33, "门店", "a%20", "a b", "a\n", "é"])
def test_a_scene_that_the_platform_does_not_take_is_not_sent(
    platform: FakePlatform, scene: str
) -> None:
    with pytest.raises(SceneInvalid):
        pictures.code_picture(scene, page="pages/home/home")
    assert platform.asked == []


@pytest.mark.parametrize("scene", ["09azAZ!#$&'()*+,/:;=?@-._~", "x" * 32])
def test_every_scene_that_the_platform_takes_is_sent(platform: FakePlatform, scene: str) -> None:
    platform.answers(CODE, Reply(PNG))
    pictures.code_picture(scene, page="pages/home/home")
    assert platform.asked_for(CODE)[0].json["scene"] == scene


@pytest.mark.parametrize(
    "answer",
    [OK, Reply(b"\xff\xd8\xff-a-jpeg"), Reply(b""), Reply(b"<html>"), Reply(b"[]"),
     Reply(PNG, status=500), CUT, STALL, DROP, HANG],
)  # fmt: skip
def test_what_is_no_png_is_unavailable(platform: FakePlatform, answer: Any) -> None:
    platform.answers(CODE, answer)
    with pytest.raises(Unavailable):
        code()


def test_only_who_asks_for_a_picture_gets_one(platform: FakePlatform) -> None:
    platform.answers(OCR, Reply(PNG))
    with pytest.raises(Unavailable):
        pictures.read_vehicle_licence(PHOTO)


# Checks

CHECK = "/wxa/media_check_async"
PICTURE_URL, OPENID = "https://b.example/p.jpg?s=1", "o-li"


def have_checked() -> str:
    return pictures.have_checked(PICTURE_URL, openid=OPENID, scene=Scene.FORUM)


def test_a_picture_is_given_to_look_at(platform: FakePlatform) -> None:
    platform.answers(CHECK, {**OK, "trace_id": "t1"})
    assert have_checked() == "t1"
    (asked,) = platform.asked_for(CHECK)
    assert asked.json == {
        "media_url": PICTURE_URL,
        "media_type": 2,
        "version": 2,
        "scene": 3,
        "openid": OPENID,
    }


@pytest.mark.parametrize("errcode", [40003, 40004, 43104, 45009, 61010, 87020])
def test_a_picture_that_it_will_not_look_at_is_told_apart(
    platform: FakePlatform, errcode: int
) -> None:
    platform.answers(CHECK, errcode)
    with pytest.raises(PictureNotChecked):
        have_checked()


def test_the_limit_of_a_minute_says_when_to_come_again(platform: FakePlatform) -> None:
    platform.answers(CHECK, 44991)
    with pytest.raises(TooManyChecks) as refused:
        have_checked()
    assert refused.value.retry_after_s == 60


@pytest.mark.parametrize("answer", [-1, 48001, OK, {**OK, "trace_id": ""}, DROP])
def test_without_a_trace_nothing_was_asked(platform: FakePlatform, answer: Any) -> None:
    platform.answers(CHECK, answer)
    with pytest.raises(Unavailable):
        have_checked()


def test_no_log_tells_where_a_picture_is(
    platform: FakePlatform, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    platform.answers(CHECK, Reply(status=502))
    with pytest.raises(Unavailable) as refused:
        have_checked()
    told = "".join([*traceback.format_exception(refused.value), caplog.text, *capfd.readouterr()])
    assert PICTURE_URL not in told
    assert OPENID not in told
