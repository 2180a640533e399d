"""Front door: files that members upload, straight into the bucket.

A member asks for a ticket, uploads with it, and names the media's id where it belongs; the service
there takes it into use. What nobody used a day later is deleted, whatever was uploaded.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from pynamodb.transactions import TransactWrite

from chalicelib import ids, storage
from chalicelib.storage import Ticket
from chalicelib.tables import Overtaken
from community.commons.media import records
from community.commons.media.rules import (
    BOUNDS,
    LINK_VALID,
    TICKET_VALID,
    UNUSED_KEPT,
    Media,
    NotUploaded,
    Purpose,
    TooManyUploads,
    UsedAlready,
    asked_for,
    check_picture,
    check_theirs,
    key_of,
    seconds_to_midnight,
)
from community.facts import MediaDue, MemberErased, MembersMerged, MembersUnmerged


def ticket(
    member_id: str,
    purpose: Purpose,
    *,
    content_type: str,
    size: int,
    request_id: str,
    now: datetime,
) -> tuple[Media, Ticket]:
    """A member may upload one file of this type and at most this size, for ten minutes.

    Refuses: Invalid — type or size; TooManyUploads — 20 of today wait to be used;
             UsedAlready — this very request got a ticket that was used
    """
    media = asked_for(
        member_id, purpose, content_type=content_type, size=size, request_id=request_id, now=now
    )
    due = MediaDue(
        fact_id=f"{media.media_id}.due",
        at=now + UNUSED_KEPT,
        media_id=media.media_id,
        purpose=purpose,
    )
    try:
        records.add(media, due)
    except Overtaken:
        earlier = records.find(media.media_id)
        if earlier is None:
            raise TooManyUploads(retry_after_s=seconds_to_midnight(now)) from None
        if earlier.used:
            raise UsedAlready from None
    return media, storage.upload_ticket(
        media.key,
        content_type=media.content_type,
        bytes_max=media.bytes_max,
        expires_s=int(TICKET_VALID.total_seconds()),
    )


def uploaded(member_id: str, media_id: str, *, purpose: Purpose) -> Media:
    """A file that a member names: theirs, for this purpose, and uploaded; used or not.

    Refuses: NoSuchMedia, NotUploaded
    """
    found = records.find(media_id) if ids.is_id(media_id) else None
    media = check_theirs(found, member_id, purpose=purpose)
    if not storage.exists(media.key):
        raise NotUploaded
    return media


def find(media_id: str) -> Media | None:
    return records.find(media_id)


def picture(media: Media) -> bytes:
    """The bytes of a picture, which begins as a picture of its type does.

    Refuses: NotUploaded, NotAPicture
    """
    body = storage.get(media.key, bytes_max=BOUNDS[media.purpose].bytes_max)
    if body is None:
        raise NotUploaded
    check_picture(media, body)
    return body


def link(media_id: str, *, purpose: Purpose) -> str:
    """An address that shows a file for an hour to whoever has it. Asks nobody."""
    key = key_of(media_id, purpose=purpose)
    return storage.link(key, expires_s=int(LINK_VALID.total_seconds()))


def mark_used(write: TransactWrite, media: Media, *, now: datetime) -> None:
    """Take a file into use, in the transaction of what needs it; from then on that deletes it.

    The transaction is overtaken if somebody else used it or it was deleted meanwhile; what is used
    already stays so.
    """
    if not media.used:
        records.use(write, media, now=now)


def delete(media_id: str) -> None:
    """Let a file and its row be gone for good."""
    if media := records.find(media_id):
        _delete(media)


def forget_unused(fact: MediaDue) -> None:
    """What nobody has used a day after it was asked for is deleted."""
    try:
        records.delete_unused(fact.media_id)
    except Overtaken:
        return
    storage.delete(key_of(fact.media_id, purpose=Purpose(fact.purpose)))


def exported(member_id: str) -> list[Media]:
    """All files of a member."""
    return records.of_member(member_id)


def follow_merge(fact: MembersMerged) -> None:
    """The files of the one who is gone are those of the one who stays."""
    for media in records.of_member(fact.gone_id):
        with suppress(Overtaken):
            records.move(media, to=fact.kept_id, merge_id=fact.merge_id, back=False)


def follow_unmerge(fact: MembersUnmerged) -> None:
    """What came by the merge goes back."""
    for media in records.came_by(fact.merge_id, to=fact.kept_id):
        with suppress(Overtaken):
            records.move(media, to=fact.gone_id, merge_id=fact.merge_id, back=True)


def erase(fact: MemberErased) -> None:
    """All files of a member are deleted."""
    for media in records.of_member(fact.member_id):
        _delete(media)


def _delete(media: Media) -> None:
    storage.delete(media.key)
    records.delete(media.media_id)
