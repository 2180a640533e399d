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
    assert set(said) == {
        "comment_id",
        "parent_id",
        "author",
        "text",
        "reply_to",
        "mentions",
        "state",
        "likes",
        "liked",
        "reply_count",
        "replies",
        "created_at",
    }
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


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 51}, {"cursor": "forged"}, {"sort": "shortest"}]
)
def test_a_page_that_does_not_exist_is_refused(
    api: Gateway, path: str, query: dict[str, Any]
) -> None:
    assert api.get(path, query=query).wrong_fields == list(query)


# Two levels


def answer(
    api: Gateway, world: World, path: str, who: Person, to: Any, text: str = "三百", **more: Any
) -> Any:
    world.later(milliseconds=1)
    body = {"text": text, "parent_id": to["comment_id"], **more}
    reply = api.post(path, body, as_=who)
    assert reply.status == 201, reply
    return reply.json


def test_replies_are_shown_with_what_they_answer(
    api: Gateway, world: World, path: str, li: Person, wang: Person
) -> None:
    top = say(api, world, path, wang)
    first = answer(api, world, path, li, top)
    second = answer(api, world, path, wang, first, mentions=[li.member_id])
    world.settle()
    (shown,) = api.get(path).json["items"]
    assert (shown["reply_count"], [r["text"] for r in shown["replies"]]) == (2, ["三百", "三百"])
    assert shown["replies"][1]["reply_to"]["member_id"] == li.member_id
    below = api.get(f"{path}/{top['comment_id']}/replies").json
    assert below == {"items": [first, second], "next_cursor": None}
    assert second["mentions"] == [second["reply_to"]]


def test_who_is_not_there_cannot_be_mentioned(api: Gateway, path: str, wang: Person) -> None:
    for mentions in (["unknown"], ["x"] * 11, 7):
        body = {"text": "同问", "mentions": mentions}
        assert api.post(path, body, as_=wang).wrong_fields == ["mentions"]


def test_what_is_not_there_cannot_be_answered(api: Gateway, path: str, wang: Person) -> None:
    reply = api.post(path, {"text": "同问", "parent_id": "unknown"}, as_=wang)
    assert reply.refusal == (404, "no_such_comment")
    assert api.get(f"{path}/unknown/replies").refusal == (404, "no_such_comment")


def test_the_most_liked_come_first_and_say_so_to_who_likes_them(
    api: Gateway, world: World, path: str, li: Person, wang: Person
) -> None:
    made = [say(api, world, path, wang, f"{n}") for n in range(3)]
    liked = f"{path}/{made[2]['comment_id']}/reactions/like"
    assert api.call("PUT", liked, as_=li).status == 204
    world.settle()
    page = api.get(path, query={"sort": "likes", "limit": 2}, as_=li).json
    assert [(c["text"], c["likes"], c["liked"]) for c in page["items"]] == [
        ("2", 1, True),
        ("0", 0, False),
    ]
    query = {"sort": "likes", "limit": 2, "cursor": page["next_cursor"]}
    assert [c["text"] for c in api.get(path, query=query).json["items"]] == ["1"]


def test_a_deleted_comment_says_so_as_long_as_it_has_replies(
    api: Gateway, world: World, path: str, li: Person, wang: Person
) -> None:
    top = say(api, world, path, wang)
    answer(api, world, path, li, top)
    alone = say(api, world, path, wang, "别的")
    world.settle()
    assert api.delete(f"{path}/{top['comment_id']}", as_=wang).status == 204
    assert api.delete(f"{path}/{alone['comment_id']}", as_=li).status == 204
    (shown,) = api.get(path).json["items"]
    assert (shown["text"], shown["author"], shown["state"]) == ("该评论已删除", None, "deleted")
    assert len(shown["replies"]) == 1
    world.settle()
    assert api.get(path.removesuffix("/comments")).json["counts"]["comments"] == 1


def test_others_may_not_delete_a_comment(
    api: Gateway, world: World, path: str, wang: Person
) -> None:
    said = say(api, world, path, wang)
    zhao = world.joins("zhao")
    reply = api.delete(f"{path}/{said['comment_id']}", as_=zhao)
    assert reply.refusal == (403, "not_your_comment")
    assert api.delete(f"{path}/unknown", as_=zhao).refusal == (404, "no_such_comment")


# Answers


def test_the_asker_accepts_an_answer_and_takes_it_back(
    api: Gateway, world: World, publish: Publish, li: Person, wang: Person
) -> None:
    post = f"/v1/posts/{publish(li, kind='question')['post_id']}"
    said = say(api, world, f"{post}/comments", wang)
    accepted = f"{post}/accepted/{said['comment_id']}"
    assert api.call("PUT", accepted, as_=wang).refusal == (403, "not_your_question")
    for _ in range(2):
        assert api.call("PUT", accepted, as_=li).status == 204
    assert api.get(post).json["accepted"] == said["comment_id"]
    for _ in range(2):
        assert api.delete(accepted, as_=li).status == 204
    assert api.get(post).json["accepted"] is None


def test_only_questions_have_answers(
    api: Gateway, world: World, path: str, li: Person, wang: Person
) -> None:
    said = say(api, world, path, wang)
    accepted = f"{path.removesuffix('/comments')}/accepted/{said['comment_id']}"
    assert api.call("PUT", accepted, as_=li).refusal == (409, "not_a_question")
