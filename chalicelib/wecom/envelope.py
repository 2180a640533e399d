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
    `response_code` may change the card once, within 72 hours. `selected` is what was chosen in the
    card's list, by the list's key; some clients leave out what they did not change.
    """

    userid: str
    task_id: str
    key: str
    response_code: str
    created_at: datetime
    selected: Mapping[str, str] = {}


class ContactChange(msgspec.Struct, frozen=True):
    """A colleague got, changed or lost a contact. What an app of ours changes is not told.

    `kind` is the platform's ChangeType, as in "add_external_contact". `state` is that of the live code by
    which the contact came.
    """

    kind: str
    userid: str
    external_userid: str
    state: str | None
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
        selected=_selected_in(fields),
    )


def contact_change_in(fields: Mapping[str, Any]) -> ContactChange | None:
    """What happened to a contact, if the message tells of that. Refuses: BadEnvelope — half of it

    Source: https://developer.work.weixin.qq.com/document/path/92130
    """
    if fields.get("MsgType") != "event" or fields.get("Event") != "change_external_contact":
        return None
    return ContactChange(
        kind=envelopes.required(fields, "ChangeType"),
        userid=envelopes.required(fields, "UserID"),
        external_userid=envelopes.required(fields, "ExternalUserID"),
        state=fields.get("State") or None,
        created_at=envelopes.created_in(fields),
    )


def _selected_in(fields: Mapping[str, Any]) -> dict[str, str]:
    """The chosen option of each list; of several, the first. What has another form is left out."""
    found: dict[str, str] = {}
    for item in _listed(fields.get("SelectedItems"), "SelectedItem"):
        key = item.get("QuestionKey") if isinstance(item, dict) else None
        chosen = _listed(item.get("OptionIds"), "OptionId") if key else []
        if isinstance(key, str) and chosen and isinstance(chosen[0], str):
            found[key] = chosen[0]
    return found


def _listed(parent: Any, name: str) -> list[Any]:
    """The children of a name: XML with one of them does not tell that there could be more."""
    inner = parent.get(name) if isinstance(parent, dict) else None
    if inner is None:
        return []
    return inner if isinstance(inner, list) else [inner]


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
