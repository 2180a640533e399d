"""Front door: the notification centre."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from chalicelib import ids
from chalicelib.errors import FieldError, Invalid, Unavailable
from chalicelib.lists import Page, PageQuery, cursor_after, place_of
from chalicelib.tables import Overtaken
from community.commons.notifications import records
from community.commons.notifications.rules import Kind, Notification
from community.facts import Fact, MemberErased, MembersMerged, MembersUnmerged

_LIST = "notifications"
_TRIES_MAX = 5


def tell(
    member_id: str, fact: Fact, *, kind: Kind, title: str, text: str, link: str | None = None
) -> None:
    """Tell a member what a fact means for them; the same fact is told once."""
    notification = Notification(
        notification_id=ids.new_id(fact.at, f"{fact.fact_id} {member_id}"),
        kind=kind,
        title=title,
        text=text,
        link=link,
        created_at=fact.at,
    )
    records.add(member_id, notification, now=fact.at)


def page(member_id: str, query: PageQuery) -> tuple[Page[Notification], int, str | None]:
    """A page of notifications, how many are unread in all, and up to which they are read."""
    before = place_of(query.cursor, of=_LIST)
    found, desk = records.page(member_id, before=before, limit=query.limit)
    more = len(found) == query.limit
    cursor = cursor_after(found[-1].notification_id, of=_LIST) if more else None
    return Page(items=found, next_cursor=cursor), int(desk.unread), desk.read_up_to


def mark_read(member_id: str, *, up_to: str, now: datetime) -> int:
    """Everything up to this notification is read. Gives how many are left unread.

    Refuses: Invalid — there can be no such notification
             Unavailable — again and again something was told meanwhile
    """
    if not ids.is_id(up_to) or ids.time_of(up_to) > now:
        raise Invalid(errors=[FieldError("up_to", "应为一条通知的编号")])
    for _ in range(_TRIES_MAX):
        desk = records.desk_of(member_id)
        place = max(up_to, desk.read_up_to or "")
        # What is told late may stand before a place that was read already: so count again.
        left = records.count_after(member_id, place)
        if (desk.read_up_to, desk.unread) == (place, left):
            return left
        try:
            records.read_up_to(desk, place, left)
        except Overtaken:
            continue
        return left
    raise Unavailable


def exported(member_id: str) -> Any:
    """Everything they were told, and up to where they read it."""
    found, desk = records.all_of(member_id)
    told = {"notifications": found, "unread": int(desk.unread), "read_up_to": desk.read_up_to}
    return msgspec.to_builtins(told)


def follow_merge(fact: MembersMerged) -> None:
    """What one was told, the other was told."""
    records.move(fact.gone_id, to=fact.kept_id, merge_id=fact.merge_id)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back."""
    records.move_back(fact.kept_id, to=fact.gone_id, merge_id=fact.merge_id)


def erase(fact: MemberErased) -> None:
    """Everything they were told is forgotten."""
    records.forget(fact.member_id)
