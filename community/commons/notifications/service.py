"""Front door: the notification centre."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec

from chalicelib import ids
from chalicelib.errors import FieldError, Invalid, Unavailable
from chalicelib.lists import Page, PageQuery, cursor_after, place_of
from chalicelib.tables import Overtaken
from community.commons.audit.rules import Entry
from community.commons.notifications import growing, naming, records, rules
from community.commons.notifications.rules import CHOSEN, Kind, Notification, Settings, Told, Who
from community.facts import Fact, MemberErased, MembersMerged, MembersUnmerged

_LIST = "notifications"
_TRIES_MAX = 5


def tell(
    member_id: str,
    fact: Fact,
    *,
    kind: Kind,
    title: str,
    text: str,
    link: str | None = None,
    who: Who | None = None,
    entry: Entry | None = None,
) -> bool:
    """Tell a member what a fact means for them, unless they do not want to hear of such; once.

    Shape: title and text have `WHO` where they name somebody; `entry` goes into the audit log with it
    Gives: whether they were told it now
    """
    if kind in CHOSEN and not rules.is_wanted(settings_of(member_id), kind):
        return False
    notification_id = ids.new_id(fact.at, f"{fact.fact_id} {member_id}")
    told = Told(title=title, text=text, at=fact.at, link=link, who=who)
    return records.add(member_id, notification_id, kind, told, entry=entry)


def tell_merged(
    member_id: str, about: str, *, kind: Kind, say: Callable[[Told | None], Told | None]
) -> Told | None:
    """Tell a member of something that grows, as one notification: `about` says of what.

    It grows in place, and comes to the top, unread, at most once an hour.

    Shape:   `say` is told what it says and gives what it should; None: nothing. It looks up what holds
             when it is called, and may be called again: then somebody else told something meanwhile
    Gives:   what it says, if it came to the top
    Refuses: Unavailable — again and again something else was told meanwhile
    """
    for _ in range(_TRIES_MAX):
        desk = records.desk_of(member_id)
        if not rules.is_wanted(records.settings_of(desk), kind):
            return None
        stood, before = growing.merged(member_id, about)
        told = say(before)
        if told == before:
            return None
        with suppress(Overtaken, Unavailable):
            if told is None:
                assert stood
                growing.withdraw(stood, desk=desk)
                return None
            if stood and before:
                since = ids.time_of(stood.notification_id)
                if not rules.is_raised(told, before=before, since=since):
                    growing.grow(stood, kind, told)
                    return None
            new_id = ids.new_id(told.at, f"merged {about} {member_id}")
            growing.raise_(member_id, about, new_id, kind, told, stood=stood, desk=desk)
            return told
    raise Unavailable


def merged(member_id: str, about: str) -> Told | None:
    """What a member was told of something that grows, as it says now."""
    return growing.merged(member_id, about)[1]


def settings_of(member_id: str) -> Settings:
    """What a member wants to hear of, and when: 0.5 RCU."""
    return records.settings_of(records.desk_of(member_id, as_it_is_now=False))


def set_up(member_id: str, settings: Settings) -> Settings:
    """A member says what they want to hear of, and when. Gives it with every kind named. Refuses: Invalid"""
    settings = rules.checked(settings)
    records.keep_settings(member_id, settings)
    return settings


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
    """Everything they were told, up to where they read it, and what they want to hear."""
    found, desk = records.all_of(member_id)
    told = {
        "notifications": found,
        "unread": int(desk.unread),
        "read_up_to": desk.read_up_to,
        "settings": records.settings_of(desk) if desk.settings else None,
    }
    return msgspec.to_builtins(told)


def follow_merge(fact: MembersMerged) -> None:
    """What one was told, the other was told; what names one, names the other."""
    records.move(fact.gone_id, to=fact.kept_id, merge_id=fact.merge_id)
    naming.hand_names_over(fact.gone_id, to=fact.kept_id, merge_id=fact.merge_id)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back."""
    records.move_back(fact.kept_id, to=fact.gone_id, merge_id=fact.merge_id)
    naming.hand_names_back(fact.kept_id, to=fact.gone_id, merge_id=fact.merge_id)


def name_anew(member_id: str, nickname: str) -> None:
    """What others were told calls a member as they are called by now. Refuses: Unfinished, Unavailable"""
    naming.name_anew(member_id, nickname)


def erase(fact: MemberErased) -> None:
    """Everything they were told is forgotten; what others were told does not say any longer who it was."""
    records.forget(fact.member_id)
    naming.name_anew(fact.member_id, None)
