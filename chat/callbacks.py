"""Where WeChat and WeCom push messages: open the envelope, take it in once, answer in time.

What must answer on the spot (the check of our URL, a pressed card) is handled here; everything else
goes on the inbox queue. The platform pushes again what was not answered with 200, and the minute tick
queues again what was taken in and not handled: a crash between any two lines loses nothing.
"""

from __future__ import annotations

import secrets as randomness
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from chalicelib import inbox, logs
from chalicelib.envelopes import BadEnvelope
from chalicelib.http import Answer, Call, Door, Incoming, Who
from chalicelib.wechat import envelope as wechat_envelope
from chalicelib.wecom import envelope as wecom_envelope
from chalicelib.wecom.envelope import CardPress
from chat import card_actions

door = Door("chat")

WECHAT = "wechat"
WECOM = "wecom"
PushCall = Call[None, Incoming, None]

_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
_XML = {"Content-Type": "application/xml; charset=utf-8"}
_TAKEN = Answer(200, "success", _PLAIN)
_NOTHING_TO_SAY = Answer(200, "", _PLAIN)


@door.route("GET", "/callbacks/wechat", who=Who.ANYONE, takes=Incoming, gives=Answer)
def check_wechat(call: PushCall) -> Answer:
    """WeChat checks that this address is ours."""
    with _refusals_counted(WECHAT):
        return Answer(200, wechat_envelope.echo(call.body.query, now=call.now), _PLAIN)


@door.route("GET", "/callbacks/wecom", who=Who.ANYONE, takes=Incoming, gives=Answer)
def check_wecom(call: PushCall) -> Answer:
    """WeCom checks that this address is ours, and waits a second for the answer."""
    with _refusals_counted(WECOM):
        return Answer(200, wecom_envelope.echo(call.body.query, now=call.now), _PLAIN)


@door.route("POST", "/callbacks/wechat", who=Who.ANYONE, takes=Incoming, gives=Answer)
def push_wechat(call: PushCall) -> Answer:
    """A message or event of the mini program. It is answered later, in the chat."""
    with _refusals_counted(WECHAT):
        message = wechat_envelope.opened(call.body.query, call.body.body, now=call.now)
    item = inbox.take(WECHAT, message.digest, message.fields, now=call.now)
    if not item.handled:
        inbox.enqueue(item)
    return _TAKEN


@door.route("POST", "/callbacks/wecom", who=Who.ANYONE, takes=Incoming, gives=Answer)
def push_wecom(call: PushCall) -> Answer:
    """A message or event of our app in WeCom. A pressed card is answered with its new look."""
    with _refusals_counted(WECOM):
        message = wecom_envelope.opened(call.body.query, call.body.body, now=call.now)
        press = wecom_envelope.card_press_in(message.fields)
    item = inbox.take(WECOM, message.digest, message.fields, now=call.now)
    if press is None:
        if not item.handled:
            inbox.enqueue(item)
        return _NOTHING_TO_SAY
    words = item.reply if item.handled else card_actions.words_after(press, now=call.now)
    if not item.handled:
        inbox.mark_handled(item, reply=words, now=call.now)
    return _new_look(press, words, now=call.now) if words else _NOTHING_TO_SAY


def _new_look(press: CardPress, words: str, *, now: datetime) -> Answer:
    reply = wecom_envelope.update_button_reply(press, replace_name=words, now=now)
    sealed = wecom_envelope.sealed_reply(reply, now=now, nonce=randomness.token_hex(8))
    return Answer(200, sealed, _XML)


@contextmanager
def _refusals_counted(source: str) -> Iterator[None]:
    try:
        yield
    except BadEnvelope as bad:
        logs.metric("callback_refused", source=source, reason=bad.reason)
        raise
