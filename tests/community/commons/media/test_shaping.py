"""Pictures as others see them: three sizes, upright, and nothing of where they were taken."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from community.commons.media import shaping
from community.commons.media.rules import SIDE_MAX, Size
from community.commons.media.shaping import shapes_of
from tests.pictures import CAMERA, a_photo

RED, BLUE, WHITE = (230, 20, 20), (30, 60, 200), (255, 255, 255)


def opened(body: bytes) -> Image.Image:
    return Image.open(BytesIO(body), formats=("JPEG",))


def is_near(image: Image.Image, place: tuple[int, int], colour: tuple[int, ...]) -> bool:
    found = image.getpixel(place)
    assert isinstance(found, tuple)
    return all(abs(one - other) < 25 for one, other in zip(found, colour, strict=True))


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    body = BytesIO()
    image.save(body, kind, **how)
    return body.getvalue()


def test_a_picture_comes_in_three_sizes() -> None:
    shapes = shapes_of(a_photo(3200, 2400))
    assert {size: opened(body).size for size, body in shapes.items()} == {
        Size.SMALL: (200, 150),
        Size.MEDIUM: (750, 562),
        Size.LARGE: (1600, 1200),
    }
    for body in shapes.values():
        assert opened(body).info["progressive"]


def test_a_small_picture_is_not_made_larger() -> None:
    assert {opened(body).size for body in shapes_of(a_photo(90, 60)).values()} == {(90, 60)}


def test_a_picture_that_is_hardly_wide_stays_one() -> None:
    assert opened(shapes_of(a_photo(1, 4000))[Size.SMALL]).size == (1, 200)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_tells_where_or_with_what_it_was_taken(kind: str) -> None:
    photo = a_photo(kind=kind)
    assert CAMERA.encode() in photo
    for body in shapes_of(photo).values():
        assert not opened(body).getexif()
        assert b"Exif" not in body
        assert CAMERA.encode() not in body


def test_neither_do_notes_and_other_pictures_in_it() -> None:
    image = Image.new("RGB", (50, 50))
    body = saved(image, "JPEG", comment=b"taken at home", xmp=b"<x>taken at home</x>")
    assert b"taken at home" in body
    assert b"taken at home" not in b"".join(shapes_of(body).values())


@pytest.mark.parametrize(
    ("turned", "size", "red"),
    [
        (1, (100, 80), (10, 10)),
        (2, (100, 80), (90, 10)),
        (3, (100, 80), (90, 70)),
        (4, (100, 80), (10, 70)),
        (5, (80, 100), (10, 10)),
        (6, (80, 100), (70, 10)),
        (7, (80, 100), (70, 90)),
        (8, (80, 100), (10, 90)),
        (9, (100, 80), (10, 10)),
    ],
)
def test_it_stands_upright(turned: int, size: tuple[int, int], red: tuple[int, int]) -> None:
    image = opened(shapes_of(a_photo(100, 80, turned=turned, quality=95))[Size.LARGE])
    assert image.size == size
    assert is_near(image, red, RED)
    assert not is_near(image, (size[0] - red[0], size[1] - red[1]), RED)


@pytest.mark.parametrize(("mode", "kind"), [("RGBA", "PNG"), ("RGBA", "WEBP"), ("LA", "PNG")])
def test_what_is_see_through_is_shown_on_white(mode: str, kind: str) -> None:
    picture = saved(Image.new(mode, (40, 40)), kind)
    assert is_near(opened(shapes_of(picture)[Size.SMALL]), (20, 20), WHITE)


def test_a_palette_with_a_see_through_colour_is_shown_on_white() -> None:
    image = Image.new("P", (40, 40), 0)
    image.putpalette([0, 0, 0, 255, 0, 0])
    picture = saved(image, "PNG", transparency=0)
    assert is_near(opened(shapes_of(picture)[Size.SMALL]), (20, 20), WHITE)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("L", "JPEG"), ("CMYK", "JPEG"), ("1", "PNG"), ("I;16", "PNG"), ("L", "PNG")],
)
def test_every_kind_of_colours_is_taken(mode: str, kind: str) -> None:
    assert opened(shapes_of(saved(Image.new(mode, (40, 40)), kind))[Size.LARGE]).mode == "RGB"


def test_of_a_moving_picture_the_first_is_shown() -> None:
    red, blue = Image.new("RGB", (40, 40), RED), Image.new("RGB", (40, 40), BLUE)
    for kind in ("WEBP", "PNG"):
        moving = saved(red, kind, save_all=True, append_images=[blue])
        assert is_near(opened(shapes_of(moving)[Size.LARGE]), (20, 20), RED)


def test_colours_stay_those_of_the_camera() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = saved(Image.new("RGB", (40, 40)), "JPEG", icc_profile=profile)
    assert opened(shapes_of(picture)[Size.SMALL]).info["icc_profile"] == profile
    large = saved(Image.new("RGB", (40, 40)), "JPEG", icc_profile=profile * 20)
    assert "icc_profile" not in opened(shapes_of(large)[Size.SMALL]).info


def test_a_small_file_that_would_fill_the_memory_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bomb = saved(Image.new("1", (9_000, 6_000)), "PNG")
    assert len(bomb) < 50_000
    assert shapes_of(bomb) == {}
    monkeypatch.setattr(shaping, "PIXELS_MAX", 100 * 80)
    assert shapes_of(a_photo(100, 80))
    assert shapes_of(a_photo(100, 81)) == {}


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF"])
def test_other_kinds_of_pictures_are_refused(kind: str) -> None:
    assert shapes_of(saved(Image.new("RGB", (40, 40)), kind)) == {}


@given(st.binary(max_size=200), st.integers(0, 3_000), st.sampled_from(["JPEG", "PNG", "WEBP"]))
def test_whatever_is_broken_is_refused_or_shown_without_notes(
    noise: bytes, place: int, kind: str
) -> None:
    photo = a_photo(60, 40, kind=kind)
    for broken in (noise, photo[:place], photo[:place] + noise + photo[place + len(noise) :]):
        shapes = shapes_of(broken)
        assert set(shapes) in (set(), set(SIDE_MAX))
        assert not any(CAMERA.encode() in body for body in shapes.values())
