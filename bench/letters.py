"""Sealed pushes of WeChat and WeCom, as their servers make them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from chalicelib import envelopes
from chalicelib.envelopes import Lock
from chalicelib.settings import settings
from local.placeholders import SECRETS

_numbers = count(1)


@dataclass(frozen=True)
class Push:
    """One push as it arrives; `inbox_id` is what it becomes."""

    route: str
    query: Mapping[str, str]
    body: str
    inbox_id: str


def chat_text(text: str, *, now: datetime) -> Push:
    """A member writes in the mini program's chat."""
    fields = {
        "ToUserName": "gh_0123456789ab",
        "FromUserName": "openid-of-reader",
        "CreateTime": int(now.timestamp()),
        "MsgType": "text",
        "Content": text,
        "MsgId": next(_numbers),
    }
    return _sealed("wechat", json.dumps(fields, ensure_ascii=False), now)


def card_press(task_id: str, key: str, *, now: datetime) -> Push:
    """A moderator presses a button of a card."""
    fields = {
        "ToUserName": settings().wecom_corpid,
        "FromUserName": "zhangsan",
        "CreateTime": int(now.timestamp()),
        "MsgType": "event",
        "Event": "template_card_event",
        "EventKey": key,
        "TaskId": task_id,
        "ResponseCode": f"response-{next(_numbers)}",
        "AgentID": settings().wecom_agentid,
    }
    lines = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    return _sealed("wecom", f"<xml>{lines}</xml>", now)


def url_check(text: str, *, now: datetime) -> Mapping[str, str]:
    """The query with which WeCom checks an address: `text` is what it wants to hear."""
    sealed = _envelope("wecom", text, now)
    return {**_query(sealed), "echostr": sealed["Encrypt"]}


def _sealed(source: str, plain: str, now: datetime) -> Push:
    sealed = _envelope(source, plain, now)
    body = json.dumps({"ToUserName": "gh_0123456789ab", "Encrypt": sealed["Encrypt"]})
    digest = hashlib.sha256(plain.encode()).hexdigest()
    return Push(f"/callbacks/{source}", _query(sealed), body, f"{source}#{digest}")


def _envelope(source: str, plain: str, now: datetime) -> dict[str, str]:
    envelope: dict[str, str] = json.loads(
        envelopes.sealed(plain, _lock(source), form="json", now=now, nonce="a1b2c3d4")
    )
    return envelope


def _query(envelope: Mapping[str, str]) -> dict[str, str]:
    return {
        "msg_signature": envelope["MsgSignature"],
        "timestamp": str(envelope["TimeStamp"]),
        "nonce": envelope["Nonce"],
    }


def _lock(source: str) -> Lock:
    receiver_id = {"wechat": settings().wechat_appid, "wecom": settings().wecom_corpid}[source]
    name = f"{source}_push_aes_key"
    key = envelopes.aes_key_from(SECRETS[name], name=name)
    return Lock(SECRETS[f"{source}_push_token"], key, receiver_id)
