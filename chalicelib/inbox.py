"""Messages that platforms pushed to us: each is taken in once and kept until it is handled.

| pattern                    | key condition                             | units                  |
|----------------------------|-------------------------------------------|------------------------|
| take in a message          | put `inbox#<source>#<digest>` if new       | 1 WCU                  |
| a repeat: was it handled?  | get `inbox#<source>#<digest>`, consistent  | 1 RCU                  |
| open it in the worker      | get `inbox#<source>#<digest>`              | 0.5–1 RCU              |
| mark it handled            | update                                    | 1–2 WCU                |
| what waits since a minute  | gsi1 `inbox#waiting`, gsi1sk < a minute ago | 0.5 RCU + 3 WCU each  |

The row outlives the age at which an envelope is refused, so a replayed envelope finds the row of the
first one and does nothing twice: no store of nonces is needed beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib import aws, crypto, logs
from chalicelib.errors import NotFound
from chalicelib.settings import settings
from chalicelib.tables import Overtaken, Row, dies_at, table_name, unless_overtaken

KEPT = timedelta(days=3)
WAITS_AT_MOST = timedelta(minutes=1)
SWEPT_AT_ONCE_MAX = 100
SWEEPS_MAX = 5


class InboxRow(Row):
    class Meta:
        table_name = table_name("platform")

    message = UnicodeAttribute(null=True)
    reply = UnicodeAttribute(null=True)
    taken_at = UnicodeAttribute()
    handled_at = UnicodeAttribute(null=True)
    sweeps = NumberAttribute(default=0)


class Item(msgspec.Struct, frozen=True):
    """One message, as the platform sent it. `reply` is what was answered, once handled."""

    inbox_id: str
    fields: Mapping[str, Any]
    taken_at: datetime
    handled: bool
    reply: str | None


def take(source: str, digest: str, fields: Mapping[str, Any], *, now: datetime) -> Item:
    """Keep a message that came in; a repeat gives the row of the first one."""
    inbox_id = f"{source}#{digest}"
    row = InboxRow(
        f"inbox#{inbox_id}",
        "message",
        message=crypto.sealed(msgspec.json.encode(fields).decode(), about=inbox_id),
        taken_at=now.isoformat(),
        gsi1pk="inbox#waiting",
        gsi1sk=now.isoformat(),
        ttl=dies_at(now, KEPT),
    )
    try:
        with unless_overtaken():
            row.save(InboxRow.pk.does_not_exist())
    except Overtaken:
        logs.metric("callback_repeated", source=source)
        return opened(inbox_id)
    return Item(inbox_id, fields, now, handled=False, reply=None)


def enqueue(item: Item) -> None:
    """Let the worker handle it. Refuses: Unavailable — the platform will push it again."""
    aws.enqueue(settings().inbox_queue_url, [item.inbox_id])


def opened(inbox_id: str) -> Item:
    """The kept message. Refuses: NotFound — it is past its days."""
    row = _row(inbox_id)
    assert row.message
    return Item(
        inbox_id,
        msgspec.json.decode(crypto.opened(row.message, about=inbox_id)),
        datetime.fromisoformat(row.taken_at),
        handled=row.handled_at is not None,
        reply=row.reply,
    )


def mark_handled(item: Item, *, reply: str | None = None, now: datetime) -> None:
    """Nobody needs to look at it again; a repeat gets the same reply."""
    row = InboxRow(f"inbox#{item.inbox_id}", "message")
    actions: list[Action] = [
        InboxRow.handled_at.set(now.isoformat()),
        InboxRow.gsi1pk.remove(),
        InboxRow.gsi1sk.remove(),
    ]
    if reply is not None:
        actions.append(InboxRow.reply.set(reply))
    row.update(actions)


def sweep(*, now: datetime) -> int:
    """Queue again what was taken in more than a minute ago and is not handled: nothing is lost.

    What was swept waits at the end of the line, so that the next sweep finds others; what was swept
    again and again fails each time and waits in the dead-letter queue for somebody to look at it.
    """
    late = (now - WAITS_AT_MOST).astimezone(UTC).isoformat()
    rows = InboxRow.gsi1.query("inbox#waiting", InboxRow.gsi1sk < late, limit=SWEPT_AT_ONCE_MAX)
    waiting = list(rows)
    aws.enqueue(settings().inbox_queue_url, [row.pk.removeprefix("inbox#") for row in waiting])
    for row in waiting:
        _note_swept(row, now)
    return len(waiting)


def _note_swept(row: InboxRow, now: datetime) -> None:
    sweeps = int(row.sweeps) + 1
    actions: list[Action] = [InboxRow.sweeps.set(sweeps), InboxRow.gsi1sk.set(now.isoformat())]
    if sweeps >= SWEEPS_MAX:
        logs.metric("inbox_given_up")
        actions = [InboxRow.gsi1pk.remove(), InboxRow.gsi1sk.remove()]
    with suppress(Overtaken), unless_overtaken():
        InboxRow(row.pk, row.sk).update(actions, InboxRow.handled_at.does_not_exist())


def _row(inbox_id: str) -> InboxRow:
    try:
        return InboxRow.get(f"inbox#{inbox_id}", "message", consistent_read=True)
    except InboxRow.DoesNotExist as missing:
        raise NotFound from missing
