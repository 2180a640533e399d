"""Perceptual hashes of pictures: what looks the same has nearly the same.

Source: difference hash (dHash), N. Krawetz, "Kind of Like That", 2013
"""

from __future__ import annotations

from io import BytesIO

ROWS = 8
PIXELS_MAX = 50_000_000
"""A phone takes 12 to 48 million; beyond, a small file could fill our memory."""


def print_of(picture: bytes) -> str | None:
    """A bit for each of 8×8 places: whether it is brighter than what is right of it.

    Shape: 16 hexadecimal digits; None where it cannot be opened
    """
    from PIL import Image

    try:
        image = Image.open(BytesIO(picture), formats=("JPEG", "PNG"))
        if image.width * image.height > PIXELS_MAX:
            return None
        image.draft("L", (ROWS * 16, ROWS * 16))
        small = image.convert("L").resize((ROWS + 1, ROWS), Image.Resampling.BOX)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    grey = small.tobytes()
    bits = 0
    for row in range(ROWS):
        for column in range(ROWS):
            place = row * (ROWS + 1) + column
            bits = bits << 1 | (grey[place] > grey[place + 1])
    return f"{bits:016x}"
