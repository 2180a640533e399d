"""Rows of what was sent, in the platform table.

| pattern                         | key condition                    | units   |
|---------------------------------|----------------------------------|---------|
| claim a message before sending, | put `sent#<message>` if new       | 1 WCU   |
|   or after, if staff read it    |                                  |         |
| was it sent to staff before     | get `sent#<message>`, consistent  | 1 RCU   |
| give it back: surely not sent   | delete                           | 1 WCU   |
| remember a card's response code | put `task#<task>`                 | 1 WCU   |
| the response code of a card     | get `task#<task>`                 | 0.5 RCU |
| the chat card's picture         | get, put `picture#chat_card`      | 0.5 RCU |
| wait for the morning            | put, get `waiting#<message>`      | 1 WCU, 0.5 RCU |
| lines that the group has no    | put, delete `waiting#group` / `<time> <message>` | 1 WCU |
|   room for; the oldest of them  | query, consistent                 | 1 RCU each 4 KB |
| one more in this minute         | update `rate#<api>#<minute>`      | 1 WCU   |
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.tables import Overtaken, Row, dies_at, table_name, unless_overtaken

# A card's response code works for 72 hours and once (source: WeCom, update_template_card). It is kept
# for longer, so that a late decision is not taken for one that overtook its card.
RESPONSE_CODE_KEPT = timedelta(days=90)
# Temporary media live for 3 days; ours is renewed a day before.
PICTURE_USED = timedelta(days=2)
SENT_KEPT = timedelta(days=7)


class SentRow(Row):
    class Meta:
        table_name = table_name("platform")


class TaskRow(Row):
    class Meta:
        table_name = table_name("platform")

    response_code = UnicodeAttribute()


class PictureRow(Row):
    class Meta:
        table_name = table_name("platform")

    media_id = UnicodeAttribute()


class WaitingRow(Row):
    """A message that waits for the morning, sealed as on the queue; or a line that waits for the others."""

    class Meta:
        table_name = table_name("platform")

    sealed = UnicodeAttribute()


class RateRow(Row):
    class Meta:
        table_name = table_name("platform")

    sent = NumberAttribute(default=0)


def claim(message_id: str, *, now: datetime) -> bool:
    """Whether this message is ours to send; False if somebody sent it or tried."""
    row = SentRow(f"sent#{message_id}", "message", ttl=dies_at(now, SENT_KEPT))
    try:
        with unless_overtaken():
            row.save(SentRow.pk.does_not_exist())
    except Overtaken:
        return False
    return True


def is_claimed(message_id: str) -> bool:
    try:
        SentRow.get(f"sent#{message_id}", "message", consistent_read=True)
    except SentRow.DoesNotExist:
        return False
    return True


def release(message_id: str) -> None:
    SentRow(f"sent#{message_id}", "message").delete()


def keep_response_code(task_id: str, response_code: str, *, now: datetime) -> None:
    ttl = dies_at(now, RESPONSE_CODE_KEPT)
    TaskRow(f"task#{task_id}", "card", response_code=response_code, ttl=ttl).save()


def response_code(task_id: str) -> str | None:
    try:
        return TaskRow.get(f"task#{task_id}", "card").response_code
    except TaskRow.DoesNotExist:
        return None


def picture(*, now: datetime) -> str | None:
    """The media id of the picture on chat cards, while it can be used."""
    try:
        row = PictureRow.get("picture#chat_card", "media")
    except PictureRow.DoesNotExist:
        return None
    return row.media_id if row.ttl and row.ttl > now.timestamp() else None


def keep_picture(media_id: str, *, now: datetime) -> None:
    ttl = dies_at(now, PICTURE_USED)
    PictureRow("picture#chat_card", "media", media_id=media_id, ttl=ttl).save()


def count_in_minute(api: str, *, now: datetime, most: int) -> bool:
    """Count one more call in this minute; False if that would be over `most`."""
    row = RateRow(f"rate#{api}#{now:%Y%m%d%H%M}", "minute")
    dies = RateRow.ttl.set(dies_at(now, timedelta(hours=1)))
    room = RateRow.sent.does_not_exist() | (RateRow.sent < most)
    try:
        with unless_overtaken():
            row.update([RateRow.sent.add(1), dies], room)
    except Overtaken:
        return False
    return True


def keep_waiting(message_id: str, sealed: str, *, now: datetime) -> None:
    ttl = dies_at(now, SENT_KEPT)
    WaitingRow(f"waiting#{message_id}", "message", sealed=sealed, ttl=ttl).save()


def waiting(message_id: str) -> str | None:
    try:
        return WaitingRow.get(f"waiting#{message_id}", "message").sealed
    except WaitingRow.DoesNotExist:
        return None


def put_off_line(message_id: str, sealed: str, *, now: datetime) -> None:
    sk = f"{now:%Y-%m-%dT%H:%M:%S.%f} {message_id}"
    WaitingRow("waiting#group", sk, sealed=sealed, ttl=dies_at(now, SENT_KEPT)).save()


def put_off_lines(limit: int) -> list[WaitingRow]:
    """What the group has not heard yet, oldest first."""
    return list(WaitingRow.query("waiting#group", limit=limit, consistent_read=True))


def strike_lines(rows: Sequence[WaitingRow]) -> None:
    for row in rows:
        row.delete()
