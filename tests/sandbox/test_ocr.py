"""Photos of licences, and what is read off them."""

import io
import itertools
import random

import pytest
from PIL import Image
from starlette.responses import Response

from sandbox import photos

VEHICLE = "/cv/ocr/driving"
DRIVER = "/cv/ocr/drivinglicense"
READ_OFF_A_CAR = {
    "plate_num": "京AD12345",
    "vehicle_type": "小型轿车",
    "owner": "安娜",
    "use_character": "非营运",
    "vin": "LSVAA49J132000017",
    "register_date": "2023-05-18",
    "plate_num_b": "京AD12345",
}


def photo(sandbox, path="/pictures", **fields):
    reply = sandbox.http.post("/_sandbox" + path, json=fields or None)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "image/png"), reply.text
    return reply.content


def read(sandbox, picture, path=VEHICLE, part="img"):
    token = sandbox.stable_token()["access_token"]
    files = {part: ("licence.jpg", picture)}
    return sandbox.http.post(path, params={"access_token": token}, files=files).json()


def read_from(sandbox, url):
    return sandbox.post(
        VEHICLE, {}, access_token=sandbox.stable_token()["access_token"], img_url=url
    )


def drawing(kind="PNG"):
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (200, 100, 50)).save(out, kind)
    return out.getvalue()


def test_what_stands_on_a_vehicle_licence_is_read(lone_sandbox):
    taken = photo(lone_sandbox, plate_num="京AD12345", vin="LSVAA49J132000017")
    answer = read(lone_sandbox, taken)
    assert answer["errcode"] == 0
    assert {name: answer[name] for name in READ_OFF_A_CAR} == READ_OFF_A_CAR
    assert answer["img_size"] == dict(zip("wh", Image.open(io.BytesIO(taken)).size, strict=True))


def test_what_stands_on_a_drivers_licence_is_read(lone_sandbox):
    taken = photo(lone_sandbox, "/pictures/driver", name="贝特", car_class="C2")
    answer = read(lone_sandbox, taken, DRIVER)
    assert (answer["errcode"], answer["name"], answer["car_class"]) == (0, "贝特", "C2")
    assert {"id_num", "sex", "nationality", "address", "birth_date", "issue_date"} < set(answer)
    assert {"valid_from", "valid_to", "official_seal"} < set(answer)


def test_one_licence_is_not_the_other(lone_sandbox):
    assert read(lone_sandbox, photo(lone_sandbox), DRIVER)["errcode"] == 101001
    assert read(lone_sandbox, photo(lone_sandbox, "/pictures/driver"))["errcode"] == 101001


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_of_something_else_shows_no_card(lone_sandbox, kind):
    assert read(lone_sandbox, drawing(kind))["errcode"] == 101001


def test_what_is_no_whole_picture_is_refused(lone_sandbox):
    for no_picture in (b"%PDF-1.7", drawing()[:-30], drawing("JPEG")[:-200], drawing("GIF"), b"\0"):
        assert read(lone_sandbox, no_picture)["errcode"] == 101002
    assert read(lone_sandbox, photo(lone_sandbox), part="image")["errcode"] == 101002


def test_a_picture_has_less_than_2_mb(lone_sandbox):
    taken = photo(lone_sandbox)
    # After its end a PNG may hold anything.
    assert read(lone_sandbox, taken.ljust(1_999_999, b"\0"))["errcode"] == 0
    assert read(lone_sandbox, taken.ljust(2_000_000, b"\0"))["errcode"] == 101002


def test_a_picture_can_be_given_by_its_address(sandbox, backend):
    backend.answers(Response(photo(sandbox, vin="LSVAA49J132000017"), media_type="image/png"))
    assert read_from(sandbox, backend.url + "/photo.png")["vin"] == "LSVAA49J132000017"


def test_an_address_without_a_picture_is_refused(sandbox, backend):
    backend.answers(Response("gone", 404))
    for url in (backend.url + "/photo.png", "http://127.0.0.1:1/", "http://[", "ftp://host/a.png"):
        assert read_from(sandbox, url)["errcode"] == 101000
    backend.answers(Response("no picture"))
    assert read_from(sandbox, backend.url + "/photo.png")["errcode"] == 101002


def test_a_hundred_pictures_of_each_kind_are_read_a_day(lone_sandbox):
    assert read(lone_sandbox, photo(lone_sandbox))["errcode"] == 0
    lone_sandbox.world.state.days["ocr driving"].count = 99
    assert read(lone_sandbox, photo(lone_sandbox))["errcode"] == 0
    assert read(lone_sandbox, photo(lone_sandbox))["errcode"] == 101003
    assert read(lone_sandbox, drawing(), DRIVER)["errcode"] == 101001
    today = lone_sandbox.control("GET", "/stats")["quotas"]["today"]
    assert (today["ocr driving"], today["ocr drivinglicense"]) == (100, 1)
    lone_sandbox.ahead(24 * 3600)
    assert read(lone_sandbox, photo(lone_sandbox))["errcode"] == 0


def test_it_needs_a_token(lone_sandbox):
    reply = lone_sandbox.http.post(VEHICLE, files={"img": ("a.png", photo(lone_sandbox))})
    assert reply.json()["errcode"] == 41001


def test_a_fault_strikes_it_as_any_other(lone_sandbox):
    lone_sandbox.control("POST", "/faults", path=VEHICLE, errcode=101003, times=1)
    taken = photo(lone_sandbox)
    assert [read(lone_sandbox, taken)["errcode"] for _ in range(2)] == [101003, 0]


def test_the_same_card_makes_the_same_photo_and_another_card_quite_another(lone_sandbox):
    first, again = photo(lone_sandbox), photo(lone_sandbox)
    other = photo(lone_sandbox, vin="LSVAA49J132000017")
    assert first == again
    small = [
        Image.open(io.BytesIO(p)).convert("L").resize((9, 8)).tobytes() for p in (first, other)
    ]
    rising = [[a < b for a, b in itertools.pairwise(p)] for p in small]
    assert sum(a != b for a, b in zip(*rising, strict=True)) > 10


def test_a_machine_without_a_chinese_font_takes_photos_too(lone_sandbox, monkeypatch):
    monkeypatch.setattr(photos, "FONTS", ())
    photos._font.cache_clear()
    assert read(lone_sandbox, photo(lone_sandbox))["owner"] == "安娜"
    photos._font.cache_clear()


def test_a_field_may_be_unreadable_but_not_endless(lone_sandbox):
    assert read(lone_sandbox, photo(lone_sandbox, vin=""))["vin"] == ""
    assert lone_sandbox.refused("POST", "/pictures", model="长" * 61)[0] == 400
    assert lone_sandbox.refused("POST", "/pictures", colour="红")[0] == 400


def test_any_text_survives_the_way_onto_the_photo_and_back(lone_sandbox):
    chance = random.Random(3)
    for _ in range(5):
        model = "".join(chr(chance.randrange(32, 0x9FFF)) for _ in range(20))
        assert read(lone_sandbox, photo(lone_sandbox, model=model))["model"] == model
