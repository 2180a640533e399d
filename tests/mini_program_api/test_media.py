"""POST /v1/media"""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway import Gateway, Reply
from tests.world import Person, World

PATH = "/v1/media"


def ask(api: Gateway, who: Person, key: str | None = None, **fields: Any) -> Reply:
    body = {"purpose": "licence", "content_type": "image/jpeg", "bytes": 180_000, **fields}
    return api.post(PATH, body, as_=who, key=key)


def test_a_ticket_says_where_to_how_and_until_when(api: Gateway, wang: Person) -> None:
    reply = ask(api, wang)
    assert reply.status == 201
    assert reply.json["expires_at"] == "2026-11-22T04:10:00Z"
    assert reply.json["upload"]["url"].startswith("https://")
    assert reply.json["upload"]["fields"]["key"] == f"licence/{reply.json['media_id']}"
    assert reply.headers["cache-control"] == "no-store"


def test_nothing_about_the_member_is_in_the_ticket(api: Gateway, wang: Person) -> None:
    assert wang.member_id not in ask(api, wang).text


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"purpose": "passport"}, ["purpose"]),
        ({"purpose": None}, ["purpose"]),
        ({"content_type": "image/gif"}, ["content_type"]),
        ({"content_type": "x" * 65}, ["content_type"]),
        ({"content_type": 1}, ["content_type"]),
        ({"bytes": 0}, ["bytes"]),
        ({"bytes": 2 * 1024 * 1024 + 1}, ["bytes"]),
        ({"bytes": 10**30}, ["bytes"]),
        ({"bytes": "1"}, ["bytes"]),
        ({"bytes": 1.5}, ["bytes"]),
        ({"content_type": "", "bytes": 0}, ["content_type", "bytes"]),
        ({"purpose": "post", "content_type": "image/heic"}, ["content_type"]),
        ({"purpose": "post", "bytes": 10 * 1024 * 1024 + 1}, ["bytes"]),
        ({"purpose": "post", "content_type": "video/mp4"}, ["content_type"]),
        ({"purpose": "video"}, ["content_type"]),
        (
            {"purpose": "video", "content_type": "video/mp4", "bytes": 50 * 1024 * 1024 + 1},
            ["bytes"],
        ),
    ],
)
def test_every_wrong_field_is_named(
    api: Gateway, wang: Person, fields: dict[str, Any], wrong: list[str]
) -> None:
    assert ask(api, wang, **fields).wrong_fields == wrong


@pytest.mark.parametrize(
    ("purpose", "content_type", "size"),
    [
        ("post", "image/jpeg", 10 * 1024 * 1024),
        ("post", "image/png", 1),
        ("post", "image/webp", 1),
        ("video", "video/mp4", 50 * 1024 * 1024),
    ],
)
def test_posts_have_pictures_and_videos(
    api: Gateway, wang: Person, purpose: str, content_type: str, size: int
) -> None:
    reply = ask(api, wang, purpose=purpose, content_type=content_type, bytes=size)
    assert reply.status == 201
    assert reply.json["upload"]["fields"]["key"] == f"{purpose}/{reply.json['media_id']}"


def test_a_size_that_is_too_large_says_what_is_not(api: Gateway, wang: Person) -> None:
    refused = ask(api, wang, purpose="post", bytes=10**8)
    assert refused.json["errors"][0]["message"] == "图片不能为空，且不超过 10 MB"


def test_the_same_call_again_with_its_key_is_the_same_upload(
    api: Gateway, wang: Person, world: World
) -> None:
    first = ask(api, wang, key="k")
    world.later(minutes=1)
    again = ask(api, wang, key="k")
    assert again.json["media_id"] == first.json["media_id"]
    assert again.headers["idempotency-replayed"] == "true"


def test_too_many_uploads_at_once_are_refused(api: Gateway, wang: Person) -> None:
    for _ in range(20):
        assert ask(api, wang).status == 201
    refused = ask(api, wang)
    assert refused.refusal == (429, "too_many_uploads")
    assert refused.headers["retry-after"] == str(12 * 3600)


def test_a_guest_is_asked_to_sign_in(api: Gateway) -> None:
    assert api.post(PATH, {}).refusal == (401, "sign_in_first")
