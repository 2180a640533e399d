"""Front door: photographed vehicle licences, and what stands on them.

The platform reads few photos a day, so each is read once: what it said stays, sealed, until the photo
itself is deleted.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec
from pynamodb.transactions import TransactWrite

from chalicelib.tables import Overtaken
from chalicelib.wechat import pictures
from chalicelib.wechat.refusals import LicenceUnreadable
from community.commons.media import service as media
from community.commons.media.rules import Purpose, UsedAlready
from community.facts import MemberErased, MembersMerged, MembersUnmerged
from community.people.attempts import service as attempts
from community.people.licences import records, rules
from community.people.licences.prints import print_of
from community.people.licences.rules import Licence, Reading
from community.people.members.rules import Member, check_consented


def read(member: Member, media_id: str, *, now: datetime) -> Reading:
    """What stands on a photo that the member uploaded, so that they need not type it.

    Refuses: ConsentNeeded; NoSuchMedia, NotUploaded, NotAPicture, UsedAlready; TooManyAttempts;
             LicenceUnreadable; OcrQuotaUsedUp, Unavailable — nobody could read it now
    """
    licence = looked_at(member, media_id, now=now)
    if licence.reading is None:
        raise LicenceUnreadable
    return licence.reading


def looked_at(member: Member, media_id: str, *, now: datetime) -> Licence:
    """The photo and what is to be seen on it, be it nothing.

    Refuses: ConsentNeeded; NoSuchMedia, NotUploaded, NotAPicture, UsedAlready; TooManyAttempts;
             OcrQuotaUsedUp, Unavailable
    """
    check_consented(member)
    uploaded = media.uploaded(member.member_id, media_id, purpose=Purpose.LICENCE)
    if uploaded.used:
        raise UsedAlready
    if known := records.find(media_id):
        return known
    attempts.count(rules.READINGS_A_DAY, member.member_id, now=now)
    picture = media.picture(uploaded)
    licence = Licence(
        media_id=media_id,
        member_id=member.member_id,
        reading=_reading(picture),
        print=print_of(picture),
        read_at=now,
    )
    with suppress(Overtaken):
        records.add(licence)
    return licence


def unread(member: Member, media_id: str, *, now: datetime) -> Licence:
    """The photo by itself, where nobody can read it now: a moderator looks at it.

    Refuses: NoSuchMedia, NotUploaded, NotAPicture
    """
    uploaded = media.uploaded(member.member_id, media_id, purpose=Purpose.LICENCE)
    return Licence(
        media_id=media_id,
        member_id=member.member_id,
        reading=None,
        print=print_of(media.picture(uploaded)),
        read_at=now,
    )


def find(media_id: str) -> Licence | None:
    """A photo that was looked at."""
    return records.find(media_id)


def is_handed_in(licence: Licence) -> bool:
    """Whether an application has it; then, or when it is deleted, no other can."""
    uploaded = media.find(licence.media_id)
    return uploaded is None or uploaded.used


def hand_in(write: TransactWrite, licence: Licence, *, now: datetime) -> None:
    """Join the transaction of the application that needs the photo; that deletes it later."""
    if uploaded := media.find(licence.media_id):
        media.mark_used(write, uploaded, now=now)
    records.hand_in(write, licence)


def others_with(licence: Licence) -> int:
    """How many other members handed in this very picture, as far as one can see."""
    return len({other.member_id for other in records.alike(licence)} - {licence.member_id})


def forget(media_id: str) -> None:
    """The photo and what stood on it are gone for good; what it looked like stays."""
    media.delete(media_id)
    if licence := records.find(media_id):
        records.forget_reading(licence)


def exported(member_id: str) -> list[dict[str, Any]]:
    """What was read off a member's photos."""
    return [
        {
            "media_id": licence.media_id,
            "reading": licence.reading and msgspec.to_builtins(licence.reading),
            "read_at": licence.read_at,
        }
        for licence in records.of_member(member_id)
    ]


def follow_merge(fact: MembersMerged) -> None:
    """The photos of the one who is gone are those of the one who stays."""
    for licence in records.of_member(fact.gone_id):
        records.move(licence, to=fact.kept_id, merge_id=fact.merge_id, back=False)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back."""
    for licence in records.came_by(fact.merge_id, to=fact.kept_id):
        records.move(licence, to=fact.gone_id, merge_id=fact.merge_id, back=True)


def erase(fact: MemberErased) -> None:
    """Nothing is left of what was read, nor of what the pictures looked like."""
    for licence in records.of_member(fact.member_id):
        records.delete(licence)


def _reading(picture: bytes) -> Reading | None:
    try:
        read_off = pictures.read_vehicle_licence(picture)
    except LicenceUnreadable:
        return None
    return Reading(read_off.vin, read_off.plate_number, read_off.model)
