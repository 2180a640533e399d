"""What members think of posts and comments, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway import Gateway
from tests.mini_program_api.conftest import a_draft
from tests.world import Person, World

REACTIONS = ("reactions/like", "reactions/useful", "favourite")
NAMES = {"reactions/like": "liked", "reactions/useful": "useful", "favourite": "favourite"}
COUNTS = {"reactions/like": "likes", "reactions/useful": "useful", "favourite": "favourites"}


@pytest.fixture
def post(api: Gateway, li: Person) -> str:
    post_id: str = api.post("/v1/boards/car-care/posts", a_draft(), as_=li, key="k").json["post_id"]
    return post_id


def read(api: Gateway, post: str, who: Person) -> Any:
    return api.get(f"/v1/posts/{post}", as_=who).json


@pytest.mark.parametrize("reaction", REACTIONS)
def test_a_reaction_is_given_and_taken_back_as_often_as_one_likes(
    api: Gateway, world: World, wang: Person, post: str, reaction: str
) -> None:
    path = f"/v1/posts/{post}/{reaction}"
    for method, holds in (("PUT", True), ("DELETE", False)):
        for _ in range(2):
            assert api.call(method, path, as_=wang).status == 204
        world.settle()
        seen = read(api, post, wang)
        assert (seen[NAMES[reaction]], seen["counts"][COUNTS[reaction]]) == (holds, int(holds))


def test_a_share_is_counted_once(api: Gateway, world: World, wang: Person, post: str) -> None:
    for _ in range(2):
        assert api.put(f"/v1/posts/{post}/reactions/share", as_=wang).status == 204
    world.settle()
    assert read(api, post, wang)["counts"]["shares"] == 1


def test_a_comment_is_liked(
    api: Gateway, world: World, li: Person, wang: Person, post: str
) -> None:
    comments = f"/v1/posts/{post}/comments"
    said = api.post(comments, {"text": "好"}, as_=li, key="c").json["comment_id"]
    world.settle()
    for method, likes in (("PUT", 1), ("DELETE", 0)):
        assert api.call(method, f"{comments}/{said}/reactions/like", as_=wang).status == 204
        world.settle()
        (comment,) = api.get(comments, as_=wang).json["items"]
        assert (comment["likes"], comment["liked"]) == (likes, bool(likes))


@pytest.mark.parametrize("reaction", [*REACTIONS, "reactions/share"])
def test_guests_are_asked_to_sign_in_and_what_is_not_there_is_not_found(
    api: Gateway, wang: Person, post: str, reaction: str
) -> None:
    assert api.put(f"/v1/posts/{post}/{reaction}").status == 401
    assert api.put(f"/v1/posts/x/{reaction}", as_=wang).refusal == (404, "no_such_post")


def test_a_locked_post_cannot_be_kept(api: Gateway, li: Person, wang: Person) -> None:
    draft = a_draft(audience={"identity": ["owner"]})
    post = api.post("/v1/boards/car-care/posts", draft, as_=li, key="k").json["post_id"]
    assert api.put(f"/v1/posts/{post}/favourite", as_=wang).refusal == (403, "post_locked")


def test_a_comment_that_is_not_there_cannot_be_liked(api: Gateway, wang: Person, post: str) -> None:
    path = f"/v1/posts/{post}/comments/x/reactions/like"
    assert api.put(path, as_=wang).refusal == (404, "no_such_comment")
