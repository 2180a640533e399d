"""POST and GET /v1/posts/{post_id}/comments"""

from __future__ import annotations

from typing import Any

import pytest

from community.facts import CaseDecision
from community.forum.moderation import service as moderation
from tests.gateway import Gateway
from tests.mini_program_api.conftest import Publish
from tests.world import Person, World


@pytest.fixture
def path(publish: Publish, li: Person) -> str:
    """The comments of a post."""
    return f"/v1/posts/{publish(li)['post_id']}/comments"


def say(api: Gateway, world: World, path: str, who: Person, text: str = "同问") -> Any:
    world.later(milliseconds=1)
    reply = api.post(path, {"text": text}, as_=who)
    assert reply.status == 201, reply
    return reply.json


def test_a_comment_comes_back_whole(api: Gateway, world: World, path: str, wang: Person) -> None:
    said = say(api, world, path, wang)
    assert set(said) == {"comment_id", "author", "text", "state", "created_at"}
    assert (said["text"], said["state"]) == ("同问", "published")
    assert said["author"]["member_id"] == wang.member_id


def test_everyone_reads_comments_oldest_first(
    api: Gateway, world: World, path: str, li: Person, wang: Person
) -> None:
    made = [say(api, world, path, who, text) for who, text in ((wang, "同问"), (li, "三百"))]
    for who in (None, wang):
        assert api.get(path, as_=who).json == {"items": made, "next_cursor": None}


def test_pages_neither_skip_nor_repeat_while_others_comment(
    api: Gateway, world: World, path: str, wang: Person
) -> None:
    made = [say(api, world, path, wang)["comment_id"] for _ in range(4)]
    first = api.get(path, query={"limit": 3}).json
    late = say(api, world, path, wang)["comment_id"]
    rest = api.get(path, query={"limit": 3, "cursor": first["next_cursor"]}).json
    seen = [item["comment_id"] for item in [*first["items"], *rest["items"]]]
    assert seen == [*made, late]


def test_the_count_follows(api: Gateway, world: World, path: str, wang: Person) -> None:
    say(api, world, path, wang)
    world.settle()
    assert api.get(path.removesuffix("/comments")).json["counts"]["comments"] == 1


def test_a_doubtful_comment_waits_and_is_shown_once_released(
    api: Gateway, world: World, path: str, wang: Person
) -> None:
    held = say(api, world, path, wang, "存疑")
    assert (held["state"], api.get(path, as_=wang).json["items"]) == ("held", [])
    world.settle()
    moderation.decide(held["comment_id"], CaseDecision.PASS, by="lisi", now=world.now)
    world.settle()
    assert [item["text"] for item in api.get(path).json["items"]] == ["存疑"]


def test_a_risky_comment_is_refused(api: Gateway, path: str, wang: Person) -> None:
    reply = api.post(path, {"text": "违规"}, as_=wang)
    assert reply.refusal == (422, "content_not_allowed")


@pytest.mark.parametrize("text", ["", " ", "字" * 501, None, 7])
def test_what_is_no_comment_is_refused(api: Gateway, path: str, wang: Person, text: Any) -> None:
    assert api.post(path, {"text": text}, as_=wang).wrong_fields == ["text"]


def test_a_locked_post_is_neither_commented_nor_are_its_comments_read(
    api: Gateway, publish: Publish, li: Person, wang: Person
) -> None:
    path = f"/v1/posts/{publish(li, audience={'identity': ['owner']})['post_id']}/comments"
    assert api.post(path, {"text": "同问"}, as_=wang).refusal == (403, "post_locked")
    for who in (None, wang):
        assert api.get(path, as_=who).refusal == (403, "post_locked")


def test_a_guest_who_comments_is_asked_to_sign_in(api: Gateway, path: str) -> None:
    assert api.post(path, {"text": "同问"}).refusal == (401, "sign_in_first")


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 51}, {"cursor": "forged"}])
def test_a_page_that_does_not_exist_is_refused(
    api: Gateway, path: str, query: dict[str, Any]
) -> None:
    assert api.get(path, query=query).wrong_fields == list(query)
