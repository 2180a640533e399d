"""Rows of notifications, in the platform table.

| pattern                        | key condition                                        | units            |
|--------------------------------|------------------------------------------------------|------------------|
| tell, once                     | transaction: put `n#<id>` if new + add to the desk    | 4 WCU            |
| first page, with unread        | query, newest first: the desk's `~` sorts before      | 1 RCU            |
| further page, with unread      | query + get the desk                                 | 1 + 0.5 RCU      |
| how many came after            | query count `n#` > up_to, 100 at most                 | 1 RCU each 4 KB  |
| read up to                     | update the desk, if its count is as seen              | 1 WCU            |
| all, for the member            | query, page by page                                  | 0.5 RCU each 4 KB |
| move in a merge, forget        | each row: see `moves`                                | 8 WCU, 1 WCU     |
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib import ids, moves
from chalicelib.joins import Kind as Rows
from chalicelib.tables import (
    Overtaken,
    RawRow,
    Row,
    dies_at,
    one_transaction,
    table_name,
    unless_overtaken,
)
from community.commons.notifications.rules import UNREAD_COUNTED_MAX, Kind, Notification

KEPT = timedelta(days=180)
_DESK = "~desk"


class NotificationRow(Row):
    class Meta:
        table_name = table_name("platform")

    notification = UnicodeAttribute()


class _Kept(msgspec.Struct, array_like=True):
    """What a notification's key does not say: without names, so that a page of 20 fits in 8 KB."""

    kind: Kind
    title: str
    text: str
    link: str | None


class DeskRow(Row):
    """One per member: how many are unread, and up to where they read."""

    class Meta:
        table_name = table_name("platform")

    unread = NumberAttribute(default=0)
    read_up_to = UnicodeAttribute(null=True)


def add(member_id: str, notification: Notification, *, now: datetime) -> bool:
    """Put a notification and count it, once; False if it was there."""
    row = NotificationRow(
        _partition(member_id),
        f"n#{notification.notification_id}",
        notification=_text(notification),
        ttl=dies_at(now, KEPT),
    )
    try:
        with one_transaction() as write:
            write.save(row, condition=NotificationRow.pk.does_not_exist())
            write.update(DeskRow(_partition(member_id), _DESK), [DeskRow.unread.add(1)])
    except Overtaken:
        return False
    return True


def page(member_id: str, *, before: str | None, limit: int) -> tuple[list[Notification], DeskRow]:
    """Notifications older than `before`, newest first, and the desk."""
    if before is None:
        rows = NotificationRow.raw_page(  # two kinds of rows in one read
            _partition(member_id), limit=limit + 1, newest_first=True
        )
        desks = [DeskRow.from_raw_data(row) for row in rows if row["sk"]["S"] == _DESK]
        found = [_read(row) for row in rows if row["sk"]["S"] != _DESK]
        return found[:limit], desks[0] if desks else _empty_desk(member_id)
    older = NotificationRow.sk.between("n#", f"n#{before}")
    rows = NotificationRow.raw_page(
        _partition(member_id), older, limit=limit + 1, newest_first=True
    )
    found = [_read(row) for row in rows]
    return [n for n in found if n.notification_id < before][:limit], desk_of(member_id)


def desk_of(member_id: str) -> DeskRow:
    try:
        return DeskRow.get(_partition(member_id), _DESK, consistent_read=True)
    except DeskRow.DoesNotExist:
        return _empty_desk(member_id)


def count_after(member_id: str, notification_id: str) -> int:
    """How many are newer, up to UNREAD_COUNTED_MAX."""
    newer = NotificationRow.sk.between(f"n#{notification_id}~", "n#~")
    # Not by NotificationRow.count, which goes on behind its limit.
    answer = NotificationRow._get_connection().query(
        _partition(member_id),
        newer,
        consistent_read=True,
        limit=UNREAD_COUNTED_MAX,
        select="COUNT",
    )
    return int(answer["Count"])


def read_up_to(desk: DeskRow, notification_id: str, unread: int) -> None:
    """Refuses: Overtaken — something was told or read since the desk was looked at"""
    as_seen = DeskRow.unread == desk.unread
    if not desk.unread:
        as_seen |= DeskRow.unread.does_not_exist()
    with unless_overtaken():
        DeskRow(desk.pk, desk.sk).update(
            [DeskRow.unread.set(unread), DeskRow.read_up_to.set(notification_id)], as_seen
        )


def all_of(member_id: str) -> tuple[list[Notification], DeskRow]:
    rows = moves.rows(_NOTIFICATIONS, source=_partition(member_id))
    return [_notification(row.sk, row.notification) for row in rows], desk_of(member_id)


def move(member_id: str, *, to: str, merge_id: str) -> None:
    source, target = _partition(member_id), _partition(to)
    moves.move(_NOTIFICATIONS, source=source, target=target, mark=merge_id)
    moves.move(_DESKS, source=source, target=target, mark=merge_id)


def move_back(member_id: str, *, to: str, merge_id: str) -> None:
    source, target = _partition(member_id), _partition(to)
    moves.move_back(_NOTIFICATIONS, source=source, target=target, mark=merge_id)
    moves.move_back(_DESKS, source=source, target=target, mark=merge_id)


def forget(member_id: str) -> None:
    moves.forget(_NOTIFICATIONS, source=_partition(member_id))
    moves.forget(_DESKS, source=_partition(member_id))


def _partition(member_id: str) -> str:
    return f"notifications#{member_id}"


def _empty_desk(member_id: str) -> DeskRow:
    return DeskRow(_partition(member_id), _DESK, unread=0)


def _text(notification: Notification) -> str:
    kept = _Kept(notification.kind, notification.title, notification.text, notification.link)
    return msgspec.json.encode(kept).decode()


def _read(row: RawRow) -> Notification:
    return _notification(row["sk"]["S"], row["notification"]["S"])


def _notification(sk: str, text: str) -> Notification:
    kept = msgspec.json.decode(text, type=_Kept)
    notification_id = sk.removeprefix("n#")
    return Notification(
        notification_id=notification_id,
        kind=kept.kind,
        title=kept.title,
        text=kept.text,
        link=kept.link,
        created_at=ids.time_of(notification_id),
    )


def _both(one: DeskRow, other: DeskRow) -> DeskRow:
    """What is unread on either is unread; the place up to which they read stays."""
    one.unread += other.unread
    return one


def _without(both: DeskRow, one: DeskRow) -> DeskRow:
    both.unread = max(0, both.unread - one.unread)
    return both


_NOTIFICATIONS = Rows(row=NotificationRow, starting="n#")
_DESKS = Rows(row=DeskRow, starting=_DESK, joined=_both, parted=_without)
