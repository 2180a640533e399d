"""Calls that are made again with their Idempotency-Key: nothing is made twice, nothing is lost."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest

from tests.gateway import Gateway, Reply
from tests.mini_program_api.conftest import Publish, a_draft
from tests.world import A_PLATE, A_VIN, Person, World

POSTS = "/v1/boards/car-care/posts"
Again = Callable[..., Reply]


@pytest.fixture
def publish_with_key(api: Gateway, world: World, li: Person) -> Again:
    """Publish with a key, a minute later each time."""

    def published(key: str = "k", who: Person = li, **draft: Any) -> Reply:
        world.later(minutes=1)
        return api.post(POSTS, a_draft(**draft), as_=who, key=key)

    return published


def listed(api: Gateway) -> list[str]:
    return [item["post_id"] for item in api.get(POSTS).json["items"]]


def test_the_same_call_gives_the_same_answer_once(api: Gateway, publish_with_key: Again) -> None:
    first, again = publish_with_key(), publish_with_key()
    assert (again.status, again.json) == (201, first.json)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert listed(api) == [first.json["post_id"]]


def test_the_same_key_for_another_draft_is_a_conflict(
    api: Gateway, publish_with_key: Again
) -> None:
    publish_with_key()
    assert publish_with_key(title="别的").refusal == (409, "idempotency_key_reused")
    assert len(listed(api)) == 1


def test_everybody_has_keys_of_their_own(
    api: Gateway, world: World, publish_with_key: Again
) -> None:
    publish_with_key()
    zhao = world.becomes_owner("zhao")
    assert publish_with_key(who=zhao, title="别的").status == 201
    assert len(listed(api)) == 2


def test_a_refused_draft_is_corrected_under_a_new_key(publish_with_key: Again) -> None:
    assert publish_with_key(text="违规").refusal == (422, "content_not_allowed")
    assert publish_with_key(text="改好了").refusal == (409, "idempotency_key_reused")
    assert publish_with_key("another", text="改好了").status == 201


def crash(*_: Any, **__: Any) -> None:
    raise MemoryError


@pytest.mark.parametrize(
    "where",
    ["records.add", "listed.list_card"],
    ids=["before the post is kept", "before it is on its board"],
)
def test_a_crash_in_the_middle_is_made_good_by_the_retry(
    api: Gateway, publish_with_key: Again, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(f"community.forum.posts.{where}", crash)
        refused = publish_with_key()
        assert refused.refusal == (500, "internal_error")
        assert refused.json["error_id"]
    again = publish_with_key()
    assert (again.status, listed(api)) == (201, [again.json["post_id"]])


def test_a_crash_after_the_work_was_done_gives_the_same_post(
    api: Gateway, publish_with_key: Again, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("mini_program_api.boards.own_view", crash)
        assert publish_with_key().status == 500
    before = listed(api)
    assert [publish_with_key().json["post_id"]] == before == listed(api)


def test_two_calls_at_once_with_the_same_key_make_one_post(
    api: Gateway, publish_with_key: Again, monkeypatch: pytest.MonkeyPatch
) -> None:
    from community.forum.posts import records

    add, at_once = records.add, [publish_with_key]
    replies: list[Reply] = []

    def add_while_another_does(*args: Any, **told: Any) -> None:
        if at_once:
            replies.append(at_once.pop()())
        add(*args, **told)

    monkeypatch.setattr(records, "add", add_while_another_does)
    replies.append(publish_with_key())
    second, first = replies
    assert (first.status, second.status) == (201, 201)
    assert first.json == second.json
    assert listed(api) == [first.json["post_id"]]


def test_a_retry_keeps_the_time_of_the_first_try(
    publish_with_key: Again, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("community.forum.posts.records.add", crash)
        publish_with_key()
    assert publish_with_key().json["created_at"] == "2026-11-22T04:01:00Z"


def test_a_held_post_stays_held_when_it_is_sent_again(
    world: World, publish_with_key: Again
) -> None:
    world.platform.answers("/wxa/msg_sec_check", -1)
    states = [publish_with_key().json["state"] for _ in range(2)]
    assert states == ["held", "held"]


def test_a_comment_is_made_once(
    api: Gateway, world: World, publish: Publish, li: Person, wang: Person
) -> None:
    path = f"/v1/posts/{publish(li)['post_id']}/comments"
    first, again = (api.post(path, {"text": "同问"}, as_=wang, key="k") for _ in range(2))
    assert first.json == again.json
    world.settle()
    assert len(api.get(path).json["items"]) == 1


@pytest.mark.parametrize(
    ("path", "body", "capability"),
    [
        ("/v1/posts/{post_id}/comments", {"text": "同问"}, "forum.comments"),
        (
            "/v1/certifications",
            {"kind": "owner", "vin": A_VIN, "plate_number": A_PLATE, "model": "Model X"},
            "people.certifications",
        ),
    ],
    ids=["comment", "certification"],
)
def test_two_calls_at_once_with_the_same_key_make_one_thing(
    api: Gateway,
    publish: Publish,
    li: Person,
    wang: Person,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    body: dict[str, str],
    capability: str,
) -> None:
    records = importlib.import_module(f"community.{capability}.records")
    add, at_once = records.add, [1]
    address = path.format(post_id=publish(li)["post_id"])
    replies: list[Reply] = []

    def add_while_another_does(*args: Any, **told: Any) -> None:
        if at_once:
            at_once.clear()
            replies.append(api.post(address, body, as_=wang, key="k"))
        add(*args, **told)

    monkeypatch.setattr(records, "add", add_while_another_does)
    replies.append(api.post(address, body, as_=wang, key="k"))
    assert replies[0].status in (201, 202)
    assert replies[0].json == replies[1].json
    assert len(api.get(address, as_=wang).json["items"]) == 1


@pytest.mark.parametrize("key", ["", "k" * 129, "键"])
def test_what_is_no_key_is_refused(publish_with_key: Again, key: str) -> None:
    assert publish_with_key(key).wrong_fields == ["Idempotency-Key"]


def test_a_post_that_is_there_is_given_again_whatever_would_be_said_of_it_today(
    world: World, publish_with_key: Again
) -> None:
    first = publish_with_key()
    risky = {"errcode": 0, "result": {"suggest": "risky", "label": 20006}}
    world.platform.answers("/wxa/msg_sec_check", risky)
    again = publish_with_key()
    assert (again.status, again.json["post_id"]) == (201, first.json["post_id"])
