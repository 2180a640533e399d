"""What grows: one notification for many who did the same, and a pointer to where it stands. See `records`."""

from __future__ import annotations

from datetime import datetime

import msgspec
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib import ids
from chalicelib.tables import dies_at, one_transaction
from community import facts
from community.commons.notifications.rows import (
    KEPT,
    NAMED,
    DeskRow,
    Kept,
    MergedRow,
    NotificationRow,
    as_seen,
    merged_partition,
    partition,
    row_of,
)
from community.commons.notifications.rules import Kind, Told, Who
from community.facts import NotificationRaised


def merged(member_id: str, about: str) -> tuple[MergedRow | None, Told | None]:
    """What grows under this name, as it is this moment."""
    try:
        pointer = MergedRow.get(merged_partition(member_id), about, consistent_read=True)
    except MergedRow.DoesNotExist:
        return None, None
    try:
        place = f"n#{pointer.notification_id}"
        row = NotificationRow.get(partition(member_id), place, consistent_read=True)
    except NotificationRow.DoesNotExist:
        return pointer, None
    kept = msgspec.json.decode(row.notification, type=Kept)
    who_id = row.gsi1pk.removeprefix(NAMED) if row.gsi1pk else None
    told = Told(
        title=kept.title,
        text=kept.text,
        link=kept.link,
        who=Who(who_id, kept.who or "") if who_id else None,
        at=datetime.fromisoformat(pointer.told_at),
        marks=tuple((pointer.marks or "").split()),
    )
    return pointer, told


def grow(stood: MergedRow, kind: Kind, told: Told) -> None:
    """Say something else in its place.

    Refuses: Overtaken — it is not as it was read; Unavailable
    """
    member_id = stood.pk.partition("#")[2]
    row = row_of(member_id, stood.notification_id, kind, told)
    actions: list[Action] = [NotificationRow.notification.set(row.notification)]
    if row.gsi1pk:
        actions += [NotificationRow.gsi1pk.set(row.gsi1pk), NotificationRow.gsi1sk.set(row.gsi1sk)]
    else:
        actions += [NotificationRow.gsi1pk.remove(), NotificationRow.gsi1sk.remove()]
    with one_transaction() as write:
        write.update(
            NotificationRow(row.pk, row.sk), actions, condition=NotificationRow.pk.exists()
        )
        pointer = _pointer(member_id, stood.sk, stood.notification_id, told, stood=stood)
        pointer.reading = stood.reading
        write.save(pointer, condition=_as_stood(stood))


def raise_(
    member_id: str,
    about: str,
    notification_id: str,
    kind: Kind,
    told: Told,
    *,
    stood: MergedRow | None,
    desk: DeskRow,
) -> None:
    """Let something come to the top, unread, from where it stood; the pointer carries the fact of it.

    Refuses: Overtaken — it or the desk is not as it was read; Unavailable
    """
    left = int(desk.unread) - _is_unread(stood, desk)
    with one_transaction() as write:
        if stood and stood.notification_id != notification_id:
            write.delete(NotificationRow(partition(member_id), f"n#{stood.notification_id}"))
        write.save(row_of(member_id, notification_id, kind, told))
        pointer = _pointer(member_id, about, notification_id, told, stood=stood)
        pointer.reading = int(desk.reading or 0)
        raised = NotificationRaised(
            fact_id=f"{notification_id}.raised", at=told.at, member_id=member_id, about_id=about
        )
        pointer.fact = facts.written(raised)
        write.save(pointer, condition=_as_stood(stood))
        write.update(DeskRow(desk.pk, desk.sk), _recounted(left + 1), condition=as_seen(desk))


def withdraw(stood: MergedRow, *, desk: DeskRow) -> None:
    """Nothing is left of it. Refuses: Overtaken — it or the desk is not as it was read; Unavailable"""
    left = int(desk.unread) - _is_unread(stood, desk)
    with one_transaction() as write:
        write.delete(NotificationRow(desk.pk, f"n#{stood.notification_id}"))
        write.delete(MergedRow(stood.pk, stood.sk), condition=_as_stood(stood))
        write.update(DeskRow(desk.pk, desk.sk), _recounted(left), condition=as_seen(desk))


def _pointer(
    member_id: str, about: str, notification_id: str, told: Told, *, stood: MergedRow | None
) -> MergedRow:
    return MergedRow(
        merged_partition(member_id),
        about,
        notification_id=notification_id,
        told_at=told.at.isoformat(),
        marks=" ".join(told.marks) or None,
        version=int(stood.version) + 1 if stood else 1,
        was=stood.was if stood else None,
        ttl=dies_at(ids.time_of(notification_id), KEPT),
    )


def _as_stood(stood: MergedRow | None) -> Condition:
    return MergedRow.version == stood.version if stood else MergedRow.pk.does_not_exist()


def _recounted(unread: int) -> list[Action]:
    return [DeskRow.unread.set(max(0, unread)), DeskRow.version.add(1)]


def _is_unread(stood: MergedRow | None, desk: DeskRow) -> bool:
    """Whether the desk's count includes it: nothing was read since it came, or less than up to it."""
    if stood is None:
        return False
    came_since = int(stood.reading) == int(desk.reading or 0)
    return came_since or stood.notification_id > (desk.read_up_to or "")
