"""Where others are told of somebody: found by whom it names. See `records`."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from pynamodb.expressions.update import Action

from chalicelib import moves
from chalicelib.tables import Overtaken, unless_overtaken
from community.commons.notifications.rows import NAMED, Kept, NotificationRow

_INDEX = (NotificationRow.gsi1pk, NotificationRow.gsi1sk, NotificationRow.named_by)


def name_anew(member_id: str, nickname: str | None) -> None:
    """Whatever names a member calls them so; None: like anybody of whom nobody knows who they were.

    Refuses: Unfinished — there is more; Unavailable — some of it changed at this moment
    """

    def change(row: NotificationRow) -> list[Action]:
        kept = msgspec.json.decode(row.notification, type=Kept)
        if nickname is not None and kept.who == nickname:
            return []
        kept.who = nickname
        text = msgspec.json.encode(kept).decode()
        forgotten = [each.remove() for each in _INDEX] if nickname is None else []
        return [NotificationRow.notification.set(text), *forgotten]

    _change_naming(member_id, change)


def hand_names_over(member_id: str, *, to: str, merge_id: str) -> None:
    """Whatever names one names the other from now on. Refuses: Unfinished; Unavailable"""

    def change(row: NotificationRow) -> list[Action]:
        by = f"{row.named_by} {merge_id}" if row.named_by else merge_id
        return [NotificationRow.gsi1pk.set(f"{NAMED}{to}"), NotificationRow.named_by.set(by)]

    _change_naming(member_id, change)


def hand_names_back(member_id: str, *, to: str, merge_id: str) -> None:
    """What a merge handed over goes back. Refuses: Unfinished; Unavailable"""

    def change(row: NotificationRow) -> list[Action]:
        *before, last = (row.named_by or "").split() or [""]
        if last != merge_id:
            return []
        by = NotificationRow.named_by
        kept = by.set(" ".join(before)) if before else by.remove()
        return [NotificationRow.gsi1pk.set(f"{NAMED}{to}"), kept]

    _change_naming(member_id, change)


def _change_naming(member_id: str, change: Callable[[NotificationRow], list[Action]]) -> None:
    number = 0
    for row in list(NotificationRow.gsi1.query(f"{NAMED}{member_id}")):
        actions = change(row)
        if not actions:
            continue
        as_read = (NotificationRow.gsi1pk == row.gsi1pk) & (
            NotificationRow.notification == row.notification
        )
        try:
            with unless_overtaken():
                NotificationRow(row.pk, row.sk).update(actions, as_read)
        except Overtaken as overtaken:
            raise moves.Unfinished from overtaken
        number += 1
        if number >= moves.AT_ONCE_MAX:
            raise moves.Unfinished
