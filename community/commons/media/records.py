"""Rows of media and of how many wait to be used, in the platform table. The files are in the bucket.

| pattern                     | key condition                                           | units   |
|-----------------------------|---------------------------------------------------------|---------|
| ask for one, 20 unused a    | transaction: put `media#<id>` if new, update            | 8 WCU   |
|   day                       |   `uploads#<member>` / `<day>` if under 20, the agenda   |         |
| one                         | get `media#<id>`, consistent                            | 1 RCU   |
| use                         | in a transaction: update if unused, update the count    | 5 WCU   |
| all of a member             | gsi1 `media#<member>`                                   | 0.5 RCU |
| move one in a merge         | update if still theirs                                  | 3 WCU   |
| delete one                  | delete, if unused                                       | 2 WCU   |
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.tables import Row, dies_at, one_transaction, table_name, unless_overtaken
from community.commons.agenda import service as agenda
from community.commons.media.rules import UNUSED_MAX, Media, day_of
from community.facts import MediaDue

COUNT_KEPT = timedelta(days=2)


class MediaRow(Row):
    class Meta:
        table_name = table_name("platform")

    media = UnicodeAttribute()
    member_id = UnicodeAttribute()
    used_at = UnicodeAttribute(null=True)
    merges = UnicodeSetAttribute(null=True)


class UploadsRow(Row):
    """How many uploads of a day wait to be used."""

    class Meta:
        table_name = table_name("platform")

    unused = NumberAttribute()


def add(media: Media, due: MediaDue) -> None:
    """Refuses: Overtaken — it is there already, or too many wait"""
    row = MediaRow(
        _key(media.media_id),
        "media",
        media=msgspec.json.encode(media).decode(),
        member_id=media.member_id,
        gsi1pk=_key(media.member_id),
        gsi1sk=media.media_id,
    )
    with one_transaction() as write:
        write.save(row, condition=MediaRow.pk.does_not_exist())
        write.update(
            _uploads_row(media),
            _counted(media, +1),
            condition=UploadsRow.unused.does_not_exist() | (UploadsRow.unused < UNUSED_MAX),
        )
        agenda.put_in(write, due)


def find(media_id: str) -> Media | None:
    try:
        return _media(MediaRow.get(_key(media_id), "media", consistent_read=True))
    except MediaRow.DoesNotExist:
        return None


def of_member(member_id: str) -> list[Media]:
    return [_media(row) for row in MediaRow.gsi1.query(_key(member_id))]


def use(write: TransactWrite, media: Media, *, now: datetime) -> None:
    """Join a transaction, which is overtaken if it was used or deleted meanwhile."""
    write.update(
        MediaRow(_key(media.media_id), "media"),
        [MediaRow.used_at.set(now.isoformat())],
        condition=MediaRow.pk.exists() & MediaRow.used_at.does_not_exist(),
    )
    write.update(_uploads_row(media), _counted(media, -1))


def move(media: Media, *, to: str, merge_id: str, back: bool) -> None:
    """Let it be another member's, and remember by which merge, or take that `back`.

    Refuses: Overtaken — it is somebody else's by now
    """
    merge = MediaRow.merges.delete([merge_id]) if back else MediaRow.merges.add([merge_id])
    with unless_overtaken():
        MediaRow(_key(media.media_id), "media").update(
            [MediaRow.member_id.set(to), MediaRow.gsi1pk.set(_key(to)), merge],
            MediaRow.member_id == media.member_id,
        )


def came_by(merge_id: str, *, to: str) -> list[Media]:
    """What a member got by a merge."""
    rows = MediaRow.gsi1.query(_key(to), filter_condition=MediaRow.merges.contains(merge_id))
    return [_media(row) for row in rows]


def delete(media_id: str) -> None:
    MediaRow(_key(media_id), "media").delete()


def delete_unused(media_id: str) -> None:
    """Refuses: Overtaken — it is used"""
    with unless_overtaken():
        MediaRow(_key(media_id), "media").delete(MediaRow.used_at.does_not_exist())


def _uploads_row(media: Media) -> UploadsRow:
    return UploadsRow(f"uploads#{media.asked_by}", day_of(media.created_at))


def _counted(media: Media, more: int) -> list[Action]:
    return [
        UploadsRow.unused.add(more),
        UploadsRow.ttl.set(dies_at(media.created_at, COUNT_KEPT)),
    ]


def _key(whose: str) -> str:
    return f"media#{whose}"


def _media(row: MediaRow) -> Media:
    media = msgspec.json.decode(row.media, type=Media)
    return msgspec.structs.replace(media, member_id=row.member_id, used=row.used_at is not None)
