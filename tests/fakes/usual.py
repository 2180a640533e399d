"""What WeChat and WeCom answer in a stage in memory, unless a test told them otherwise."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.fakes.platform import OK, Asked, FakePlatform, Reply

A_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)


def play_along(platform: FakePlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    """A WeChat and a WeCom where names tell everything, and words decide verdicts.

    `code-of-x` signs in openid `openid-of-x`, `code-of-x~u` also with unionid `unionid-of-u`.
    `phone-of-13812345678` and `phone-of-13812345678~2` are codes of the phone button. A contact
    `external-of-x` is called x, `external-of-x~u` also has unionid `unionid-of-u`; both are 王五's. On a
    photo is read what `a_licence_photo` was made with; every mini program code is the same grey dot. What
    WeChat thinks of a picture, it says when a test lets it (`tests.pictures.wechat_says`).
    """
    monkeypatch.setattr(platform, "reply_to", answering(platform.reply_to))


def answering(told: Callable[[Asked], Reply]) -> Callable[[Asked], Reply]:
    """The same, for whoever puts it in place themselves: where nothing else was told."""

    def reply_to(asked: Asked) -> Reply:
        reply = told(asked)
        if reply.body != json.dumps(OK).encode():
            return reply
        usual = _usual(asked)
        return Reply(usual if isinstance(usual, bytes) else json.dumps(usual).encode())

    return reply_to


def a_licence_photo(**fields: str) -> bytes:
    """A photo of a vehicle licence: `vin`, `plate_num` and the others as the platform calls them."""
    from sandbox import photos

    return photos.photo_of(photos.VehicleLicence(**fields))


def _usual(asked: Asked) -> dict[str, Any] | bytes:
    match asked.path:
        case "/sns/jscode2session":
            who, unionid = _named(asked.query["js_code"], "code-of-")
            return {"openid": f"openid-of-{who}", "session_key": "kept-by-nobody", **unionid}
        case "/wxa/business/getuserphonenumber":
            return {"phone_info": _phone(_number(asked.json["code"]))}
        case "/wxa/getuserriskrank":
            return {**OK, "risk_rank": 0}
        case "/wxa/msg_sec_check" | "/wxa/media_check_async":
            return {**OK, **_checked(asked.json)}
        case "/wxa/getwxacodeunlimit":
            return A_PNG
        case "/cv/ocr/driving":
            return _read_off(asked.body)
        case "/cgi-bin/message/send" if asked.json["msgtype"] == "template_card":
            task_id = asked.json["template_card"]["task_id"]
            return {**OK, "msgid": "m", "response_code": f"code-of-{task_id}"}
        case "/cgi-bin/media/upload":
            return {"type": "image", "media_id": "picture-1", "created_at": 0}
        case "/cgi-bin/externalcontact/get":
            return _contact(asked.query["external_userid"])
    return OK


def _checked(asked: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict on a text, at once; or how the question about a picture is called."""
    if "media_url" in asked:
        return {"trace_id": trace_of(asked["media_url"].split("/")[-2])}
    said = f"{asked.get('title', '')}{asked['content']}"
    words = {"违规": ("risky", 20006), "存疑": ("review", 21000)}
    suggest, label = next((v for word, v in words.items() if word in said), ("pass", 100))
    return {"result": {"suggest": suggest, "label": label}}


def trace_of(media_id: str) -> str:
    """How WeChat calls the question about a picture."""
    return f"trace-of-{media_id}"


def _named(text: str, prefix: str) -> tuple[str, dict[str, str]]:
    who, _, union = text.removeprefix(prefix).partition("~")
    return who, {"unionid": f"unionid-of-{union}"} if union else {}


def _number(code: str) -> str:
    return code.removeprefix("phone-of-").partition("~")[0]


def _phone(number: str) -> dict[str, Any]:
    from chalicelib.settings import settings

    watermark = {"timestamp": 0, "appid": settings().wechat_appid}
    return {"purePhoneNumber": number, "countryCode": "86", "watermark": watermark}


def _read_off(multipart: bytes) -> dict[str, Any]:
    from sandbox import photos

    picture = multipart.partition(b"\r\n\r\n")[2].rpartition(b"\r\n--")[0]
    image = photos.opened(picture)
    card = photos.card_on(image, photos.VehicleLicence) if image is not None else None
    if card is None:
        return {"errcode": 101002 if image is None else 101001, "errmsg": "because"}
    return {**OK, **{name: getattr(card, name) for name in card.__struct_fields__}}


def _contact(external_userid: str) -> dict[str, Any]:
    if not external_userid.startswith("external-of-"):
        return {"errcode": 84061, "errmsg": "because"}
    name, unionid = _named(external_userid, "external-of-")
    person = {"external_userid": external_userid, "name": name, "type": 1, **unionid}
    follow = {"userid": "wangwu", "tags": [], "remark_mobiles": []}
    return {**OK, "external_contact": person, "follow_user": [follow]}
