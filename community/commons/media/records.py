"""Rows of media and of how many wait to be used, in the platform table. The files are in the bucket.

| pattern                     | key condition                                           | units   |
|-----------------------------|---------------------------------------------------------|---------|
| ask for one, 20 unused a    | transaction: put `media#<id>` if new, update            | 8 WCU   |
|   day                       |   `uploads#<member>` / `<day>` if under 20, the agenda   |         |
| one                         | get `media#<id>`, consistent                            | 1 RCU   |
| use                         | in a transaction: update if unused, update the count    | 5 WCU   |
| use up to 9 for a post      | batch get, consistent; in its transaction: update each   | 1 RCU + |
|                             |   if unused with its fact, update the count              | 3 WCU each + 2 WCU |
| use again for its post      | in its transaction: update if in the state it was read   | 2 WCU   |
| it comes to another state   | update with its fact, if it was in that state before     | 2 WCU   |
| all of a member             | gsi1 `media#<member>`                                   | 0.5 RCU |
| move one in a merge         | update if still theirs                                  | 3 WCU   |
| delete one                  | delete, if unused                                       | 2 WCU   |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.tables import Row, dies_at, one_transaction, table_name, unless_overtaken
from community.commons.agenda import service as agenda
from community.commons.media.rules import UNUSED_MAX, Media, State, day_of
from community.facts import Fact, MediaDue, written

COUNT_KEPT = timedelta(days=2)


class MediaRow(Row):
    class Meta:
        table_name = table_name("platform")

    media = UnicodeAttribute()
    member_id = UnicodeAttribute()
    used_at = UnicodeAttribute(null=True)
    post_id = UnicodeAttribute(null=True)
    state = UnicodeAttribute(null=True)
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


def several(media_ids: Iterable[str]) -> dict[str, Media]:
    """Those of them that there are."""
    keys = [(_key(media_id), "media") for media_id in media_ids]
    rows = MediaRow.batch_get(keys, consistent_read=True)
    return {media.media_id: media for media in map(_media, rows)}


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


def use_for_post(
    write: TransactWrite, taken: Sequence[tuple[Media, Fact]], post_id: str, *, now: datetime
) -> None:
    """Join a transaction, which is overtaken if one of them was used or deleted meanwhile."""
    for media, fact in taken:
        write.update(
            MediaRow(_key(media.media_id), "media"),
            [
                MediaRow.used_at.set(now.isoformat()),
                MediaRow.post_id.set(post_id),
                MediaRow.state.set(State.TAKEN.value),
                MediaRow.fact.set(written(fact)),
            ],
            # Else a merge at this moment would let a post have what is its author's no longer.
            condition=(MediaRow.member_id == media.member_id) & MediaRow.used_at.does_not_exist(),
        )
    # A transaction may touch a row only once.
    days = Counter((media.asked_by, day_of(media.created_at)) for media, _ in taken)
    any_of_day = {(media.asked_by, day_of(media.created_at)): media for media, _ in taken}
    for day, number in days.items():
        media = any_of_day[day]
        write.update(_uploads_row(media), _counted(media, -number))


def use_again(write: TransactWrite, used: Iterable[Media], *, now: datetime) -> None:
    """Join a transaction, which is overtaken if one of them came to another state meanwhile."""
    for media in used:
        assert media.state is not None
        write.update(
            MediaRow(_key(media.media_id), "media"),
            [MediaRow.used_at.set(now.isoformat())],
            condition=MediaRow.state == media.state.value,
        )


def come_to(media: Media, state: State, fact: Fact) -> None:
    """Let it be in another state. Refuses: Overtaken — it is in another by now, or gone"""
    assert media.state is not None
    with unless_overtaken():
        MediaRow(_key(media.media_id), "media").update(
            [MediaRow.state.set(state.value), MediaRow.fact.set(written(fact))],
            MediaRow.state == media.state.value,
        )


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
    return msgspec.structs.replace(
        media,
        member_id=row.member_id,
        used=row.used_at is not None,
        post_id=row.post_id,
        state=State(row.state) if row.state else None,
    )
