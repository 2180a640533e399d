"""Photos of licences: what stands on a card is drawn, and also written into the PNG for the sandbox's own eyes.

A real platform reads pixels. The sandbox reads the PNG's text chunk named after the kind of card, which holds the
card's fields as JSON. A picture without it (any other PNG, any JPEG) shows no card; a photo that was
re-encoded on its way, or stripped of its metadata, shows none either.
"""

import json
import random
from functools import cache
from io import BytesIO
from typing import ClassVar, TypeVar

import msgspec
from PIL import Image, ImageDraw, ImageFont, ImageOps, PngImagePlugin
from starlette.requests import Request
from starlette.responses import Response

from sandbox.control import ControlError, read

FORMATS = ("PNG", "JPEG")
VALUE_CHARS_MAX = 60
PHOTO_SIZE = (720, 540)
CARD_SIZE = (540, 370)
DARK, BRIGHT = (52, 38, 26), (240, 226, 202)
# How much of a photo is the light that falls on it.
LIGHT = 0.4
# The first one that the machine has: without any, Chinese is drawn as boxes.
FONTS = ("wqy-microhei.ttc", "wqy-zenhei.ttc", "NotoSansCJK-Regular.ttc", "PingFang.ttc")


class VehicleLicence(msgspec.Struct, forbid_unknown_fields=True):
    """行驶证, as /cv/ocr/driving names its fields. Source: wechat.md A9"""

    TITLE: ClassVar[str] = "行驶证 Vehicle Licence"

    plate_num: str = "沪A12345"
    vehicle_type: str = "小型轿车"
    owner: str = "安娜"
    addr: str = "上海市静安区示例路1号"
    use_character: str = "非营运"
    model: str = "启程牌QC7150A"
    vin: str = "LSVAA49J132000001"
    engine_num: str = "E1234567"
    register_date: str = "2023-05-18"
    issue_date: str = "2023-05-20"
    plate_num_b: str = ""
    record: str = "310001234567"
    passengers_num: str = "5人"
    total_quality: str = "1870kg"
    prepare_quality: str = "1405kg"
    overall_size: str = "4670×1806×1474mm"


class DriverLicence(msgspec.Struct, forbid_unknown_fields=True):
    """驾驶证, as /cv/ocr/drivinglicense names its fields. Source: wechat.md A9"""

    TITLE: ClassVar[str] = "驾驶证 Driver's Licence"

    id_num: str = "310000199001010000"
    name: str = "安娜"
    sex: str = "女"
    nationality: str = "中国"
    address: str = "上海市静安区示例路1号"
    birth_date: str = "1990-01-01"
    issue_date: str = "2012-06-01"
    car_class: str = "C1"
    valid_from: str = "2022-06-01"
    valid_to: str = "2032-06-01"
    official_seal: str = "上海市公安局交通警察总队"


Card = TypeVar("Card", VehicleLicence, DriverLicence)


async def vehicle_licence(request: Request) -> Response:
    """A photo of a vehicle licence with the given fields, the others as on a sample: image/png."""
    card = await read(request, VehicleLicence)
    return _photo(msgspec.structs.replace(card, plate_num_b=card.plate_num_b or card.plate_num))


async def driver_licence(request: Request) -> Response:
    """A photo of a driver's licence with the given fields, the others as on a sample: image/png."""
    return _photo(await read(request, DriverLicence))


def opened(picture: bytes) -> Image.Image | None:
    """The picture, decoded to its end; None if it is none."""
    try:
        image = Image.open(BytesIO(picture), formats=FORMATS)
        image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    return image


def card_on(image: Image.Image, kind: type[Card]) -> Card | None:
    """What stands on the card of this kind; None if there is no such card on the picture."""
    written = image.info.get(kind.__name__)
    try:
        return msgspec.json.decode(written, type=kind) if isinstance(written, str) else None
    except msgspec.DecodeError:
        return None


def _photo(card: VehicleLicence | DriverLicence) -> Response:
    for name, value in msgspec.to_builtins(card).items():
        if len(value) > VALUE_CHARS_MAX:
            raise ControlError(400, f"{name} has at most {VALUE_CHARS_MAX} characters")
    return Response(photo_of(card), media_type="image/png")


def photo_of(card: VehicleLicence | DriverLicence) -> bytes:
    """A photo of a card: the same card gives the same photo, another card quite another one."""
    fields: dict[str, str] = msgspec.to_builtins(card)
    # As ASCII, which is all that such a chunk may hold.
    written = json.dumps(fields)
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text(type(card).__name__, written)
    photo = _on_a_table(_drawn(card.TITLE, fields), random.Random(written))
    out = BytesIO()
    photo.save(out, "PNG", pnginfo=chunks)
    return out.getvalue()


def _drawn(title: str, fields: dict[str, str]) -> Image.Image:
    card = Image.new("RGB", CARD_SIZE, (214, 232, 238))
    pen = ImageDraw.Draw(card)
    pen.rectangle((6, 6, CARD_SIZE[0] - 7, CARD_SIZE[1] - 7), outline=(90, 120, 130), width=2)
    pen.text((24, 14), title, font=_font(22), fill=(30, 50, 60))
    for number, (name, value) in enumerate(fields.items()):
        y = 50 + number * 19
        pen.text((24, y), name, font=_font(12), fill=(90, 120, 130))
        pen.text((150, y - 2), value, font=_font(15), fill=(10, 10, 10))
    return card


def _on_a_table(card: Image.Image, chance: random.Random) -> Image.Image:
    """The card as a phone sees it: no two photos have the same table, light and angle."""
    table = _patches(chance, 8, 6)
    angle = chance.uniform(-6, 6)
    turned = card.rotate(angle, Image.Resampling.BICUBIC, expand=True)
    shape = Image.new("L", card.size, 255).rotate(angle, expand=True)
    right, down = (table.width - turned.width, table.height - turned.height)
    table.paste(turned, (chance.randint(0, right), chance.randint(0, down)), shape)
    return Image.blend(table, _patches(chance, 5, 4), LIGHT)


def _patches(chance: random.Random, columns: int, rows: int) -> Image.Image:
    """Soft patches of light and dark."""
    few = Image.frombytes("L", (columns, rows), chance.randbytes(columns * rows))
    grey = few.resize(PHOTO_SIZE, Image.Resampling.BICUBIC)
    return ImageOps.colorize(grey, DARK, BRIGHT)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for name in FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)
