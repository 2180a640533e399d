"""Front door: files that members upload, straight into the bucket.

A member asks for a ticket, uploads with it, and names the media's id where it belongs; the service
there takes it into use. What nobody used a day later is deleted, whatever was uploaded.

What a post takes is `taken`; a worker makes pictures of three sizes of it, `shaped`, and the upload
itself, which may say where it was taken, is deleted. WeChat looks at a shaped picture, and it has
`passed`, is `refused`, or is `held` for a moderator; so is one that WeChat says nothing of, and every
video. Others see what has passed, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime

import msgspec
from pynamodb.transactions import TransactWrite

from chalicelib import aws, clock, ids, logs, storage
from chalicelib.errors import naming
from chalicelib.settings import settings
from chalicelib.storage import Ticket
from chalicelib.tables import Overtaken
from community.commons.media import making, records, rules
from community.commons.media.rules import Links, Media, NotUploaded, Purpose, Size, State
from community.facts import (
    CaseDecision,
    MediaDecided,
    MediaDue,
    MediaTaken,
    MemberErased,
    MembersMerged,
    MembersUnmerged,
    PictureDue,
    PictureJudged,
)

_JUDGED = (State.PASSED, State.REFUSED)


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
    media = rules.asked_for(
        member_id, purpose, content_type=content_type, size=size, request_id=request_id, now=now
    )
    due = MediaDue(
        fact_id=f"{media.media_id}.due",
        at=now + rules.UNUSED_KEPT,
        media_id=media.media_id,
        purpose=purpose,
    )
    try:
        records.add(media, due)
    except Overtaken:
        earlier = records.find(media.media_id)
        if earlier is None:
            raise rules.TooManyUploads(retry_after_s=rules.seconds_to_midnight(now)) from None
        if earlier.used:
            raise rules.UsedAlready from None
    return media, storage.upload_ticket(
        media.key,
        content_type=media.content_type,
        bytes_max=media.bytes_max,
        expires_s=int(rules.TICKET_VALID.total_seconds()),
    )


def uploaded(member_id: str, media_id: str, *, purpose: Purpose) -> Media:
    """A file that a member names: theirs, for this purpose, and uploaded; used or not.

    Refuses: NoSuchMedia, NotUploaded
    """
    found = records.find(media_id) if ids.is_id(media_id) else None
    media = rules.check_theirs(found, member_id, purpose=purpose)
    if not storage.exists(media.key):
        raise NotUploaded
    return media


def find(media_id: str) -> Media | None:
    return records.find(media_id)


def several(media_ids: Iterable[str]) -> dict[str, Media]:
    """Those of these files that there are, by their ids. Units: 1 RCU each"""
    return records.several(media_ids)


def picture(media: Media) -> bytes:
    """The bytes of a picture, which begins as a picture of its type does.

    Refuses: NotUploaded, NotAPicture
    """
    body = storage.get(media.key, bytes_max=rules.BOUNDS[media.purpose].bytes_max)
    if body is None:
        raise NotUploaded
    rules.check_picture(media, body)
    return body


def link(media_id: str, *, purpose: Purpose) -> str:
    """An address that shows a file for an hour to whoever has it. Asks nobody."""
    key = rules.key_of(media_id, purpose=purpose)
    return storage.link(key, expires_s=int(rules.LINK_VALID.total_seconds()))


def mark_used(write: TransactWrite, media: Media, *, now: datetime) -> None:
    """Take a file into use, in the transaction of what needs it; from then on that deletes it.

    The transaction is overtaken if somebody else used it or it was deleted meanwhile; what is used
    already stays so.
    """
    if not media.used:
        records.use(write, media, now=now)


def take(
    write: TransactWrite,
    member_id: str,
    named: Mapping[str, str],
    *,
    purpose: Purpose,
    post_id: str,
    now: datetime,
) -> list[Media]:
    """Let a post have pictures or a video, in its own transaction; what it had once it may have again.

    Shape:   `named` has their ids by the fields that name them, and in that order they are given;
             `state` is where each is on its way to being shown
    Units:   1 RCU, 1 request to the bucket and 3 WCU each, 2 WCU in all
    Refuses: NoSuchMedia, NotUploaded, NotAPicture, NotAVideo, naming the field; UsedAlready — by
             another post.
             The transaction is overtaken if one of them was used, judged or deleted meanwhile.
    """
    found = records.several({each for each in named.values() if ids.is_id(each)})
    wanted = {}
    for field, media_id in named.items():
        with naming(field):
            wanted[media_id] = rules.check_theirs(found.get(media_id), member_id, purpose=purpose)
            if wanted[media_id].post_id != post_id:
                _check_new(wanted[media_id])
    new = [media for media in wanted.values() if media.post_id != post_id]
    taken = [(media, rules.taken(media, post_id, now=now)) for media in new]
    records.use_for_post(write, taken, post_id, now=now)
    had = [media for media in wanted.values() if media.post_id == post_id]
    records.use_again(write, [each for each in had if each.state not in _JUDGED], now=now)
    begun = {"used": True, "post_id": post_id, "state": State.TAKEN}
    wanted |= {media.media_id: msgspec.structs.replace(media, **begun) for media in new}
    return list(wanted.values())


def have_shaped(fact: MediaTaken) -> None:
    """A worker makes of it what others may see one day."""
    aws.enqueue(settings().pictures_queue_url, [fact.media_id])


def shape(media_id: str) -> None:
    """Make of an upload what may be shown, without where it was taken. The upload itself is deleted.

    Refuses: StorageSilent — nothing is lost; the queue brings it again
    """
    media = records.find(media_id)
    if media is None:
        return
    if media.state is State.TAKEN:
        _shape(media)
    storage.delete(media.key)


def links(media_id: str) -> Links:
    """Addresses that show a picture that has passed, or to its author or a moderator. Asks nobody."""
    return Links(*(_shown(rules.shaped_key(media_id, size)) for size in Size))


def cover_link(media_id: str) -> str:
    """The address of the small one alone, for lists."""
    return _shown(rules.shaped_key(media_id, Size.SMALL))


def video_link(media_id: str) -> str:
    """The same for a video."""
    return _shown(rules.video_key(media_id))


def follow_judgement(fact: PictureJudged) -> None:
    """A picture that WeChat looked at has passed, is refused, or waits for a moderator."""
    if not rules.asks_again(fact):
        _come_to(fact.media_id, rules.state_after(fact), after=State.SHAPED, now=fact.at)


def hold_unanswered(fact: PictureDue) -> None:
    """A picture that WeChat says nothing of waits for a moderator."""
    if _come_to(fact.media_id, State.HELD, after=State.SHAPED, now=fact.at):
        logs.metric("picture_unanswered")


def follow_decision(fact: MediaDecided) -> None:
    """A held picture or video is shown or not, as a moderator decided."""
    state = State.PASSED if fact.decision is CaseDecision.PASS else State.REFUSED
    _come_to(fact.case_id, state, after=State.HELD, now=fact.at)


def delete(media_id: str) -> None:
    """Let a file and its row be gone for good."""
    if media := records.find(media_id):
        _delete(media)


def forget_unused(fact: MediaDue) -> None:
    """What nobody has used a day after it was asked for is deleted.

    So is an upload that came again after it was shaped: its ticket outlives that by some minutes.
    """
    try:
        records.delete_unused(fact.media_id)
    except Overtaken:
        media = records.find(fact.media_id)
        if media and media.state in (None, State.TAKEN):
            return  # It is used as it was uploaded, or is yet to be shaped.
    storage.delete(rules.key_of(fact.media_id, purpose=Purpose(fact.purpose)))


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


def _check_new(media: Media) -> None:
    """Refuses: UsedAlready, NotUploaded, NotAPicture, NotAVideo"""
    if media.used:
        raise rules.UsedAlready
    beginning = storage.beginning(media.key, bytes_max=rules.BEGINNING_BYTES)
    if beginning is None:
        raise NotUploaded
    rules.check_picture(media, beginning)


def _shape(media: Media) -> None:
    made = State.HELD if media.purpose is Purpose.VIDEO else State.SHAPED
    state = made if making.make(media) else State.REFUSED
    _come_to(media.media_id, state, after=State.TAKEN, now=clock.utc_now())
    if records.find(media.media_id) is None:
        _delete(media)  # Somebody did so while we were at it, and could not know of these files.


def _shown(key: str) -> str:
    return storage.steady_link(key, expires_s=int(rules.LINK_VALID.total_seconds()))


def _come_to(media_id: str, state: State, *, after: State, now: datetime) -> bool:
    """Let a picture or video be in another state, if it is in that one. Gives if it was."""
    media = records.find(media_id)
    if media is None or media.state is not after:
        return False
    try:
        records.come_to(media, state, rules.come_to(media, state, now=now))
    except Overtaken:
        return False
    return True


def _delete(media: Media) -> None:
    for key in media.keys:
        storage.delete(key)
    records.delete(media.media_id)
