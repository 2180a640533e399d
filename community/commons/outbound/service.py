"""Front door: say something to WeChat or WeCom.

Whoever wants something said puts it on the outbound queue, and the sender says it; nothing else in the
community speaks to the outside. What members read is claimed before it is sent: a repeat of the queue
finds the claim and stays silent, also when nobody knows whether the first try arrived. Only where the
platform surely did nothing is the claim given back. What staff read may come twice, but never not.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from chalicelib import aws, clock, crypto, logs
from chalicelib.errors import Refusal, TooMany, Unavailable
from chalicelib.settings import settings
from chalicelib.wechat import client as wechat
from community.commons.outbound import records, senders
from community.commons.outbound.rules import AnyMessage, Message, is_for_members
from community.commons.outbound.senders import Say

_SEALED_FOR = "outbound"
_RETRY_AFTER_S = 60


def enqueue(*messages: Message, delay_s: int = 0) -> None:
    """Have messages said. They are sealed on the queue: they name people."""
    bodies = [crypto.sealed(msgspec.json.encode(m).decode(), about=_SEALED_FOR) for m in messages]
    aws.enqueue(settings().outbound_queue_url, bodies, delay_s=delay_s)


def send(body: str) -> None:
    """Say one message from the queue.

    Refuses: Unavailable — nothing was said; the queue brings it again
             any other — the platform's last word; the message is dropped
    """
    now = clock.utc_now()
    message = msgspec.json.decode(crypto.opened(body, about=_SEALED_FOR), type=AnyMessage)
    kind = type(message).__name__
    try:
        say = senders.SENDERS[type(message)](message, now)
        if say and is_for_members(message):
            _say_once(say, message, now)
        elif say:
            say()
    except TooMany as later:
        enqueue(message, delay_s=later.retry_after_s or _RETRY_AFTER_S)
        return
    except Refusal as refusal:
        logs.metric("outbound_refused", kind=kind, code=refusal.code)
        raise
    logs.metric("outbound_sent", kind=kind)


def _say_once(say: Say, message: Message, now: datetime) -> None:
    # With the token at hand, the time in which a crash would leave a claim and no call is tiny.
    wechat.prepare(now=now)
    if not records.claim(message.message_id, now=now):
        logs.info("message was sent before", kind=type(message).__name__)
        return
    try:
        say()
    except (TooMany, Unavailable):
        records.release(message.message_id)
        raise
