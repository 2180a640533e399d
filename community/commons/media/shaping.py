"""Pictures as others see them: small enough, upright, and without what the camera wrote into them."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import TYPE_CHECKING

from community.commons.media.rules import SIDE_MAX, Size

if TYPE_CHECKING:
    from PIL.Image import Image

PIXELS_MAX = 50_000_000
"""A phone takes 12 to 48 million; beyond, a small file could fill our memory."""
QUALITY = 80
PROFILE_BYTES_MAX = 4_096
"""A phone's colour profile has some hundred bytes; without it its reds would be somebody else's."""
_FORMATS = ("JPEG", "PNG", "WEBP")
_ORIENTATION = 0x0112
_SEE_THROUGH = ("P", "PA", "LA", "La", "RGBa")
_WHITE = (255, 255, 255)


def shapes_of(picture: bytes) -> dict[Size, bytes]:
    """A picture in all sizes, as progressive JPEG; none where it cannot be opened or is too large.

    Shape: none is larger than the picture is
    """
    from PIL import Image

    try:
        image = Image.open(BytesIO(picture), formats=_FORMATS)
        if image.width * image.height > PIXELS_MAX:
            return {}
        turned = image.getexif().get(_ORIENTATION, 1)
        profile = _profile(image)
        seen = _upright(_seen(image), turned)
    # What broken files make of Pillow.
    except (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError):
        return {}
    return {size: _jpeg(_at_most(seen, side), profile) for size, side in SIDE_MAX.items()}


def _seen(image: Image) -> Image:
    """What one sees of a picture on white, in the largest of our sizes, and nothing else of it."""
    from PIL.Image import new

    if image.mode in _SEE_THROUGH or "transparency" in image.info:
        image = image.convert("RGBA")
    image = _at_most(image, SIDE_MAX[Size.LARGE])
    seen = new("RGB", image.size, _WHITE)
    if image.mode == "RGBA":
        seen.paste(image, mask=image)
    else:
        seen.paste(image.convert("RGB"))
    return seen


def _at_most(image: Image, side: int) -> Image:
    from PIL.Image import Resampling

    if max(image.size) <= side:
        return image
    # Of a JPEG only an eighth, a quarter or a half is read where that is enough.
    image.draft(None, (2 * side, 2 * side))
    scale = side / max(image.size)
    size = tuple(max(1, round(length * scale)) for length in image.size)
    return image.resize((size[0], size[1]), Resampling.LANCZOS, reducing_gap=2.0)


def _upright(image: Image, turned: int) -> Image:
    """As it was seen when it was taken. Source: EXIF 2.3, Orientation"""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return image.transpose(turns[turned]) if turned in turns else image


def _profile(image: Image) -> bytes | None:
    profile = image.info.get("icc_profile")
    fits = image.mode == "RGB" and profile and len(profile) <= PROFILE_BYTES_MAX
    return profile if fits else None


def _jpeg(image: Image, profile: bytes | None) -> bytes:
    body = BytesIO()
    image.save(body, "JPEG", quality=QUALITY, progressive=True, optimize=True, icc_profile=profile)
    return body.getvalue()
