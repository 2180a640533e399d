"""Rows of notifications, in the platform table.

| pattern                        | key condition                                        | units            |
|--------------------------------|------------------------------------------------------|------------------|
| what they want to hear         | get `notifications#<member>` / `~desk`                 | 0.5 RCU          |
| tell, once                     | transaction: put `n#<id>` if new + add to the desk    | 4 WCU            |
|   naming somebody              |   the same; gsi1 `named#<who>`                        | 5 WCU            |
| tell what grows: look          | get the desk, `merged#<member>` / `<about>` and what   | 3 RCU            |
|                                |   it points to, all consistent                       |                  |
|   it comes to the top          | transaction: delete and put `n#`, put the pointer,    | 8 WCU + 2 if it names |
|                                |   set the desk                                       |   another        |
|   it grows in place            | transaction: update `n#`, put the pointer             | 4 WCU + 1–2      |
| first page, with unread        | query, newest first: the desk's `~` sorts before      | 1 RCU            |
| further page, with unread      | query + get the desk                                 | 1 + 0.5 RCU      |
| how many came after            | query count `n#` > up_to, 100 at most                 | 1 RCU each 4 KB  |
| read up to; settings           | update the desk, if its count is as seen              | 1 WCU            |
| all, for the member            | query, page by page                                  | 0.5 RCU each 4 KB |
| where somebody is named        | gsi1 query; update each                              | 0.5 RCU each 4 KB + 2–3 WCU |
| move in a merge, forget        | each row: see `moves`                                | 8 WCU, 1 WCU     |
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from pynamodb.expressions.update import Action

from chalicelib import ids, moves
from chalicelib.joins import Kind as Rows
from chalicelib.tables import (
    Overtaken,
    RawRow,
    one_transaction,
    unless_overtaken,
)
from community.commons.audit import service as audit
from community.commons.audit.rules import Entry
from community.commons.notifications import rules
from community.commons.notifications.rows import (
    DESK,
    DeskRow,
    Kept,
    MergedRow,
    NotificationRow,
    as_seen,
    empty_desk,
    merged_partition,
    partition,
    row_of,
)
from community.commons.notifications.rules import (
    UNREAD_COUNTED_MAX,
    Kind,
    Notification,
    Settings,
    Told,
)


def add(
    member_id: str, notification_id: str, kind: Kind, told: Told, *, entry: Entry | None = None
) -> bool:
    """Put a notification and count it, once; False if it was there. `entry` is written down with it."""
    row = row_of(member_id, notification_id, kind, told)
    try:
        with one_transaction() as write:
            write.save(row, condition=NotificationRow.pk.does_not_exist())
            write.update(DeskRow(partition(member_id), DESK), [DeskRow.unread.add(1)])
            if entry:
                audit.note_in(write, entry)
    except Overtaken:
        return False
    return True


def settings_of(desk: DeskRow) -> Settings:
    return msgspec.json.decode(desk.settings, type=Settings) if desk.settings else Settings()


def keep_settings(member_id: str, settings: Settings) -> None:
    text = msgspec.json.encode(settings).decode()
    DeskRow(partition(member_id), DESK).update([DeskRow.settings.set(text)])


def page(member_id: str, *, before: str | None, limit: int) -> tuple[list[Notification], DeskRow]:
    """Notifications older than `before`, newest first, and the desk."""
    if before is None:
        rows = NotificationRow.raw_page(  # two kinds of rows in one read
            partition(member_id), limit=limit + 1, newest_first=True
        )
        desks = [DeskRow.from_raw_data(row) for row in rows if row["sk"]["S"] == DESK]
        found = [_read(row) for row in rows if row["sk"]["S"] != DESK]
        return found[:limit], desks[0] if desks else empty_desk(member_id)
    older = NotificationRow.sk.between("n#", f"n#{before}")
    rows = NotificationRow.raw_page(partition(member_id), older, limit=limit + 1, newest_first=True)
    found = [_read(row) for row in rows]
    return [n for n in found if n.notification_id < before][:limit], desk_of(member_id)


def desk_of(member_id: str, *, as_it_is_now: bool = True) -> DeskRow:
    try:
        return DeskRow.get(partition(member_id), DESK, consistent_read=as_it_is_now)
    except DeskRow.DoesNotExist:
        return empty_desk(member_id)


def count_after(member_id: str, notification_id: str) -> int:
    """How many are newer, up to UNREAD_COUNTED_MAX."""
    newer = NotificationRow.sk.between(f"n#{notification_id}~", "n#~")
    # Not by NotificationRow.count, which goes on behind its limit.
    answer = NotificationRow._get_connection().query(
        partition(member_id),
        newer,
        consistent_read=True,
        limit=UNREAD_COUNTED_MAX,
        select="COUNT",
    )
    return int(answer["Count"])


def read_up_to(desk: DeskRow, notification_id: str, unread: int) -> None:
    """Refuses: Overtaken — something was told or read since the desk was looked at"""
    actions: list[Action] = [
        DeskRow.unread.set(unread),
        DeskRow.read_up_to.set(notification_id),
        DeskRow.reading.add(1),
    ]
    with unless_overtaken():
        DeskRow(desk.pk, desk.sk).update(actions, as_seen(desk))


def all_of(member_id: str) -> tuple[list[Notification], DeskRow]:
    rows = moves.rows(_NOTIFICATIONS, source=partition(member_id))
    return [_notification(row.sk, row.notification) for row in rows], desk_of(member_id)


def move(member_id: str, *, to: str, merge_id: str) -> None:
    for kind, key in _KINDS:
        moves.move(kind, source=key(member_id), target=key(to), mark=merge_id)


def move_back(member_id: str, *, to: str, merge_id: str) -> None:
    for kind, key in _KINDS:
        moves.move_back(kind, source=key(member_id), target=key(to), mark=merge_id)


def forget(member_id: str) -> None:
    for kind, key in _KINDS:
        moves.forget(kind, source=key(member_id))


def _read(row: RawRow) -> Notification:
    return _notification(row["sk"]["S"], row["notification"]["S"])


def _notification(sk: str, text: str) -> Notification:
    kept = msgspec.json.decode(text, type=Kept)
    notification_id = sk.removeprefix("n#")
    return Notification(
        notification_id=notification_id,
        kind=kept.kind,
        title=rules.named(kept.title, kept.who),
        text=rules.named(kept.text, kept.who),
        link=kept.link,
        created_at=ids.time_of(notification_id),
    )


def _both(one: DeskRow, other: DeskRow) -> DeskRow:
    """What is unread on either is unread; the place up to which they read stays, and what they want."""
    one.unread += other.unread
    # Of neither can be said any longer what came since it was read last: that goes by the place.
    one.reading = max(int(one.reading or 0), int(other.reading or 0)) + 1
    one.settings = one.settings or other.settings
    return one


def _without(both: DeskRow, one: DeskRow) -> DeskRow:
    both.unread = max(0, both.unread - one.unread)
    return both


_NOTIFICATIONS = Rows(row=NotificationRow, starting="n#")
_DESKS = Rows(row=DeskRow, starting=DESK, joined=_both, parted=_without)
_MERGED = Rows(row=MergedRow, starting="")
_KINDS: tuple[tuple[Rows[Any], Callable[[str], str]], ...] = (
    (_NOTIFICATIONS, partition),
    (_MERGED, merged_partition),
    (_DESKS, partition),
)
