"""Lists of posts over HTTP: by topic, model, author, and what is mine."""

from __future__ import annotations

from typing import Any

import pytest

from community.forum.hot import service as hot
from community.forum.posts import curating
from tests.gateway import Gateway
from tests.mini_program_api.conftest import a_draft
from tests.world import Person, World

BOARD = "/v1/boards/car-care/posts"


@pytest.fixture
def made(api: Gateway, world: World, li: Person) -> list[str]:
    """Three posts; what others can do with them was done."""
    found = []
    for number in range(3):
        world.later(seconds=1)
        draft = a_draft(topics=["自驾 露营"], model="途观 L", kind="question")
        found.append(api.post(BOARD, draft, as_=li, key=f"k{number}").json["post_id"])
    world.settle()
    for post_id in found:
        world.later(seconds=1)
        curating.feature(post_id, on=True, by="zhangsan", now=world.now)
        api.put(f"/v1/posts/{post_id}/favourite", as_=li)
        api.put(f"/v1/posts/{post_id}/reactions/like", as_=li)
        api.get(f"/v1/posts/{post_id}", as_=li)
        api.post(f"/v1/posts/{post_id}/comments", {"text": "好"}, as_=li, key=f"c{post_id}")
    world.settle()
    world.later(seconds=61)
    hot.refresh(now=world.now)
    return found


def ids_of(page: Any) -> list[str]:
    return [item["post_id"] for item in page["items"]]


PATHS = {
    "topic": "/v1/topics/自驾%20露营/posts",
    "model": "/v1/models/%E9%80%94%E8%A7%82%20L/posts",
    "author": "/v1/members/{li}/posts",
    "my posts": "/v1/me/posts",
    "my comments": "/v1/me/comments",
    "favourites": "/v1/me/favourites",
    "history": "/v1/me/history",
}


@pytest.mark.parametrize("name", PATHS)
def test_a_list_comes_in_pages_the_latest_first(
    api: Gateway, li: Person, made: list[str], name: str
) -> None:
    path, found, cursor = PATHS[name].format(li=li.member_id), [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = api.get(path, as_=li, query=query).json
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [item["post_id"] for item in found] == made[::-1]
    if name != "my comments":
        assert all(item["liked"] for item in found)


def test_my_comments_say_below_which_posts(api: Gateway, li: Person, made: list[str]) -> None:
    items = api.get("/v1/me/comments", as_=li).json["items"]
    assert [(item["post_id"], item["post_title"]) for item in items] == [
        (post_id, "首保多少钱") for post_id in made[::-1]
    ]


@pytest.mark.parametrize("sort", ["latest", "hot", "featured", "unanswered"])
def test_a_board_is_sorted(api: Gateway, li: Person, made: list[str], sort: str) -> None:
    page = api.get(BOARD, as_=li, query={"sort": sort}).json
    assert ids_of(page) == made[::-1]
    assert all(item["liked"] for item in page["items"])
    assert ids_of(api.get(BOARD, query={"sort": sort}).json) == made[::-1]


def test_a_sort_that_there_is_not_is_refused(api: Gateway) -> None:
    assert api.get(BOARD, query={"sort": "best"}).wrong_fields == ["sort"]


@pytest.mark.parametrize("name", ["topic", "model", "author"])
def test_guests_read_what_everybody_may(
    api: Gateway, li: Person, made: list[str], name: str
) -> None:
    page = api.get(PATHS[name].format(li=li.member_id)).json
    assert ids_of(page) == made[::-1]
    assert not any(item["liked"] for item in page["items"])


@pytest.mark.parametrize("member_id", ["nobody", "01J0000000000000000000MBR1", "x" * 3_000])
def test_who_is_nobody_has_no_list_and_no_page(api: Gateway, member_id: str) -> None:
    for path in (f"/v1/members/{member_id}/posts", f"/v1/members/{member_id}"):
        assert api.get(path).refusal == (404, "no_such_member")


@pytest.mark.parametrize("name", ["my posts", "my comments", "favourites", "history"])
def test_what_is_mine_is_for_me(api: Gateway, wang: Person, made: list[str], name: str) -> None:
    assert api.get(PATHS[name]).status == 401
    assert api.get(PATHS[name], as_=wang).json["items"] == []


def test_my_posts_say_in_which_state_they_are(
    api: Gateway, world: World, li: Person, made: list[str]
) -> None:
    api.post(BOARD, a_draft(text="存疑"), as_=li, key="held")
    world.settle()
    states = [item["state"] for item in api.get("/v1/me/posts", as_=li).json["items"]]
    assert states == ["held", "published", "published", "published"]


def test_my_history_can_be_cleared(api: Gateway, world: World, li: Person, made: list[str]) -> None:
    assert api.delete("/v1/me/history", as_=li).status == 204
    assert api.get("/v1/me/history", as_=li).json == {"items": [], "next_cursor": None}
    world.settle()
    assert api.get("/v1/me/history", as_=li).json["items"] == []


@pytest.mark.parametrize("name", PATHS)
def test_a_cursor_that_we_did_not_make_is_refused(api: Gateway, li: Person, name: str) -> None:
    path = PATHS[name].format(li=li.member_id)
    assert api.get(path, as_=li, query={"cursor": "x"}).wrong_fields == ["cursor"]
