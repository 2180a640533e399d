"""Front door: say something to WeChat or WeCom.

Whoever wants something said puts it on the outbound queue, and the sender says it; nothing else in the
community speaks to the outside. What members read is claimed before it is sent: a repeat of the queue
finds the claim and stays silent, also when nobody knows whether the first try arrived. Only where the
platform surely did nothing is the claim given back. What staff read is claimed after it was sent: it
may come twice after a crash, but never not.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from chalicelib import aws, clock, crypto, logs
from chalicelib.errors import Refusal, TooMany, Unavailable
from chalicelib.settings import settings
from chalicelib.wechat import client as wechat
from community.commons.agenda import service as agenda
from community.commons.notifications import rules as notification_rules
from community.commons.notifications import service as notifications
from community.commons.outbound import records, senders
from community.commons.outbound.rules import (
    AnyMessage,
    GroupLines,
    Message,
    ServiceNotice,
    is_for_members,
    parts_of,
)
from community.commons.subscriptions.rules import FORMS
from community.facts import GroupLinesDue, NoticeDue

_SEALED_FOR = "outbound"


def enqueue(*messages: Message, delay_s: int = 0) -> None:
    """Have messages said. They are sealed on the queue: they name people."""
    bodies = [_sealed(message) for message in messages]
    aws.enqueue(settings().outbound_queue_url, bodies, delay_s=delay_s)


def send_waited(fact: NoticeDue) -> None:
    """What waited for the end of somebody's quiet hours is said. Refuses: Unavailable"""
    if sealed := records.waiting(fact.message_id):
        notice = msgspec.json.decode(crypto.opened(sealed, about=_SEALED_FOR), type=ServiceNotice)
        enqueue(msgspec.structs.replace(notice, member_id=fact.member_id))


def tell_group(fact: GroupLinesDue) -> None:
    """What was too much for the group a minute ago is told together. Refuses: Unavailable"""
    enqueue(GroupLines(message_id=f"{fact.fact_id} {fact.at:%S.%f}"))


def send(body: str) -> None:
    """Say one message from the queue.

    What is too much now is said again later; where only the person can change that (the limit of a
    chat, which says no time), it is the platform's last word.
    Refuses: Unavailable — nothing was said; the queue brings it again
             any other — the platform's last word; the message is dropped
    """
    now = clock.utc_now()
    message = msgspec.json.decode(crypto.opened(body, about=_SEALED_FOR), type=AnyMessage)
    refused: Refusal | None = None
    for part in parts_of(message):
        kind = type(part).__name__
        try:
            _say(part, now)
        except Refusal as refusal:
            if isinstance(refusal, TooMany) and refusal.retry_after_s:
                enqueue(message, delay_s=refusal.retry_after_s)
                return
            logs.metric("outbound_refused", kind=kind, code=refusal.code)
            if isinstance(refusal, Unavailable):
                raise
            refused = refusal  # A text that is refused must not keep its card from coming.
        else:
            logs.metric("outbound_sent", kind=kind)
    if refused:
        raise refused


def _say(message: Message, now: datetime) -> None:
    if is_for_members(message):
        _say_at_most_once(message, now)
    else:
        _say_at_least_once(message, now)


def _say_at_least_once(message: Message, now: datetime) -> None:
    if records.is_claimed(message.message_id):
        logs.info("message was sent before", kind=type(message).__name__)
    elif say := senders.SENDERS[type(message)](message, now):
        say()
        records.claim(message.message_id, now=now)


def _say_at_most_once(message: Message, now: datetime) -> None:
    say = senders.SENDERS[type(message)](message, now)
    if say is None:
        return
    if isinstance(message, ServiceNotice) and not _is_time_for(message, now):
        return
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


def _is_time_for(notice: ServiceNotice, now: datetime) -> bool:
    """Whether the member wants to hear of it, and now; in their quiet hours it waits for the morning."""
    wanted = notifications.settings_of(notice.member_id)
    kind = FORMS[notice.template].kind
    if not notification_rules.is_wanted_in_wechat(wanted, kind):
        return False
    morning = notification_rules.quiet_until(wanted, kind, now)
    if morning is None:
        return True
    due = NoticeDue(
        fact_id=f"{notice.message_id}.due",
        at=morning,
        member_id=notice.member_id,
        message_id=notice.message_id,
    )
    records.keep_waiting(notice.message_id, _sealed(notice), now=now)
    agenda.put(due)
    return False


def _sealed(message: Message) -> str:
    return crypto.sealed(msgspec.json.encode(message).decode(), about=_SEALED_FOR)
