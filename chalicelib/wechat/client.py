"""What we ask of WeChat's mini program platform, in our words: who somebody is, what may be shown, what to send.

Every function may refuse Unavailable: WeChat is busy, over a quota, or gave no sensible answer; then
nothing was done. What sends may refuse OutcomeUnknown: it went out and no answer came back.
Sources: the API pages under https://developers.weixin.qq.com/miniprogram/dev/server/API/, 2026-06
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum, IntEnum
from typing import Any

import msgspec

from chalicelib import tokens
from chalicelib.errors import Unavailable
from chalicelib.settings import secrets, settings
from chalicelib.wechat import fields as message_fields
from chalicelib.wechat import phones
from chalicelib.wechat.account import base_url, text_in, token_source
from chalicelib.wechat.platform import Answer, Refusals, Request, ask, ask_openly
from chalicelib.wechat.refusals import (
    ChatLimitReached,
    ChatWindowClosed,
    LoginBlocked,
    LoginCodeInvalid,
    NoSubscribeQuota,
    PhoneCodeInvalid,
    SendRejected,
    TemplateMisfit,
    TooManyLogins,
    TooManySends,
)

SCREENED_CHARS_MAX = 2_500
SCREENED_OVERLAP_CHARS = 20
SCREENING_S_MAX = 3.0
ANSWER_S_MAX = 3.0
RISK_RANK_MAX = 4
PICTURE_LIVES = timedelta(days=3)
# So long at most a queue keeps a message back; a day's limit is over after some of it.
LIMIT_OVER_AFTER_S = 900
_CODE = r"[A-Za-z0-9_.~-]{1,128}"
_PHONE_CODE = r"[!-~]{1,512}"
_STATES = {"release": "formal", "trial": "trial", "develop": "developer"}
_REJECTED: Refusals = dict.fromkeys(
    (40003, 40007, 40037, 41030, 43104, 44004, 45002, 47003), SendRejected
)


class WechatIdentity(msgspec.Struct, frozen=True):
    """Who signed in. `unionid` only if the mini program is bound to an Open Platform account."""

    openid: str
    unionid: str | None


class Scene(IntEnum):
    """Where a text is to be shown."""

    PROFILE = 1
    COMMENT = 2
    FORUM = 3
    SOCIAL_LOG = 4


class RiskScene(IntEnum):
    """What somebody is about to do."""

    JOINING = 0
    WINNING = 1
    PUBLISHING = 2


class Suggestion(Enum):
    """What WeChat advises, mildest first."""

    PASS = "pass"  # noqa: S105 (no password)
    REVIEW = "review"
    RISKY = "risky"


class Verdict(msgspec.Struct, frozen=True):
    """What WeChat says of a text. `label` is its kind of content: 100 for nothing wrong."""

    suggestion: Suggestion
    label: int


def prepare(*, now: datetime) -> None:
    """Have a token at hand, so that the next call goes out at once."""
    tokens.access_token(token_source(), now=now)


def exchange_code(code: str) -> WechatIdentity:
    """Who a code of `wx.login` belongs to. The session key that comes with it is not kept.

    Refuses: LoginCodeInvalid — ask the mini program for a fresh one; LoginBlocked; TooManyLogins
    Source:  code2Session
    """
    if not re.fullmatch(_CODE, code):
        raise LoginCodeInvalid
    params = {
        "appid": settings().wechat_appid,
        "secret": secrets().wechat_secret,
        "js_code": code,
        "grant_type": "authorization_code",
    }
    request = Request(base_url(), "/sns/jscode2session", params=params, is_get=True)
    answer = ask_openly(
        request,
        refuses={
            40029: LoginCodeInvalid,
            40163: LoginCodeInvalid,
            40226: LoginBlocked,
            45011: lambda: TooManyLogins(retry_after_s=60),
        },
    )
    return WechatIdentity(text_in(answer, "openid"), answer.get("unionid") or None)


def phone_of(code: str, *, openid: str) -> str:
    """The number that a person gave with the phone button. The platform checks that it was this person.

    Shape:   11 digits if it is of the mainland, otherwise "+<country><number>"
    Refuses: PhoneCodeInvalid — have the button pressed again
    Source:  getPhoneNumber
    """
    if not re.fullmatch(_PHONE_CODE, code):
        raise PhoneCodeInvalid
    said = {"code": code, "openid": openid}
    invalid = dict.fromkeys((40029, 40163), PhoneCodeInvalid)
    return phones.number_in(_asked("/wxa/business/getuserphonenumber", said, refuses=invalid))


def risk_rank(openid: str, *, scene: RiskScene, client_ip: str, mobile: str | None = None) -> int:
    """How much WeChat distrusts a person: 0 (not at all) to 4.

    Refuses: Unavailable — also for people who have not used the mini program within 2 h
    Source:  getUserRiskRank
    """
    said = {"appid": settings().wechat_appid, "openid": openid, "scene": int(scene)}
    said |= {"client_ip": client_ip} | ({"mobile_no": mobile} if mobile else {})
    rank = _asked("/wxa/getuserriskrank", said).get("risk_rank")
    if not isinstance(rank, int) or not 0 <= rank <= RISK_RANK_MAX:
        raise Unavailable
    return rank


def screen_text(
    text: str,
    *,
    openid: str,
    scene: Scene,
    title: str | None = None,
) -> Verdict:
    """Whether WeChat thinks that a text may be shown: the worst it says of any part.

    Units:   any length; sent in parts of 2,500 characters that overlap a little
    Refuses: Unavailable — also when not all parts were answered within 3 s in total, and for people
             who have not used the mini program within 2 h
    Source:  msgSecCheck v2
    """
    by = time.monotonic() + SCREENING_S_MAX
    verdicts = []
    step = SCREENED_CHARS_MAX - SCREENED_OVERLAP_CHARS
    for start in range(0, max(len(text) - SCREENED_OVERLAP_CHARS, 1), step):
        part = {"content": text[start : start + SCREENED_CHARS_MAX]}
        about = {"version": 2, "openid": openid, "scene": int(scene)}
        extra = {"title": title} if title and not start else {}
        verdicts.append(_verdict(_asked("/wxa/msg_sec_check", about | part | extra, by=by)))
        if verdicts[-1].suggestion is Suggestion.RISKY:
            break
    order = list(Suggestion)
    return max(verdicts, key=lambda verdict: order.index(verdict.suggestion))


def send_subscribe(
    openid: str, *, template_id: str, fields: Mapping[str, str], page: str | None
) -> None:
    """Send a message that the person subscribed to; uses up one of the person's grants.

    `page` is where it leads, if anywhere.

    Units:   fields are cut to what the platform takes
    Refuses: NoSubscribeQuota; TemplateMisfit; SendRejected; TooManySends; OutcomeUnknown
    Source:  subscribeMessage.send
    """
    cut = message_fields.cut(fields)
    _send(
        "/cgi-bin/message/subscribe/send",
        {
            "touser": openid,
            "template_id": template_id,
            **({"page": page} if page else {}),
            "miniprogram_state": _STATES[settings().wechat_env],
            "lang": "zh_CN",
            "data": {name: {"value": value} for name, value in cut.items()},
        },
        refuses={
            **_REJECTED,
            **dict.fromkeys((40037, 41030, 47003), TemplateMisfit),
            43101: NoSubscribeQuota,
            45009: lambda: TooManySends(retry_after_s=LIMIT_OVER_AFTER_S),
        },
    )


def send_chat_text(openid: str, text: str) -> None:
    """Answer in the customer-service chat.

    Refuses: ChatWindowClosed; ChatLimitReached; SendRejected; OutcomeUnknown
    Source:  customServiceMessage.send
    """
    _send_chat(openid, "text", {"content": text})


def send_chat_card(openid: str, *, title: str, pagepath: str, thumb_media_id: str) -> None:
    """Answer with a card that opens a page of the mini program. Refuses: as `send_chat_text`"""
    card = {"title": title, "pagepath": pagepath, "thumb_media_id": thumb_media_id}
    _send_chat(openid, "miniprogrampage", card)


def upload_picture(png: bytes) -> str:
    """The id of a picture for cards; good for 3 days (`PICTURE_LIVES`)."""
    request = Request(
        base_url(),
        "/cgi-bin/media/upload",
        params={"type": "image"},
        files={"media": ("picture.png", png, "image/png")},
    )
    return text_in(ask(request, source=token_source(), refuses={}), "media_id")


def _send_chat(openid: str, kind: str, content: Mapping[str, str]) -> None:
    _send(
        "/cgi-bin/message/custom/send",
        {"touser": openid, "msgtype": kind, kind: content},
        refuses={**_REJECTED, 45015: ChatWindowClosed, 45047: ChatLimitReached},
    )


def _send(path: str, data: Mapping[str, Any], *, refuses: Refusals) -> None:
    request = Request(base_url(), path, data=data, is_message=True)
    ask(request, source=token_source(), refuses=refuses)


def _asked(
    path: str,
    data: Mapping[str, Any],
    *,
    refuses: Refusals | None = None,
    by: float | None = None,
) -> Answer:
    by = by or time.monotonic() + ANSWER_S_MAX
    request = Request(base_url(), path, data=data, by=by)
    return ask(request, source=token_source(), refuses=refuses or {})


def _verdict(answer: Answer) -> Verdict:
    try:
        result = answer["result"]
        return Verdict(Suggestion(result["suggest"]), int(result["label"]))
    except (KeyError, TypeError, ValueError):
        raise Unavailable from None
