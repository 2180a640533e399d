"""What WeCom pushes to our app there: opened, read, and answered on the spot.

No store of nonces is kept here: a replayed envelope has the same `digest` as the first one, and the
inbox remembers digests for far longer than an envelope may age.
Source: https://developer.work.weixin.qq.com/document/path/90930 (envelope), 90240 (events), 90241 (replies)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from chalicelib import envelopes
from chalicelib.envelopes import BadEnvelope, Lock, Message
from chalicelib.settings import secrets, settings


class CardPress(msgspec.Struct, frozen=True):
    """A colleague pressed a button of a card.

    `task_id` and `key` are what the card was made with: hints of what is meant, not a permission.
    `response_code` may change the card once, within 72 hours.
    """

    userid: str
    task_id: str
    key: str
    response_code: str
    created_at: datetime


def echo(query: Mapping[str, str], *, now: datetime) -> str:
    """The answer to the check of our URL: its `echostr`, decrypted. Due within a second.

    Refuses: BadEnvelope
    """
    plain = envelopes.unsealed(envelopes.required(query, "echostr"), query, _lock(), now=now)
    # Who caught a message on its way could send it as an `echostr` and be told what it says.
    if plain.lstrip().startswith((b"<", b"{")):
        raise BadEnvelope("malformed")
    return plain.decode("utf-8", "replace")


def opened(query: Mapping[str, str], body: bytes, *, now: datetime) -> Message:
    """A message that WeCom pushed. Refuses: BadEnvelope"""
    envelopes.check_size(body)
    _, outer = envelopes.fields_in(body)
    encrypted = envelopes.required(outer, "Encrypt")
    return envelopes.message_in(envelopes.unsealed(encrypted, query, _lock(), now=now))


def card_press_in(fields: Mapping[str, Any]) -> CardPress | None:
    """The press of a card's button, if the message is one. Refuses: BadEnvelope — half of one"""
    if fields.get("MsgType") != "event" or fields.get("Event") != "template_card_event":
        return None
    return CardPress(
        userid=envelopes.required(fields, "FromUserName"),
        task_id=envelopes.required(fields, "TaskId"),
        key=envelopes.required(fields, "EventKey"),
        response_code=envelopes.required(fields, "ResponseCode"),
        created_at=envelopes.created_in(fields),
    )


def update_button_reply(press: CardPress, *, replace_name: str, now: datetime) -> str:
    """The reply that turns the buttons of the pressed card into one text, for who pressed it."""
    return (
        f"<xml><ToUserName>{envelopes.xml_text(press.userid)}</ToUserName>"
        f"<FromUserName>{envelopes.xml_text(settings().wecom_corpid)}</FromUserName>"
        f"<CreateTime>{int(now.timestamp())}</CreateTime>"
        "<MsgType>update_button</MsgType>"
        f"<Button><ReplaceName>{envelopes.xml_text(replace_name)}</ReplaceName></Button></xml>"
    )


def sealed_reply(plain_xml: str, *, now: datetime, nonce: str) -> str:
    """A reply in its envelope."""
    return envelopes.sealed(plain_xml, _lock(), form="xml", now=now, nonce=nonce)


def _lock() -> Lock:
    known = secrets()
    key = envelopes.aes_key_from(known.wecom_push_aes_key, name="wecom_push_aes_key")
    return Lock(known.wecom_push_token, key, settings().wecom_corpid)
