"""What WeChat pushes of the mini program: the chat, what people took back, what it thinks of pictures.

No store of nonces is kept here: a replayed envelope has the same `digest` as the first one, and the
inbox remembers digests for far longer than an envelope may age.
Source: https://developers.weixin.qq.com/miniprogram/dev/framework/server-ability/message-push.html,
.../server/event_push/platform/authorized_user_information_changes,
.../server/API/sec-center/sec-check/api_mediacheckasync, 2026-06
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import Enum, IntEnum
from typing import Any, Literal

import msgspec

from chalicelib import envelopes
from chalicelib.envelopes import BadEnvelope, Lock, Message
from chalicelib.settings import secrets, settings


class ChatText(msgspec.Struct, frozen=True):
    """A person wrote a text."""

    openid: str
    text: str
    created_at: datetime


class ChatOther(msgspec.Struct, frozen=True):
    """A person sent something that is not text. `kind` is the platform's msgtype, as in "image"."""

    openid: str
    kind: str
    created_at: datetime


class ChatEntered(msgspec.Struct, frozen=True):
    """A person opened the chat: two messages may be sent within a minute."""

    openid: str
    created_at: datetime


class PrivacyNews(Enum):
    """What became of what a person had let us have."""

    MODIFIED = "user_info_modified"
    REVOKED = "user_authorization_revoke"
    CANCELLED = "user_authorization_cancellation"


class Revocable(IntEnum):
    """What a person can take back, as far as we may hold it."""

    PLATE_NUMBER = 1
    ADDRESS = 2
    NICKNAME_AND_AVATAR = 6
    CAMERA = 7
    PHONE = 8
    LOCATION = 13
    PICTURES = 14
    FILES = 15
    EMAIL = 16
    PICKED_LOCATION = 18
    NICKNAME = 19
    AVATAR = 20


class PrivacyNotice(msgspec.Struct, frozen=True):
    """WeChat tells what a person took back (REVOKED: `revoked`), had cleaned, or that the account is gone.

    `revoked` are the platform's codes as they came; `Revocable` names those that concern us.
    """

    openid: str
    unionid: str | None
    news: PrivacyNews
    revoked: frozenset[int]
    created_at: datetime


class PictureVerdict(msgspec.Struct, frozen=True):
    """What the platform thinks of a picture that it was asked about; `failed`: it could not look at it."""

    trace_id: str
    said: Literal["pass", "review", "risky", "failed"]


def echo(query: Mapping[str, str], *, now: datetime) -> str:
    """The answer to the check of our URL: its `echostr`, which is plaintext in safe mode too.

    Refuses: BadEnvelope
    """
    _check_plain_signature(query, now=now)
    return envelopes.required(query, "echostr")


def opened(query: Mapping[str, str], body: bytes, *, now: datetime) -> Message:
    """A message that WeChat pushed. What stands beside `Encrypt` (compat mode) is never read.

    In push mode "safe" nothing but a sealed message is opened. In "plain" the platform signs only
    time and nonce, not the body; sealed messages are opened as well, so that a stage can change over.
    Refuses: BadEnvelope
    """
    envelopes.check_size(body)
    if settings().wechat_push_mode == "plain" and query.get("encrypt_type") != "aes":
        _check_plain_signature(query, now=now)
        return envelopes.message_in(body)
    if "msg_signature" not in query:
        raise BadEnvelope("not_sealed")
    _, outer = envelopes.fields_in(body)
    encrypted = envelopes.required(outer, "Encrypt")
    return envelopes.message_in(envelopes.unsealed(encrypted, query, _lock(), now=now))


def chat_in(fields: Mapping[str, Any]) -> ChatText | ChatOther | ChatEntered | None:
    """What somebody did in the chat; None for events that are not about the chat.

    Refuses: BadEnvelope — a message without sender or type
    """
    kind = envelopes.required(fields, "MsgType").lower()
    openid = envelopes.required(fields, "FromUserName")
    created_at = envelopes.created_in(fields)
    if kind == "text":
        return ChatText(openid, str(fields.get("Content") or ""), created_at)
    if kind != "event":
        return ChatOther(openid, kind, created_at)
    if fields.get("Event") == "user_enter_tempsession":
        return ChatEntered(openid, created_at)
    return None


def privacy_notice_in(fields: Mapping[str, Any]) -> PrivacyNotice | None:
    """What somebody took back, if the message tells of that. The sender is the platform, not the person.

    Refuses: BadEnvelope — it is about nobody, or about another mini program
    """
    if str(fields.get("MsgType")).lower() != "event":
        return None
    try:
        news = PrivacyNews(fields.get("Event"))
    except ValueError:
        return None
    if envelopes.required(fields, "AppID") != settings().wechat_appid:
        raise BadEnvelope("receiver")
    return PrivacyNotice(
        openid=envelopes.required(fields, "OpenID"),
        unionid=str(fields.get("UnionID") or "") or None,
        news=news,
        revoked=frozenset(map(int, re.findall(r"\d+", str(fields.get("RevokeInfo") or "")))),
        created_at=envelopes.created_in(fields),
    )


def picture_verdict_in(fields: Mapping[str, Any]) -> PictureVerdict | None:
    """What the platform thinks of a picture, if the message tells of that.

    Numbers come as texts, and what should be there is left out; the first version of the API said it in
    other words. What we do not understand is for a person to decide.
    Refuses: BadEnvelope — it is about no question, or about another mini program
    """
    if (str(fields.get("MsgType")).lower(), fields.get("Event")) != ("event", "wxa_media_check"):
        return None
    if envelopes.required(fields, "appid") != settings().wechat_appid:
        raise BadEnvelope("receiver")
    return PictureVerdict(envelopes.required(fields, "trace_id"), _said_in(fields))


def _said_in(fields: Mapping[str, Any]) -> Literal["pass", "review", "risky", "failed"]:
    if str(fields.get("errcode") or fields.get("status_code") or 0) != "0":
        return "failed"
    if "isrisky" in fields:
        return "risky" if str(fields["isrisky"]) == "1" else "pass"
    result = fields.get("result")
    match result.get("suggest") if isinstance(result, Mapping) else None:
        case "pass":
            return "pass"
        case "risky":
            return "risky"
    return "review"


def _check_plain_signature(query: Mapping[str, str], *, now: datetime) -> None:
    timestamp, nonce = envelopes.required(query, "timestamp"), envelopes.required(query, "nonce")
    token = secrets().wechat_push_token
    envelopes.check_signature(envelopes.required(query, "signature"), token, timestamp, nonce)
    envelopes.check_age(timestamp, now=now)


def _lock() -> Lock:
    known = secrets()
    key = envelopes.aes_key_from(known.wechat_push_aes_key, name="wechat_push_aes_key")
    return Lock(known.wechat_push_token, key, settings().wechat_appid)
