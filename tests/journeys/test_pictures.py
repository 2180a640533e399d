"""Pictures of posts: seen by others when WeChat or a moderator has seen them, and never where they were taken."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image

from local.players import Colleague, Phone, awaited
from local.stack import Stack
from tests.journeys.conftest import Control, LetHappen, Upload, a_post
from tests.pictures import CAMERA, a_photo, a_video

SIZES = {"small": (200, 160), "medium": (750, 600), "large": (1600, 1280)}
PHOTO = a_photo(2000, 1600)


@pytest.fixture(autouse=True)
def usual_checks(control: Control) -> Any:
    yield
    control.ask("DELETE", "/picture-checks")
    control.ask("DELETE", "/verdicts")


def publishes(phone: Phone, **fields: Any) -> str:
    post = phone.did("POST", "/v1/boards/car-care/posts", a_post(**fields))
    post_id: str = post["post_id"]
    return post_id


def seen(phone: Phone, post_id: str) -> list[dict[str, Any]]:
    pictures: list[dict[str, Any]] = phone.did("GET", f"/v1/posts/{post_id}")["pictures"]
    return pictures


def shown(phone: Phone, post_id: str) -> dict[str, Any]:
    """The first picture that others see, as soon as they do."""
    return awaited(lambda: seen(phone, post_id), what="a picture to see")[0]


def own_state(phone: Phone, post_id: str, state: str) -> None:
    """Wait until the author is told this of the picture."""
    awaited(
        lambda: [each for each in seen(phone, post_id) if each["state"] == state] or None,
        what=f"a picture that is {state}",
    )


def test_a_photo_is_shown_in_three_sizes_and_tells_no_place(
    owner: Phone, prospect: Phone, upload: Upload, http: httpx.Client
) -> None:
    assert CAMERA.encode() in PHOTO
    post_id = publishes(owner, pictures=[upload(owner, PHOTO)])
    picture = shown(prospect, post_id)
    for size, pixels in SIZES.items():
        body = http.get(picture[size]).content
        image = Image.open(BytesIO(body), formats=("JPEG",))
        assert image.size == pixels
        assert not image.getexif()
        assert CAMERA.encode() not in body
    cards = prospect.did("GET", "/v1/boards/car-care/posts")["items"]
    (card,) = [card for card in cards if card["post_id"] == post_id]
    assert http.get(card["cover"]).status_code == 200


def test_the_upload_itself_is_gone(
    stack: Stack, owner: Phone, prospect: Phone, upload: Upload
) -> None:
    media_id = upload(owner)
    shown(prospect, publishes(owner, pictures=[media_id]))
    stack.wait_until_idle()
    (bucket,) = [
        name
        for each in stack.boto("s3").list_buckets()["Buckets"]
        if (name := each["Name"]).startswith(f"{stack.name}-media")
    ]
    listed = stack.boto("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
    keys = [each["Key"] for each in listed if media_id in each["Key"]]
    assert sorted(keys) == [f"shaped/{media_id}/{size}.jpg" for size in sorted(SIZES)]


def test_a_risky_picture_is_never_shown(
    stack: Stack, control: Control, owner: Phone, prospect: Phone, upload: Upload
) -> None:
    media_id = upload(owner)
    control.ask("POST", "/verdicts", {"media": media_id, "suggest": "risky"})
    post_id = publishes(owner, pictures=[media_id])
    own_state(owner, post_id, "refused")
    stack.wait_until_idle()
    assert seen(prospect, post_id) == []


@pytest.mark.parametrize(
    "script",
    [
        {"when": "before"},
        {"when": "before", "repeat": 3},
        {"form": "loose"},
        {"form": "v1", "format": "xml"},
        {"format": "xml", "delay_ms": 2_000},
    ],
    ids=["before the answer", "before it, three times", "loose", "first version", "late"],
)
def test_it_is_shown_however_the_verdict_comes(
    control: Control, owner: Phone, prospect: Phone, upload: Upload, script: dict[str, Any]
) -> None:
    media_id = upload(owner)
    control.ask("POST", "/picture-checks", {"media": media_id, **script})
    assert shown(prospect, publishes(owner, pictures=[media_id]))["media_id"] == media_id


def test_what_wechat_could_not_fetch_it_is_shown_again(
    control: Control, owner: Phone, prospect: Phone, upload: Upload
) -> None:
    media_id = upload(owner)
    control.ask("POST", "/picture-checks", {"media": media_id, "errcode": -1008, "times": 1})
    assert shown(prospect, publishes(owner, pictures=[media_id]))["media_id"] == media_id


def test_without_a_verdict_a_moderator_looks_and_decides(
    stack: Stack,
    control: Control,
    let_happen: LetHappen,
    owner: Phone,
    prospect: Phone,
    zhangsan: Colleague,
    upload: Upload,
) -> None:
    media_id = upload(owner)
    control.ask("POST", "/picture-checks", {"media": media_id, "when": "never"})
    post_id = publishes(owner, pictures=[media_id])
    stack.wait_until_idle()
    let_happen(30 * 60)
    assert seen(prospect, post_id) == []
    looks_and_passes(control, zhangsan, media_id)
    assert shown(prospect, post_id)["media_id"] == media_id


def test_a_video_waits_for_a_moderator(
    control: Control,
    owner: Phone,
    prospect: Phone,
    zhangsan: Colleague,
    upload: Upload,
    http: httpx.Client,
) -> None:
    media_id = upload(owner, a_video(), purpose="video")
    post_id = publishes(owner, video=media_id)
    looks_and_passes(control, zhangsan, media_id)

    def video() -> Any:
        told = prospect.did("GET", f"/v1/posts/{post_id}").get("video")
        return told and told.get("url")

    body = http.get(awaited(video, what="a video to see")).content
    assert len(body) == len(a_video())
    assert b"121.4731" not in body


def looks_and_passes(control: Control, moderator: Colleague, media_id: str) -> None:
    moderator.presses(f"case-{media_id}", "moderation.look")
    awaited(
        lambda: [
            sent
            for sent in control.sent(to=moderator.userid, kind="text")
            if f"/shaped/{media_id}/" in sent["body"]["text"]["content"]
        ],
        what="an address to look at",
    )
    moderator.presses(f"case-{media_id}", "moderation.pass")
