"""Pictures that WeChat reads, checks and makes for us: vehicle licences, members' pictures, codes.

Every function may refuse Unavailable: WeChat is busy, over a quota, or gave no sensible answer.
Sources: .../openpoc/ocr/api_drivingocr, .../qrcode-link/qr-code/api_getunlimitedqrcode,
.../sec-center/sec-check/api_mediacheckasync, 2026-06
"""

from __future__ import annotations

import re
import time
from datetime import date

import msgspec

from chalicelib.errors import Unavailable
from chalicelib.settings import settings
from chalicelib.wechat.account import base_url, text_in, token_source
from chalicelib.wechat.client import Scene
from chalicelib.wechat.platform import Answer, Refusals, Request, ask
from chalicelib.wechat.refusals import (
    LicenceUnreadable,
    OcrQuotaUsedUp,
    PageUnknown,
    PictureNotChecked,
    SceneInvalid,
    TooManyChecks,
)

READING_S_MAX = 5.0
READ_BYTES_MAX = 2_000_000
CODE_S_MAX = 3.0
CHECK_S_MAX = 5.0
_IMAGE = 2
SCENE_CHARS_MAX = 32
_SCENE = re.compile(rf"[0-9A-Za-z!#$&'()*+,/:;=?@._~-]{{1,{SCENE_CHARS_MAX}}}")
_DATE = re.compile(r"(\d{4})\D?(\d{2})\D?(\d{2})\D?", re.ASCII)
_PNG = b"\x89PNG\r\n\x1a\n"
_UNREADABLE: Refusals = dict.fromkeys((101000, 101001, 101002), LicenceUnreadable)
# The minute's limit ends with the minute; all else is the platform's last word on this picture.
_CHECK_REFUSED: Refusals = {
    **dict.fromkeys((40003, 40004, 43104, 45009, 61010, 87020), PictureNotChecked),
    44991: lambda: TooManyChecks(retry_after_s=60),
}
_CODE_REFUSED: Refusals = {40097: SceneInvalid, 40169: SceneInvalid, 41030: PageUnknown}


class VehicleLicence(msgspec.Struct, frozen=True):
    """What was read off a vehicle licence (行驶证); None is what could not be read.

    VIN and plate are in capitals and without blanks, otherwise as they were read.
    """

    vin: str | None
    plate_number: str | None
    model: str | None
    holder_name: str | None
    vehicle_type: str | None
    use_character: str | None
    register_date: date | None
    issue_date: date | None


def read_vehicle_licence(picture: bytes) -> VehicleLicence:
    """What stands on a photographed vehicle licence.

    Units:   below 2 MB; the platform reads 100 pictures a day unless more are bought
    Refuses: LicenceUnreadable; OcrQuotaUsedUp
    """
    if not 0 < len(picture) < READ_BYTES_MAX:
        raise LicenceUnreadable
    request = Request(
        base_url(),
        "/cv/ocr/driving",
        files={"img": ("licence", picture, "application/octet-stream")},
        by=time.monotonic() + READING_S_MAX,
    )
    refuses: Refusals = {**_UNREADABLE, 101003: OcrQuotaUsedUp}
    return _licence_in(ask(request, source=token_source(), refuses=refuses))


def have_checked(url: str, *, openid: str, scene: Scene) -> str:
    """Have a picture looked at. Gives the id under which the platform pushes its verdict within 30 min.

    Units:   up to 10 MB; JPEG, PNG, BMP, GIF; the address has to work for an hour
    Refuses: PictureNotChecked; TooManyChecks
    Source:  mediaCheckAsync v2
    """
    request = Request(
        base_url(),
        "/wxa/media_check_async",
        data={
            "media_url": url,
            "media_type": _IMAGE,
            "version": 2,
            "scene": int(scene),
            "openid": openid,
        },
        by=time.monotonic() + CHECK_S_MAX,
    )
    return text_in(ask(request, source=token_source(), refuses=_CHECK_REFUSED), "trace_id")


def code_picture(scene: str, *, page: str, width: int = 430) -> bytes:
    """A mini program code that leads to a page and tells it the scene; good for ever.

    Shape:   a PNG with a transparent ground, to be shown on white (an opaque one comes as JPEG)
    Units:   width 280–1280 px
    Refuses: SceneInvalid; PageUnknown
    """
    if not _SCENE.fullmatch(scene):
        raise SceneInvalid
    env = settings().wechat_env
    about = {"scene": scene, "page": page, "width": width, "is_hyaline": True}
    request = Request(
        base_url(),
        "/wxa/getwxacodeunlimit",
        # Only what is released has pages that the platform knows.
        data={**about, "env_version": env, "check_path": env == "release"},
        gives_picture=True,
        by=time.monotonic() + CODE_S_MAX,
    )
    picture = ask(request, source=token_source(), refuses=_CODE_REFUSED).get("picture")
    if not isinstance(picture, bytes) or not picture.startswith(_PNG):
        raise Unavailable
    return picture


def _licence_in(answer: Answer) -> VehicleLicence:
    licence = VehicleLicence(
        vin=_sign(answer, "vin"),
        plate_number=_sign(answer, "plate_num"),
        model=_words(answer, "model"),
        holder_name=_words(answer, "owner"),
        vehicle_type=_words(answer, "vehicle_type"),
        use_character=_words(answer, "use_character"),
        register_date=_date(answer, "register_date"),
        issue_date=_date(answer, "issue_date"),
    )
    if licence.vin is None and licence.plate_number is None:
        raise LicenceUnreadable
    return licence


def _words(answer: Answer, name: str) -> str | None:
    value = answer.get(name)
    return (value.strip() or None) if isinstance(value, str) else None


def _sign(answer: Answer, name: str) -> str | None:
    words = _words(answer, name)
    return "".join(words.split()).upper() if words else None


def _date(answer: Answer, name: str) -> date | None:
    read = _DATE.fullmatch(_words(answer, name) or "")
    try:
        return date(*map(int, read.groups())) if read else None
    except ValueError:
        return None
