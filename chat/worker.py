"""Handles what was taken in and queued: each message once, whatever the queue repeats."""

from __future__ import annotations

from datetime import datetime

from chalicelib import clock, inbox
from chalicelib.errors import Refusal, Unavailable
from chalicelib.inbox import Item
from chalicelib.wechat import envelope
from chalicelib.wechat.envelope import ChatOther, ChatText
from chalicelib.wecom import envelope as wecom_envelope
from chat import privacy_events
from chat.callbacks import WECHAT
from chat.card_actions import words_after
from chat.intents import Line, answer_to
from community.commons.outbound import service as outbound
from community.commons.outbound.rules import ChatCard, InOrder
from community.commons.outbound.rules import ChatText as ChatTextOut
from community.commons.safety import service as safety
from community.people.contacts import service as contacts
from community.people.members import service as members


def work(inbox_id: str) -> None:
    """Handle one message of the inbox. Safe to repeat: the answers have ids of their own."""
    now = clock.utc_now()
    item = inbox.opened(inbox_id)
    if item.handled:
        return
    words = None
    try:
        if inbox_id.startswith(f"{WECHAT}#"):
            _hear(item, now)
        else:
            words = _notice(item, now)
    except Unavailable:
        raise
    except Refusal:
        # The last word about it: the sweep need not bring it again.
        inbox.mark_handled(item, now=now)
        raise
    inbox.mark_handled(item, reply=words, now=now)


def _notice(item: Item, now: datetime) -> str | None:
    """A pressed card comes here only if nobody could answer it on the spot: it counts all the same."""
    if change := wecom_envelope.contact_change_in(item.fields):
        contacts.follow(change, now=now)
        return None
    press = wecom_envelope.card_press_in(item.fields)
    return words_after(press, now=now) if press else None


def _hear(item: Item, now: datetime) -> None:
    if notice := envelope.privacy_notice_in(item.fields):
        privacy_events.take_in(notice, now=now)
    elif verdict := envelope.picture_verdict_in(item.fields):
        safety.hear(verdict, now=now)
    else:
        _answer(item, now)


def _answer(item: Item, now: datetime) -> None:
    said = envelope.chat_in(item.fields)
    if not isinstance(said, ChatText | ChatOther):
        return
    text = said.text if isinstance(said, ChatText) else ""
    lines = answer_to(text, members.with_openid(said.openid), now=now)
    messages = tuple(_message(item, number, said.openid, line) for number, line in enumerate(lines))
    outbound.enqueue(InOrder(message_id=f"answer {item.inbox_id}", parts=messages))


def _message(item: Item, number: int, openid: str, line: Line) -> ChatCard | ChatTextOut:
    message_id = f"answer {item.inbox_id} {number}"
    if line.page is None:
        return ChatTextOut(message_id=message_id, openid=openid, text=line.text)
    return ChatCard(message_id=message_id, openid=openid, title=line.text, page=line.page)
