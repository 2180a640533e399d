"""Front door: the catalogue of tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from chalicelib import logs
from chalicelib.tables import one_transaction
from community.commons.audit import service as audit
from community.commons.audit.rules import Entry
from community.commons.staff import service as staff
from community.people.tag_catalogue import records, rules
from community.people.tag_catalogue.rules import Tag

# The catalogue changes a few times a month and is needed whenever something is noted.
KEPT_FOR = timedelta(minutes=1)
_kept: tuple[datetime, Mapping[str, Tag]] | None = None


def everything(*, now: datetime) -> Mapping[str, Tag]:
    """All entries by their id, at most a minute old. Facts tell their own time, which may lie back."""
    global _kept
    if _kept is None or abs(now - _kept[0]) >= KEPT_FOR:
        _kept = (now, as_it_is_now())
    return _kept[1]


def as_it_is_now() -> Mapping[str, Tag]:
    return {tag.tag_id: tag for tag in records.everything()}


def get(tag_id: str, *, now: datetime) -> Tag:
    """What the catalogue says of a tag. Refuses: NoSuchTag"""
    if entry := rules.entry_of(tag_id, everything(now=now)):
        return entry
    raise rules.NoSuchTag


def install() -> list[str]:
    """Add the entries that the community has from the start; gives those that were missing."""
    return [t.tag_id for t in rules.CATALOGUE_FROM_THE_START if records.add_if_new(t)]


def put(tags: Sequence[Tag], *, by: str, now: datetime) -> list[str]:
    """A colleague adds entries, or changes them; gives those that changed. `by` is their userid.

    What is noted of members already goes by the new entry when it is noted again.
    Refuses: NotStaff; Invalid; CatalogueFull
    """
    colleague = staff.colleague(by)
    there = as_it_is_now()
    for tag in tags:
        rules.check_tag(tag)
    rules.check_not_full({*there, *(tag.tag_id for tag in tags)})
    changed = [tag for tag in tags if there.get(tag.tag_id) != tag]
    for tag in changed:
        _put(there.get(tag.tag_id), tag, by=colleague.userid, now=now)
    _forget()
    return [tag.tag_id for tag in changed]


def with_wecom_tags(names: Iterable[tuple[str, str]], *, now: datetime) -> list[Tag]:
    """The entries for tags in WeCom, by group and name; those that were missing are added.

    When the catalogue is full, the others are left out.
    """
    wanted = list(dict.fromkeys(names))
    known = rules.wecom_tags(everything(now=now).values())
    if all(name in known for name in wanted):
        return [known[name] for name in wanted]
    there = as_it_is_now()
    known = rules.wecom_tags(there.values())
    missing = [name for name in wanted if name not in known]
    room = max(rules.ENTRIES_MAX - len(there), 0)
    if missing[room:]:
        logs.warning("the catalogue of tags is full", left_out=len(missing[room:]))
    for name in missing[:room]:
        known[name] = rules.wecom_tag(*name)
        records.add_if_new(known[name])
    _forget()
    return [known[name] for name in wanted if name in known]


def _put(before: Tag | None, tag: Tag, *, by: str, now: datetime) -> None:
    entry = Entry(
        what="tag_catalogue.put",
        about=f"tag#{tag.tag_id}",
        by=by,
        at=now,
        before=msgspec.to_builtins(before) if before else {},
        after=msgspec.to_builtins(tag),
    )
    with one_transaction() as write:
        records.save(write, tag)
        audit.note_in(write, entry)


def _forget() -> None:
    global _kept
    _kept = None
