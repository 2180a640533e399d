"""Front door: what operators put before members, in places made for it."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from chalicelib.tables import one_transaction
from community.commons.audit import service as audit
from community.commons.audit.rules import Entry as AuditEntry
from community.commons.media import service as media
from community.commons.staff import service as staff
from community.forum.posts import service as posts
from community.forum.slots import records, rules
from community.forum.slots.rules import Entry, Kind, Slot
from community.people.members.rules import Member

# Slots change a few times a day and are on everybody's first page.
KEPT_FOR = timedelta(minutes=1)
_kept: tuple[datetime, list[Entry]] | None = None


def shown(viewer: Member | None, *, now: datetime) -> dict[Slot, list[Entry]]:
    """What stands in each slot for somebody now, at most a minute old.

    Units: each minute and container, beside the entries, 1 RCU each picture and 0.5 RCU each 4 KB of posts
    """
    global _kept
    if _kept is None or not timedelta() <= now - _kept[0] < KEPT_FOR:
        _kept = (now, _seen(records.everything(), now))
    return rules.shown(_kept[1], viewer, now)


def everything() -> list[Entry]:
    """All that is and was, up to some weeks ago, oldest first."""
    return records.everything()


def get(entry_id: str) -> Entry:
    """Refuses: NoSuchEntry"""
    return records.get(entry_id)


def put(entry: Entry, *, by: str, now: datetime) -> Entry:
    """An operator puts something into a slot; the same entry again changes nothing. `by` is their userid.

    Refuses: NotAnOperator; Invalid — names every wrong field, or its picture is none that others see in a
             post; NoSuchPost; SlotsFull; Overtaken — another entry has that id
    """
    operator = staff.operator(by)
    entry = rules.tidied(entry)
    if records.find(entry.entry_id) == entry:
        return entry
    rules.check_picture(media.find(entry.picture_media_id))
    if entry.kind is Kind.POST:
        posts.about(entry.ref_id)
    rules.check_room(records.everything(), now)
    with one_transaction() as write:
        records.add(write, entry)
        audit.note_in(write, _written_down("put", None, entry, by=operator.userid, now=now))
    _forget()
    return entry


def change(entry: Entry, *, by: str, now: datetime) -> Entry:
    """An operator changes what stands in a slot.

    Refuses: NotAnOperator; Invalid — as when it is put there; NoSuchEntry, NoSuchPost; EntryOver;
             Overtaken — somebody else changed it
    """
    operator = staff.operator(by)
    entry = rules.tidied(entry)
    before = records.get(entry.entry_id)
    if before.is_over(now):
        raise rules.EntryOver
    rules.check_picture(media.find(entry.picture_media_id))
    if entry.kind is Kind.POST and entry.ref_id != before.ref_id:
        posts.about(entry.ref_id)
    _replace("change", before, entry, by=operator.userid, now=now)
    return entry


def end(entry_id: str, *, by: str, now: datetime) -> Entry:
    """An operator takes something out of its slot before its time.

    Refuses: NotAnOperator; NoSuchEntry; EntryOver; Overtaken — somebody else changed it
    """
    operator = staff.operator(by)
    before = records.get(entry_id)
    after = rules.ended(before, now)
    _replace("end", before, after, by=operator.userid, now=now)
    return after


def _seen(entries: list[Entry], now: datetime) -> list[Entry]:
    """Those that are not over and whose picture and post others see: their authors may delete them any time."""
    standing = [entry for entry in entries if not entry.is_over(now)]
    pictures = media.several({entry.picture_media_id for entry in standing})
    of_pictures = {picture.post_id for picture in pictures.values() if picture.post_id}
    led_to = {entry.ref_id for entry in standing if entry.kind is Kind.POST}
    return rules.seen(standing, posts.several([*of_pictures, *led_to]))


def _replace(deed: str, before: Entry, after: Entry, *, by: str, now: datetime) -> None:
    with one_transaction() as write:
        records.replace(write, before, after)
        audit.note_in(write, _written_down(deed, before, after, by=by, now=now))
    _forget()


def _forget() -> None:
    """Here it is read anew at once; other containers see it within a minute."""
    global _kept
    _kept = None


def _written_down(
    deed: str, before: Entry | None, after: Entry, *, by: str, now: datetime
) -> AuditEntry:
    return AuditEntry(
        what=f"slots.{deed}",
        about=f"slot#{after.entry_id}",
        by=by,
        at=now,
        before=msgspec.to_builtins(before) if before else {},
        after=msgspec.to_builtins(after),
    )
