"""Rows of notifications, and how they are read and written. See `records`."""

from __future__ import annotations

from datetime import timedelta

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib import ids
from chalicelib.tables import Row, dies_at, table_name
from community.commons.notifications.rules import Kind, Told

KEPT = timedelta(days=180)
DESK = "~desk"
NAMED = "named#"


class NotificationRow(Row):
    """`named_by`: the merges by which whom it names became another, the last one last."""

    class Meta:
        table_name = table_name("platform")

    notification = UnicodeAttribute()
    named_by = UnicodeAttribute(null=True)


class Kept(msgspec.Struct, array_like=True):
    """What a notification's key does not say: without names, so that a page of 20 fits in 8 KB."""

    kind: Kind
    title: str
    text: str
    link: str | None
    who: str | None = None


class DeskRow(Row):
    """One per member: how many are unread, up to where they read, and what they want to hear.

    `reading` counts how often they read, `version` how often something went or came to the top.
    """

    class Meta:
        table_name = table_name("platform")

    unread = NumberAttribute(default=0)
    read_up_to = UnicodeAttribute(null=True)
    reading = NumberAttribute(null=True)
    version = NumberAttribute(null=True)
    settings = UnicodeAttribute(null=True)


class MergedRow(Row):
    """Where a notification that grows stands, and the desk's `reading` when it was put there."""

    class Meta:
        table_name = table_name("platform")

    notification_id = UnicodeAttribute()
    told_at = UnicodeAttribute()
    marks = UnicodeAttribute(null=True)
    reading = NumberAttribute(default=0)
    version = NumberAttribute(default=0)


def partition(member_id: str) -> str:
    return f"notifications#{member_id}"


def empty_desk(member_id: str) -> DeskRow:
    return DeskRow(partition(member_id), DESK, unread=0)


def merged_partition(member_id: str) -> str:
    return f"merged#{member_id}"


def row_of(member_id: str, notification_id: str, kind: Kind, told: Told) -> NotificationRow:
    who = told.who
    kept = Kept(kind, told.title, told.text, told.link, who.nickname if who else None)
    return NotificationRow(
        partition(member_id),
        f"n#{notification_id}",
        notification=msgspec.json.encode(kept).decode(),
        gsi1pk=f"{NAMED}{who.member_id}" if who else None,
        gsi1sk="n" if who else None,
        ttl=dies_at(ids.time_of(notification_id), KEPT),
    )


def as_seen(desk: DeskRow) -> Condition:
    seen: Condition = DeskRow.unread == desk.unread
    if not desk.unread:
        seen |= DeskRow.unread.does_not_exist()
    seen &= _same(DeskRow.version, desk.version) & _same(DeskRow.reading, desk.reading)
    return seen


def _same(attribute: NumberAttribute, value: float | None) -> Condition:
    same: Condition = attribute.does_not_exist() if value is None else attribute == value
    return same
