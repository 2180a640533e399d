"""Mini program codes."""

import io

import pytest
from PIL import Image

PATH = "/wxa/getwxacodeunlimit"
SCENE = "t=01JXYZ&from=store/7"
PAGE = "pages/home/home"


def make(sandbox, **asked):
    body = {"scene": SCENE, "page": PAGE, "env_version": "trial", "check_path": False}
    body = {name: value for name, value in (body | asked).items() if value is not None}
    token = sandbox.stable_token()["access_token"]
    return sandbox.http.post(PATH, json=body, params={"access_token": token})


def scan(sandbox, picture):
    return sandbox.http.post("/_sandbox/scan", content=picture)


def test_a_code_is_a_png_that_leads_to_its_page_and_scene(lone_sandbox):
    reply = make(lone_sandbox)
    assert reply.headers["content-type"] == "image/png"
    image = Image.open(io.BytesIO(reply.content))
    assert (image.format, image.size) == ("PNG", (430, 430))
    assert scan(lone_sandbox, reply.content).json() == {
        "appid": lone_sandbox.identity.appid,
        "page": PAGE,
        "scene": SCENE,
        "env_version": "trial",
        "query": "scene=t%3D01JXYZ%26from%3Dstore%2F7",
    }


def test_what_is_drawn_differs_from_scene_to_scene(lone_sandbox):
    drawn = [Image.open(io.BytesIO(make(lone_sandbox, scene=s).content)) for s in ("a", "a", "b")]
    first, again, other = [image.tobytes() for image in drawn]
    assert first == again != other


@pytest.mark.parametrize(("clear", "ground"), [(True, 0), (False, 255), (None, 255)])
def test_a_code_has_a_transparent_ground_if_asked_for(lone_sandbox, clear, ground):
    image = Image.open(io.BytesIO(make(lone_sandbox, is_hyaline=clear).content)).convert("RGBA")
    assert image.getpixel((0, 0)) == (255, 255, 255, ground)
    assert image.getcolors() is not None
    assert (0, 0, 0, 255) in {colour for _, colour in image.getcolors()}


@pytest.mark.parametrize("width", [280, 431, 1280])
def test_a_code_is_as_wide_as_asked_for(lone_sandbox, width):
    reply = make(lone_sandbox, width=width, scene="x" * 32)
    assert Image.open(io.BytesIO(reply.content)).size == (width, width)


def test_a_code_without_a_page_leads_home(lone_sandbox):
    assert scan(lone_sandbox, make(lone_sandbox, page=None).content).json()["page"] == ""


def test_every_character_that_a_scene_may_have_is_taken(lone_sandbox):
    for scene in ("09azAZ!#$&'()*+,/:;=?@-._~", "x" * 32):
        assert scan(lone_sandbox, make(lone_sandbox, scene=scene).content).json()["scene"] == scene


@pytest.mark.parametrize(
    ("asked", "errcode"),
    [
        ({"scene": None}, 40169),
        ({"scene": ""}, 40169),
        ({"scene": "x" * 33}, 40169),
        ({"scene": 7}, 40169),
        ({"scene": "门店"}, 40097),
        ({"scene": "a%20b"}, 40097),
        ({"scene": "a b"}, 40097),
        ({"scene": "a\n"}, 40097),
        ({"page": "/pages/home/home"}, 41030),
        ({"page": "pages/home/home?a=1"}, 41030),
        ({"page": 7}, 41030),
        ({"width": 279}, 40097),
        ({"width": 1281}, 40097),
        ({"width": "430"}, 40097),
        ({"env_version": "formal"}, 40097),
    ],
)
def test_what_cannot_be_made_is_refused_as_json(lone_sandbox, asked, errcode):
    reply = make(lone_sandbox, **asked)
    assert reply.headers["content-type"].startswith("application/json")
    assert reply.json()["errcode"] == errcode


def test_five_thousand_codes_are_made_a_minute(lone_sandbox):
    lone_sandbox.world.state.minutes["getwxacodeunlimit"] = [lone_sandbox.world.now()] * 4_999
    assert make(lone_sandbox).headers["content-type"] == "image/png"
    assert make(lone_sandbox).json()["errcode"] == 45009
    lone_sandbox.ahead(61)
    assert make(lone_sandbox).headers["content-type"] == "image/png"


def test_codes_count_and_fail_as_the_other_apis_do(lone_sandbox):
    lone_sandbox.control("POST", "/faults", path=PATH, status=502, times=1)
    assert make(lone_sandbox).status_code == 502
    make(lone_sandbox)
    make(lone_sandbox, scene="")
    assert lone_sandbox.post(PATH, {"scene": SCENE})["errcode"] == 41001
    assert lone_sandbox.control("GET", "/stats")["apis"][PATH] == {
        "calls": 4,
        "faults": 1,
        "errcodes": {"40169": 1, "41001": 1},
    }


def test_only_a_code_can_be_scanned(lone_sandbox):
    licence = lone_sandbox.http.post("/_sandbox/pictures").content
    for picture in (b"", b"no picture", licence):
        reply = scan(lone_sandbox, picture)
        assert (reply.status_code, "no mini program code" in reply.json()["error"]) == (400, True)
