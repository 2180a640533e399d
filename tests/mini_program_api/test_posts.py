"""GET /v1/posts/{post_id} and likes"""

from __future__ import annotations

from typing import Any

import pytest

from community.facts import CaseDecision
from community.forum.moderation import service as moderation
from tests.gateway import Gateway
from tests.mini_program_api.conftest import Publish
from tests.world import Person, World

OWNERS_ONLY = {"identity": ["owner"]}
NOT_FOUND = (404, "no_such_post")


def path(post: dict[str, Any]) -> str:
    return f"/v1/posts/{post['post_id']}"


def read(api: Gateway, post: dict[str, Any], who: Person | None = None) -> Any:
    reply = api.get(path(post), as_=who)
    assert reply.status == 200, reply
    return reply.json


# Reading


def test_everyone_reads_an_open_post(
    api: Gateway, publish: Publish, li: Person, wang: Person
) -> None:
    post = publish(li)
    for who in (None, wang, li):
        assert read(api, post, who)["text"] == "大家花了多少？"


def test_a_locked_post_gives_its_teaser_and_the_way_in_and_not_its_text(
    api: Gateway, publish: Publish, li: Person, wang: Person
) -> None:
    post = publish(li, audience=OWNERS_ONLY, text="工时费能谈", teaser="省钱心得")
    for who, ways in ((None, ["sign_in", "certify_owner"]), (wang, ["certify_owner"])):
        reply = api.get(path(post), as_=who)
        seen = reply.json
        assert (seen["locked"], seen["text"], seen["teaser"]) == (True, None, "省钱心得")
        assert seen["unlock"]["reason"] == "仅限认证车主"
        assert [way["kind"] for way in seen["unlock"]["how"]] == ways
        assert "工时费" not in reply.text


def test_a_post_for_its_reader_is_whole(api: Gateway, publish: Publish, li: Person) -> None:
    post = publish(li, audience=OWNERS_ONLY)
    seen = read(api, post, li)
    assert (seen["locked"], seen["unlock"], seen["text"]) == (False, None, "大家花了多少？")


@pytest.mark.parametrize("text", ["会员内购价", "会员内购价" * 100, "会员\n内购价"])
def test_a_post_on_a_closed_board_gives_nothing_of_its_text_away(
    api: Gateway, publish: Publish, li: Person, wang: Person, text: str
) -> None:
    post = publish(li, "members-only", text=text)
    for who in (None, wang):
        reply = api.get(path(post), as_=who)
        assert reply.json["locked"]
        assert "内购" not in reply.text


def test_a_held_post_is_its_authors_alone(
    api: Gateway, publish: Publish, li: Person, wang: Person
) -> None:
    post = publish(li, text="存疑")
    assert read(api, post, li)["state"] == "held"
    for who in (None, wang):
        assert api.get(path(post), as_=who).refusal == NOT_FOUND


@pytest.mark.parametrize(
    ("decision", "status"), [(CaseDecision.PASS, 200), (CaseDecision.REMOVE, 404)]
)
def test_a_decision_shows_or_removes_it(
    api: Gateway,
    publish: Publish,
    li: Person,
    world: World,
    decision: CaseDecision,
    status: int,
) -> None:
    post = publish(li, text="存疑")
    world.settle()
    moderation.decide(post["post_id"], decision, by="zhangsan", now=world.now)
    world.settle()
    assert api.get(path(post)).status == status


@pytest.mark.parametrize(
    "post_id",
    ["unknown", "01J0000000000000000000P0ST", "%2E%2E%2Fboards", "%E5%B8%96", "x" * 3_000, "%00"],
)
def test_what_is_no_post_is_not_found(api: Gateway, wang: Person, post_id: str) -> None:
    assert api.get(f"/v1/posts/{post_id}").refusal == NOT_FOUND
    assert api.get(f"/v1/posts/{post_id}/comments").refusal == NOT_FOUND
    for method in ("PUT", "DELETE"):
        reply = api.call(method, f"/v1/posts/{post_id}/reactions/like", as_=wang)
        assert reply.refusal == NOT_FOUND
    reply = api.post(f"/v1/posts/{post_id}/comments", {"text": "同问"}, as_=wang)
    assert reply.refusal == NOT_FOUND


def test_an_encoded_path_means_what_it_says(api: Gateway, publish: Publish, li: Person) -> None:
    post_id = publish(li)["post_id"]
    encoded = "".join(f"%{ord(letter):02X}" for letter in post_id)
    assert api.get(f"/v1/posts/{encoded}").json["post_id"] == post_id


def test_a_guest_may_keep_a_post_for_a_moment_and_check_it(
    api: Gateway, publish: Publish, li: Person
) -> None:
    post = publish(li)
    etag = api.get(path(post)).headers["etag"]
    assert api.get(path(post), headers={"If-None-Match": etag}).status == 304


def test_a_post_that_is_not_there_is_not_kept_as_missing(api: Gateway) -> None:
    assert api.get("/v1/posts/unknown").headers["cache-control"] == "no-store"


def test_views_count_members_once(
    api: Gateway, publish: Publish, li: Person, wang: Person, world: World
) -> None:
    post = publish(li)
    for who in (wang, wang, li, None):
        read(api, post, who)
    world.settle()
    assert read(api, post)["counts"]["views"] == 2


# Likes


def like(api: Gateway, post: dict[str, Any], who: Person | None, method: str = "PUT") -> Any:
    return api.call(method, f"{path(post)}/reactions/like", as_=who)


def test_a_like_gives_204_and_is_seen_and_counted(
    api: Gateway, publish: Publish, li: Person, wang: Person, world: World
) -> None:
    post = publish(li)
    reply = like(api, post, wang)
    assert (reply.status, reply.text) == (204, "")
    world.settle()
    assert (read(api, post, wang)["liked"], read(api, post, li)["liked"]) == (True, False)
    assert read(api, post)["counts"]["likes"] == 1


def test_liking_again_changes_nothing(
    api: Gateway, publish: Publish, li: Person, wang: Person, world: World
) -> None:
    post = publish(li)
    for _ in range(3):
        world.later(seconds=1)
        assert like(api, post, wang).status == 204
    world.settle()
    assert read(api, post)["counts"]["likes"] == 1


def test_a_like_is_taken_back_once(
    api: Gateway, publish: Publish, li: Person, wang: Person, world: World
) -> None:
    post = publish(li)
    like(api, post, wang)
    world.settle()
    for _ in range(2):
        world.later(seconds=1)
        assert like(api, post, wang, "DELETE").status == 204
    world.settle()
    seen = read(api, post, wang)
    assert (seen["liked"], seen["counts"]["likes"]) == (False, 0)


def test_a_locked_post_cannot_be_liked(
    api: Gateway, publish: Publish, li: Person, wang: Person
) -> None:
    reply = like(api, publish(li, audience=OWNERS_ONLY), wang)
    assert reply.refusal == (403, "post_locked")
    assert [way["kind"] for way in reply.json["unlock"]["how"]] == ["certify_owner"]


def test_a_like_of_a_post_that_was_locked_meanwhile_can_be_taken_back(
    api: Gateway, publish: Publish, li: Person, wang: Person
) -> None:
    post = publish(li, audience=OWNERS_ONLY)
    assert like(api, post, wang, "DELETE").status == 204


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_guest_who_likes_is_asked_to_sign_in(
    api: Gateway, publish: Publish, li: Person, method: str
) -> None:
    assert like(api, publish(li), None, method).refusal == (401, "sign_in_first")
