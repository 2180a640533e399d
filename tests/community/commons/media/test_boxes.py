"""Videos without notes: as long as they were, and the pictures where they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.commons.media.boxes import without_notes
from tests.pictures import a_video, box

HEAD = box(b"ftyp", b"isom", bytes(4))


def test_notes_are_blanked_and_nothing_moves() -> None:
    video = a_video()
    shown = without_notes(video)
    assert shown is not None
    assert len(shown) == len(video)
    assert b"121.4731" in video
    assert b"121.4731" not in shown
    assert shown.index(b"moving pictures") == video.index(b"moving pictures")
    assert (shown.count(b"udta"), shown.count(b"meta"), shown.count(b"free")) == (0, 0, 2)


def test_a_video_without_notes_stays_as_it_is() -> None:
    video = HEAD + box(b"moov", box(b"mvhd", b"x")) + box(b"mdat", b"udta")
    assert without_notes(video) == video


def test_long_boxes_and_one_to_the_end_are_understood() -> None:
    inside = box(b"uuid", b"a secret")
    moov = (1).to_bytes(4, "big") + b"moov" + (16 + len(inside)).to_bytes(8, "big") + inside
    video = HEAD + moov + bytes(4) + b"mdat" + b"to the end"
    shown = without_notes(video)
    assert shown is not None
    assert b"secret" not in shown
    assert shown.endswith(b"to the end")


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\x89PNG\r\n\x1a\n and so on",
        HEAD,
        HEAD + box(b"mdat", b"x"),
        box(b"moov", b"") + HEAD,
        a_video()[:-1],
        HEAD + box(b"moov", b"\x00\x00\x00\x07trak"),
        HEAD + box(b"moov", b"\x00\x00\x00\x01trak"),
        HEAD + box(b"moov", b"\xff\xff\xff\xfftrak"),
    ],
)
def test_what_is_no_mp4_file_is_refused(broken: bytes) -> None:
    assert without_notes(broken) is None


@given(st.binary(max_size=64), st.integers(0, 300))
def test_whatever_is_broken_is_refused_or_keeps_its_length(noise: bytes, place: int) -> None:
    video = a_video()
    broken = video[:place] + noise + video[place:]
    shown = without_notes(broken)
    assert shown is None or len(shown) == len(broken)
