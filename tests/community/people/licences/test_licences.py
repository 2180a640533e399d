"""Photographed licences: read once, kept sealed, recognised again, forgotten."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from chalicelib import storage
from chalicelib.errors import Unavailable
from chalicelib.tables import one_transaction
from chalicelib.wechat.refusals import LicenceUnreadable, OcrQuotaUsedUp
from community.commons.media.rules import NoSuchMedia, NotAPicture, NotUploaded, UsedAlready
from community.facts import MemberErased, MembersMerged, MembersUnmerged
from community.people.attempts.rules import TooManyAttempts
from community.people.licences import prints, records, rules
from community.people.licences import service as licences
from community.people.licences.rules import READINGS_A_DAY, Licence, Reading
from community.people.members import service as members
from community.people.members.rules import ConsentNeeded, Member
from tests.community.people.certifying import Upload
from tests.fakes.usual import a_licence_photo
from tests.world import Person, World

OCR = "/cv/ocr/driving"


@pytest.fixture
def li(world: World) -> Person:
    return world.joins("li")


@pytest.fixture
def wang(world: World) -> Person:
    return world.joins("wang")


def read(world: World, who: Person, media_id: str) -> Reading:
    return licences.read(who.member, media_id, now=world.now)


def hand_in(world: World, who: Person, media_id: str) -> Licence:
    licence = licences.looked_at(who.member, media_id, now=world.now)
    with one_transaction() as write:
        licences.hand_in(write, licence, now=world.now)
    return licence


def calls(world: World) -> int:
    return len(world.platform.asked_for(OCR))


# Reading


def test_what_stands_on_it_is_told(world: World, li: Person, upload: Upload) -> None:
    photo = upload(li, vin="LSVAA49J132000009", plate_num="沪B88888", model="启程牌QC7150A")
    assert read(world, li, photo) == Reading("LSVAA49J132000009", "沪B88888", "启程牌QC7150A")


def test_a_photo_is_read_once(world: World, li: Person, upload: Upload) -> None:
    photo = upload(li)
    assert read(world, li, photo) == read(world, li, photo)
    assert calls(world) == 1


def test_a_photo_that_shows_no_licence_is_not_tried_again(
    world: World, li: Person, upload: Upload
) -> None:
    photo = upload(li, a_png())
    for _ in range(2):
        with pytest.raises(LicenceUnreadable):
            read(world, li, photo)
    assert calls(world) == 1


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [({"errcode": 101003, "errmsg": "x"}, OcrQuotaUsedUp), ({"errcode": -1}, Unavailable)],
)
def test_what_nobody_could_read_today_can_be_read_tomorrow(
    world: World, li: Person, upload: Upload, answer: dict[str, Any], refusal: type[Exception]
) -> None:
    photo = upload(li)
    world.platform.answers(OCR, answer)
    with pytest.raises(refusal):
        read(world, li, photo)
    assert read(world, li, photo).vin == "LSVAA49J132000001"


def test_what_was_read_is_sealed_and_dies_if_nobody_hands_it_in(
    world: World, li: Person, upload: Upload
) -> None:
    read(world, li, upload(li, vin="LSVAA49J132000009", plate_num="沪B88888"))
    (row,) = [row for row in world.rows("people") if row["pk"].startswith("licence#")]
    assert row["ttl"] == (world.now + timedelta(days=2)).timestamp()
    assert not [word for word in ("LSVAA49J132000009", "B88888") if word in str(row)]


def test_nobody_reads_more_photos_a_day_than_a_form_needs(
    world: World, li: Person, upload: Upload
) -> None:
    for _ in range(READINGS_A_DAY.most):
        read(world, li, upload(li))
    with pytest.raises(TooManyAttempts):
        read(world, li, upload(li))
    assert calls(world) == READINGS_A_DAY.most


def test_the_photo_must_be_theirs_and_there_and_a_picture(
    world: World, li: Person, wang: Person, upload: Upload
) -> None:
    with pytest.raises(NoSuchMedia):
        read(world, wang, upload(li))
    with pytest.raises(NoSuchMedia):
        read(world, li, "unknown")
    with pytest.raises(NotAPicture):
        read(world, li, upload(li, b"GIF89a"))
    photo = upload(li)
    storage.delete(f"licence/{photo}")
    with pytest.raises(NotUploaded):
        read(world, li, photo)
    assert calls(world) == 0


def test_who_does_not_consent_has_nothing_read(world: World, li: Person, upload: Upload) -> None:
    photo = upload(li)
    members.change(li.member_id, without_consent)
    with pytest.raises(ConsentNeeded):
        read(world, li, photo)
    assert calls(world) == 0


def test_a_photo_that_was_handed_in_is_not_read_for_another_form(
    world: World, li: Person, upload: Upload
) -> None:
    photo = upload(li)
    hand_in(world, li, photo)
    with pytest.raises(UsedAlready):
        read(world, li, photo)


def without_consent(member: Member) -> Member:
    return msgspec.structs.replace(member, consent=None)


# Being recognised


def again(picture: bytes, *, quality: int = 60, size: tuple[int, int] = (500, 375)) -> bytes:
    """The same picture, smaller and saved by another phone."""
    out = BytesIO()
    Image.open(BytesIO(picture)).convert("RGB").resize(size).save(out, "JPEG", quality=quality)
    return out.getvalue()


def a_png(size: tuple[int, int] = (64, 64), *, grey: int = 128) -> bytes:
    out = BytesIO()
    Image.new("L", size, grey).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("number", range(5))
def test_the_same_picture_saved_anew_is_the_same(number: int) -> None:
    photo = a_licence_photo(vin=f"LSVAA49J13200000{number}")
    one, other = prints.print_of(photo), prints.print_of(again(photo))
    assert one
    assert other
    assert rules.is_same_picture(one, other)


def test_photos_of_different_licences_are_different() -> None:
    seen = [prints.print_of(a_licence_photo(vin=f"LSVAA49J13200000{n}")) or "" for n in range(6)]
    pairs = [(a, b) for a in seen for b in seen if a < b]
    assert len(pairs) == 15
    assert not [pair for pair in pairs if rules.is_same_picture(*pair)]


@pytest.mark.parametrize(
    "picture",
    [b"", b"\x89PNG\r\n\x1a\n", a_licence_photo()[:5_000], b"\xff\xd8\xff" + bytes(100)],
    ids=["nothing", "a beginning", "half", "no jpeg"],
)
def test_what_cannot_be_opened_has_no_print(picture: bytes) -> None:
    assert prints.print_of(picture) is None


def test_a_small_file_that_is_a_huge_picture_is_not_opened() -> None:
    assert prints.print_of(a_png((10_000, 5_001))) is None


@given(st.integers(0, 2**64 - 1), st.lists(st.integers(0, 63), max_size=3, unique=True))
def test_pictures_that_differ_a_little_share_a_band(number: int, flipped: list[int]) -> None:
    other = number
    for bit in flipped:
        other ^= 1 << bit
    one_print, other_print = f"{number:016x}", f"{other:016x}"
    assert rules.is_same_picture(one_print, other_print)
    assert set(rules.bands(one_print)) & set(rules.bands(other_print))


def test_four_bits_more_are_another_picture() -> None:
    assert not rules.is_same_picture(f"{0:016x}", f"{0b1111:016x}")


def test_the_same_photo_of_others_is_counted_by_members(
    world: World, li: Person, wang: Person, upload: Upload
) -> None:
    photo = a_licence_photo()
    first = hand_in(world, li, upload(li, photo))
    assert licences.others_with(first) == 0
    for _ in range(2):
        hand_in(world, wang, upload(wang, photo))
    other = hand_in(world, wang, upload(wang, vin="LSVAA49J132000009"))
    assert (licences.others_with(first), licences.others_with(other)) == (1, 0)
    zhao = world.joins("zhao")
    third = licences.looked_at(zhao.member, upload(zhao, photo), now=world.now)
    assert licences.others_with(third) == 2


def a_licence(world: World, number: int, print_: str) -> Licence:
    return Licence(
        media_id=f"m{number:04}",
        member_id=f"member-{number}",
        reading=None,
        print=print_,
        read_at=world.now,
    )


def handed_in(world: World, number: int, print_: str) -> Licence:
    licence = a_licence(world, number, print_)
    with one_transaction() as write:
        licences.hand_in(write, licence, now=world.now)
    return licence


def test_pictures_that_are_alike_in_part_only_are_not_looked_at(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        handed_in(world, number, f"0000{number + 1:04x}ffffffff")
    mine = a_licence(world, 99, "0000000000000000")
    asked = []
    monkeypatch.setattr(records.LicenceRow, "batch_get", lambda keys: asked.extend(keys) or [])
    monkeypatch.setattr(records, "find", asked.append)
    assert licences.others_with(mine) == 0
    assert asked == []


def test_however_many_share_a_part_the_newest_are_compared(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "SHARED_MAX", 3)
    same = "0000000000000000"
    handed_in(world, 0, same)
    for number in range(1, 3):
        handed_in(world, number, "0000ffffffffffff")
    handed_in(world, 3, same)
    assert licences.others_with(a_licence(world, 99, same)) == 2
    monkeypatch.setattr(records, "SHARED_MAX", 1)
    assert licences.others_with(a_licence(world, 99, same)) == 1


def test_a_photo_that_was_only_read_is_nobodys_evidence(
    world: World, li: Person, wang: Person, upload: Upload
) -> None:
    photo = a_licence_photo()
    read(world, li, upload(li, photo))
    second = hand_in(world, wang, upload(wang, photo))
    assert licences.others_with(second) == 0


# Being forgotten, and going along


def test_a_forgotten_photo_is_gone_and_so_is_what_stood_on_it(
    world: World, li: Person, upload: Upload
) -> None:
    photo = upload(li)
    hand_in(world, li, photo)
    for _ in range(2):
        licences.forget(photo)
    found = licences.find(photo)
    assert found
    assert (found.reading, storage.exists(f"licence/{photo}")) == (None, False)
    assert found.print


def test_photos_go_along_in_a_merge_and_back(
    world: World, li: Person, wang: Person, upload: Upload
) -> None:
    photo = upload(li)
    hand_in(world, li, photo)
    ids = {"merge_id": "m1", "kept_id": wang.member_id, "gone_id": li.member_id}
    for _ in range(2):
        licences.follow_merge(MembersMerged(fact_id="m1", at=world.now, **ids))
        assert [each["media_id"] for each in licences.exported(wang.member_id)] == [photo]
        assert licences.exported(li.member_id) == []
    for _ in range(2):
        licences.follow_unmerge(MembersUnmerged(fact_id="m1.u", at=world.now, **ids))
        assert [each["media_id"] for each in licences.exported(li.member_id)] == [photo]


def test_of_who_is_erased_no_picture_is_remembered(
    world: World, li: Person, upload: Upload
) -> None:
    hand_in(world, li, upload(li))
    licences.erase(MemberErased(fact_id="e", at=world.now, member_id=li.member_id))
    left = [row["pk"] for row in world.rows("people")]
    assert not [pk for pk in left if pk.startswith(("licence#", "print#"))]
