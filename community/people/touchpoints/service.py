"""Front door: touchpoints, where members came from, and codes that lead to us."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from chalicelib import crypto, storage
from chalicelib.errors import NotFound
from chalicelib.tables import one_transaction
from chalicelib.wechat import pictures
from community import facts
from community.commons.audit import service as audit
from community.commons.audit.rules import Entry
from community.commons.staff import service as staff
from community.people.members import service as members
from community.people.members.rules import Member, State
from community.people.touchpoints import records, rules
from community.people.touchpoints.rules import Kind, Touch, Touches, Touchpoint

CODE_BYTES_MAX = 1_000_000


def install() -> list[str]:
    """Fill in the touchpoints that every community has; gives those that were missing."""
    return [t.touchpoint_id for t in rules.FROM_THE_START if records.add_if_new(t)]


def everything() -> list[Touchpoint]:
    """The whole catalogue."""
    return records.everything()


def get(touchpoint_id: str) -> Touchpoint:
    """Refuses: NoSuchTouchpoint"""
    found = records.find(touchpoint_id)
    if found is None:
        raise rules.NoSuchTouchpoint
    return found


def add(touchpoint: Touchpoint, *, by: str, now: datetime) -> Touchpoint:
    """A colleague puts a touchpoint into the catalogue. `by` is their userid.

    Refuses: NotStaff; Invalid — names every wrong field; TouchpointExists
    """
    colleague = staff.colleague(by)
    touchpoint = rules.tidied(touchpoint)
    with one_transaction(rules.TouchpointExists()) as write:
        records.add(write, touchpoint)
        audit.note_in(write, _entry("add", None, touchpoint, by=colleague.userid, now=now))
    return touchpoint


def end(touchpoint_id: str, *, by: str, now: datetime) -> Touchpoint:
    """A colleague takes a touchpoint out of use: whoever comes from there is of unknown origin.

    Refuses: NotStaff; NoSuchTouchpoint; BuiltIn; EndedAlready
    """
    colleague = staff.colleague(by)
    before = get(touchpoint_id)
    rules.check_by_code(before)
    after = rules.ended(before, now)
    with one_transaction(rules.EndedAlready()) as write:
        records.replace(write, before, after)
        audit.note_in(write, _entry("end", before, after, by=colleague.userid, now=now))
    return after


def picture(touchpoint_id: str) -> bytes:
    """The mini program code of a touchpoint: a PNG, made by WeChat once and kept.

    Refuses: NoSuchTouchpoint; BuiltIn; SceneInvalid, PageUnknown — WeChat makes none; Unavailable
    """
    touchpoint = get(touchpoint_id)
    rules.check_by_code(touchpoint)
    key = f"codes/{quote(touchpoint_id, safe='')}.png"
    kept = storage.get(key, bytes_max=CODE_BYTES_MAX)
    if kept is None:
        kept = pictures.code_picture(touchpoint_id, page=touchpoint.page)
        storage.put(key, kept, content_type="image/png")
    return kept


def joined_on(touchpoint_id: str, *, day: datetime) -> int:
    """How many members came from a touchpoint first, on a day in Beijing."""
    return records.joined_on(touchpoint_id, rules.day_of(day))


def referral_code_of(member: Member) -> str:
    """The code by which a member sends others to us: always the same, and nobody can guess it."""
    code = _referral_code(member.member_id)
    records.add_referral(code, member.member_id)
    return code


def note_joined(fact: facts.MemberJoined) -> None:
    """Where a new member came from is their first touch and, until the next, their last."""
    _note(fact.member_id, fact.touchpoint, fact.at)


def note_seen(fact: facts.MemberSeen) -> None:
    """A member came back from somewhere."""
    if fact.touchpoint is not None:
        _note(fact.member_id, fact.touchpoint, fact.at)


def note_woken(fact: facts.MemberWoken) -> None:
    """Who was known before they were here came from there first: from the archive, say."""
    member = members.get(fact.member_id)
    if first := member.first_touch:
        _note(member.member_id, first.touchpoint, first.at)


def note_contact(fact: facts.ContactAdded) -> None:
    """A colleague got to know a member."""
    _note(fact.member_id, fact.touchpoint, fact.at)


def touches_of(member_id: str) -> Touches:
    """Where a member came from first, and where from last."""
    return records.touches_of(member_id)


def exported(member_id: str) -> Any:
    """Where a member came from, first and last."""
    return msgspec.to_builtins(records.touches_of(member_id))


def follow_merge(fact: facts.MembersMerged) -> None:
    """Who was merged came from where the first of both did. Refuses: Unavailable"""
    if members.get(fact.gone_id).member_id != fact.gone_id:
        records.move(fact.merge_id, source_id=fact.gone_id, target_id=fact.kept_id)


def follow_unmerge(fact: facts.MembersUnmerged) -> None:
    """Everybody came from where they came. Refuses: Unavailable"""
    if members.get(fact.gone_id).member_id == fact.gone_id:
        records.move_back(fact.merge_id, source_id=fact.kept_id, target_id=fact.gone_id)


def erase(fact: facts.MemberErased) -> None:
    """Nobody knows where a member came from any longer; their referral code leads nowhere."""
    records.delete_touches(fact.member_id)
    records.delete_referral(_referral_code(fact.member_id))


def _note(member_id: str, code: str, at: datetime) -> None:
    """Told in any order it comes out the same: each row keeps what is furthest on its side."""
    member = members.get(member_id)
    if member.state is State.ERASED:
        return
    touch = _touch(code, at)
    if touch.referrer_id == member.member_id:
        return  # Their own code.
    records.note_first(member.member_id, touch)
    records.note_last(member.member_id, touch)


def _touch(code: str, at: datetime) -> Touch:
    if rules.is_referral_code(code) and (referrer_id := _referrer_of(code)):
        return Touch(touchpoint_id=code, kind=Kind.REFERRAL, referrer_id=referrer_id, at=at)
    known = records.find(code) if rules.is_code(code) else None
    return rules.touch_of(code, known, at=at)


def _referrer_of(code: str) -> str | None:
    """The member whom a referral code is of by now."""
    member_id = records.referrer_of(code)
    try:
        return members.get(member_id).member_id if member_id else None
    except NotFound:
        return None


def _referral_code(member_id: str) -> str:
    return rules.referral_code(urlsafe_b64decode(f"{crypto.lookup_hash('referral', member_id)}="))


def _entry(
    deed: str, before: Touchpoint | None, after: Touchpoint, *, by: str, now: datetime
) -> Entry:
    return Entry(
        what=f"touchpoints.{deed}",
        about=f"touchpoint#{after.touchpoint_id}",
        by=by,
        at=now,
        before=msgspec.to_builtins(before) if before else {},
        after=msgspec.to_builtins(after),
    )
