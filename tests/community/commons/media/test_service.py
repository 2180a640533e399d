"""Uploads: asked for within bounds, found by whoever asked, deleted when nobody used them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib import ids, storage
from chalicelib.errors import Invalid
from chalicelib.tables import Overtaken, one_transaction
from community.commons.agenda import service as agenda
from community.commons.media import service as media
from community.commons.media.rules import (
    BOUNDS,
    PICTURE_BYTES_MAX,
    UNUSED_MAX,
    Media,
    NoSuchMedia,
    NotAPicture,
    NotUploaded,
    Purpose,
    TooManyUploads,
    UsedAlready,
)
from community.facts import MediaDue, MemberErased, MembersMerged, MembersUnmerged
from tests.world import START, World

LI = "01J0000000000000000000MBR1"
WANG = "01J0000000000000000000MBR2"
CHEN = "01J0000000000000000000MBR3"
PNG = b"\x89PNG\r\n\x1a\n and so on"
JPEG = b"\xff\xd8\xff\xe0 and so on"
WEBP = b"RIFF\x00\x00\x00\x00WEBP and so on"
DAY = timedelta(days=1)

pytestmark = pytest.mark.usefixtures("world")


def asked(request_id: str, *, member_id: str = LI, **more: Any) -> Media:
    told = {"content_type": "image/png", "size": 1_000, "now": START, **more}
    purpose = told.pop("purpose", Purpose.LICENCE)
    made, _ = media.ticket(member_id, purpose, request_id=request_id, **told)
    return made


def uploaded(request_id: str, body: bytes = PNG, **more: Any) -> Media:
    made = asked(request_id, **more)
    storage.put(made.key, body, content_type=made.content_type)
    return made


def used(request_id: str, **more: Any) -> Media:
    made = uploaded(request_id, **more)
    use(made)
    return made


def use(made: Media) -> None:
    with one_transaction() as write:
        media.mark_used(write, made, now=START)


def found(made: Media, *, by: str = LI) -> Media:
    return media.uploaded(by, made.media_id, purpose=made.purpose)


def a_day_passes(world: World) -> None:
    world.now = START + DAY
    agenda.let_happen(now=world.now)
    world.settle()


# Tickets


def test_a_ticket_is_for_one_key_type_and_size() -> None:
    made, ticket = media.ticket(
        LI,
        Purpose.LICENCE,
        content_type="image/jpeg",
        size=PICTURE_BYTES_MAX,
        request_id="r",
        now=START,
    )
    assert ids.is_id(made.media_id)
    assert ticket.fields["key"] == f"licence/{made.media_id}"
    assert ticket.fields["Content-Type"] == "image/jpeg"
    assert made.ticket_expires_at == START + timedelta(minutes=10)


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("excess", [0, 1])
def test_the_size_is_bounded(purpose: Purpose, excess: int) -> None:
    wanted = {
        "purpose": purpose,
        "content_type": BOUNDS[purpose].content_types[0],
        "size": BOUNDS[purpose].bytes_max + excess,
    }
    if not excess:
        assert asked("r", **wanted).bytes_max == wanted["size"]
        return
    with pytest.raises(Invalid) as refused:
        asked("r", **wanted)
    assert [error.field for error in refused.value.errors] == ["bytes"]


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"size": 0}, ["bytes"]),
        ({"size": -1}, ["bytes"]),
        ({"content_type": "image/webp"}, ["content_type"]),
        ({"content_type": "IMAGE/PNG"}, ["content_type"]),
        ({"content_type": "text/html", "size": 0}, ["content_type", "bytes"]),
    ],
)
def test_every_wrong_field_is_named_and_nothing_is_kept(
    world: World, wrong: dict[str, Any], fields: list[str]
) -> None:
    before = world.rows("platform")
    with pytest.raises(Invalid) as refused:
        asked("r", **wrong)
    assert [error.field for error in refused.value.errors] == fields
    assert world.rows("platform") == before


def test_an_avatar_may_be_webp() -> None:
    assert asked("r", purpose=Purpose.AVATAR, content_type="image/webp").purpose is Purpose.AVATAR


def test_the_same_request_again_is_the_same_upload() -> None:
    assert asked("r") == asked("r")
    assert len(media.exported(LI)) == 1


def test_what_is_used_cannot_be_uploaded_over_by_the_same_request() -> None:
    used("r")
    with pytest.raises(UsedAlready):
        asked("r")


def test_twenty_may_wait_on_a_day_and_no_more() -> None:
    made = [asked(f"r{number}") for number in range(UNUSED_MAX)]
    with pytest.raises(TooManyUploads) as refused:
        asked("one more")
    assert refused.value.retry_after_s == 12 * 3600  # It is noon in Beijing.
    assert asked("r0") == made[0]
    assert asked("another member", member_id=WANG)
    assert asked("the next day", now=START + DAY)


def test_what_was_used_makes_room() -> None:
    made = [uploaded(f"r{number}") for number in range(UNUSED_MAX)]
    use(made[0])
    assert asked("one more")
    with pytest.raises(TooManyUploads):
        asked("two more")


# Finding


def test_what_was_uploaded_is_found() -> None:
    made = uploaded("r")
    assert found(made) == made
    assert media.picture(made) == PNG


def test_before_it_is_uploaded_it_is_not_there() -> None:
    made = asked("r")
    with pytest.raises(NotUploaded):
        found(made)
    with pytest.raises(NotUploaded):
        media.picture(made)


@pytest.mark.parametrize("media_id", ["", "x", "licence", "0" * 26, "../exports/1", "é" * 26])
def test_what_nobody_asked_for_is_not_there(media_id: str) -> None:
    with pytest.raises(NoSuchMedia):
        media.uploaded(LI, media_id, purpose=Purpose.LICENCE)


def test_nobody_finds_anothers_upload_or_one_for_something_else() -> None:
    made = uploaded("r")
    with pytest.raises(NoSuchMedia):
        found(made, by=WANG)
    with pytest.raises(NoSuchMedia):
        media.uploaded(LI, made.media_id, purpose=Purpose.AVATAR)


@pytest.mark.parametrize(
    ("content_type", "body"), [("image/png", PNG), ("image/jpeg", JPEG), ("image/webp", WEBP)]
)
def test_a_picture_is_what_its_type_says(content_type: str, body: bytes) -> None:
    made = uploaded("r", body, purpose=Purpose.AVATAR, content_type=content_type)
    assert media.picture(made) == body


@pytest.mark.parametrize("body", [b"x", b"<html>", PNG[:5], JPEG, b"RIFF....WAVE"])
def test_a_file_that_is_no_such_picture_is_refused(body: bytes) -> None:
    with pytest.raises(NotAPicture):
        media.picture(uploaded("r", body))


def test_a_link_shows_a_file() -> None:
    made = uploaded("r")
    assert f"/{made.key}?" in media.link(made.media_id, purpose=made.purpose)


# Using and forgetting


def test_what_is_used_says_so_and_stays_so() -> None:
    made = used("r")
    again = found(made)
    assert again.used
    use(again)
    assert found(made).used


def test_who_uses_at_the_same_moment_is_overtaken() -> None:
    made = uploaded("r")
    use(made)
    with pytest.raises(Overtaken):
        use(made)


def test_what_nobody_used_is_deleted_a_day_later(world: World) -> None:
    made = uploaded("r")
    world.now = START + DAY - timedelta(seconds=1)
    agenda.let_happen(now=world.now)
    world.settle()
    assert found(made) == made
    a_day_passes(world)
    assert media.find(made.media_id) is None
    assert not storage.exists(made.key)


def test_what_is_used_stays(world: World) -> None:
    made = used("r")
    a_day_passes(world)
    assert media.picture(found(made)) == PNG


def test_what_was_forgotten_cannot_be_used(world: World) -> None:
    made = uploaded("r")
    a_day_passes(world)
    with pytest.raises(Overtaken):
        use(made)


def test_forgetting_that_was_cut_short_is_finished() -> None:
    made = uploaded("r")
    due = MediaDue(fact_id="f", at=START, media_id=made.media_id, purpose=made.purpose)
    media.forget_unused(due)
    storage.put(made.key, PNG, content_type="image/png")  # As if it had ended before the file.
    media.forget_unused(due)
    assert not storage.exists(made.key)


def test_what_is_deleted_is_gone_for_good(world: World) -> None:
    made = used("r")
    for _ in range(2):
        media.delete(made.media_id)
    assert not storage.exists(made.key)
    assert not [row for row in world.rows("platform") if row["pk"] == f"media#{made.media_id}"]
    with pytest.raises(NoSuchMedia):
        found(made)


# Belongings


def merged(merge_id: str, *, gone: str, kept: str) -> MembersMerged:
    return MembersMerged(fact_id=merge_id, at=START, merge_id=merge_id, kept_id=kept, gone_id=gone)


def unmerged(merge_id: str, *, gone: str, kept: str) -> MembersUnmerged:
    return MembersUnmerged(
        fact_id=f"{merge_id}.undone", at=START, merge_id=merge_id, kept_id=kept, gone_id=gone
    )


def ids_of(member_id: str) -> set[str]:
    return {each.media_id for each in media.exported(member_id)}


def test_an_export_names_all_files_of_a_member_and_nobody_elses() -> None:
    mine = {used("a").media_id, asked("b", purpose=Purpose.AVATAR).media_id}
    asked("c", member_id=WANG)
    assert ids_of(LI) == mine


def test_after_a_merge_the_files_are_with_the_one_who_stays() -> None:
    made = uploaded("r")
    for _ in range(2):
        media.follow_merge(merged("m", gone=LI, kept=WANG))
    assert (ids_of(LI), ids_of(WANG)) == (set(), {made.media_id})
    assert found(made, by=WANG).member_id == WANG
    use(found(made, by=WANG))
    with pytest.raises(NoSuchMedia):
        found(made)


def test_what_came_by_a_merge_goes_back_and_nothing_else_does() -> None:
    came, own = uploaded("r"), uploaded("r", member_id=WANG)
    media.follow_merge(merged("m", gone=LI, kept=WANG))
    media.follow_merge(merged("other", gone=CHEN, kept=WANG))
    for _ in range(2):
        media.follow_unmerge(unmerged("m", gone=LI, kept=WANG))
    assert (ids_of(LI), ids_of(WANG)) == ({came.media_id}, {own.media_id})


def test_merges_on_merges_go_back_one_by_one() -> None:
    made = uploaded("r")
    media.follow_merge(merged("m1", gone=LI, kept=WANG))
    media.follow_merge(merged("m2", gone=WANG, kept=CHEN))
    assert ids_of(CHEN) == {made.media_id}
    media.follow_unmerge(unmerged("m2", gone=WANG, kept=CHEN))
    assert ids_of(WANG) == {made.media_id}
    media.follow_unmerge(unmerged("m1", gone=LI, kept=WANG))
    assert ids_of(LI) == {made.media_id}


def test_who_is_erased_leaves_no_file() -> None:
    made, other = used("r"), used("r", member_id=WANG)
    for _ in range(2):
        media.erase(MemberErased(fact_id="e", at=START, member_id=LI))
    assert media.exported(LI) == []
    assert not storage.exists(made.key)
    assert storage.exists(other.key)
