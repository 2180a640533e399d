"""What people think of posts, and on which lists these stand: each once, in order, whatever others do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from local.players import Phone
from local.stack import Stack
from tests.journeys.conftest import Control, LetHappen, a_post
from tests.journeys.forum import (
    MINUTE_S,
    TALK,
    People,
    by_command,
    items,
    listed,
    member_id,
    post,
    publishes,
    refusal,
    says,
    until,
)

BOARD = f"/v1/boards/{TALK}/posts"
OWNERS = {"identity": ["owner"]}
ALL_KINDS = ("reactions/like", "reactions/useful", "favourite", "reactions/share")


def react(phone: Phone, post_id: str, *kinds: str, method: str = "PUT") -> None:
    for kind in kinds:
        phone.did(method, f"/v1/posts/{post_id}/{kind}")


def test_reactions_are_counted_once_and_taken_back(people: People, guest: Phone) -> None:
    post_id = publishes(people.owner)

    def counts(**wanted: int) -> bool:
        return wanted.items() <= post(guest, post_id)["counts"].items()

    for phone in (people.prospect, people.friend) * 2:
        post(phone, post_id)
        react(phone, post_id, *ALL_KINDS)
    until(lambda: counts(likes=2, useful=2, favourites=2, shares=2, views=2), "two of each")
    mine = post(people.prospect, post_id)
    assert [mine[did] for did in ("liked", "useful", "favourite")] == [True] * 3
    for _ in range(2):
        react(people.prospect, post_id, *ALL_KINDS[:3], method="DELETE")
    until(lambda: counts(likes=1, useful=1, favourites=1, shares=2), "one of each")
    mine = post(people.prospect, post_id)
    assert [mine[did] for did in ("liked", "useful", "favourite")] == [False] * 3
    assert guest.call("PUT", f"/v1/posts/{post_id}/reactions/like").status_code == 401
    for_owners = publishes(people.owner, audience=OWNERS)
    for kind in ALL_KINDS:
        refused = people.prospect.call("PUT", f"/v1/posts/{for_owners}/{kind}")
        assert refusal(refused) == (403, "post_locked")


def test_pages_neither_skip_nor_repeat_while_others_go_on(people: People, guest: Phone) -> None:
    def one_more(number: int) -> str:
        return publishes(people.owner, title=f"露营第{number}天", topics=["翻页"], model="翻页车")

    mine = [one_more(number) for number in range(9)]
    lists = {
        path: (None, [])
        for path in (
            BOARD,
            "/v1/topics/翻页/posts",
            "/v1/models/翻页车/posts",
            f"/v1/members/{member_id(people.owner)}/posts",
        )
    }
    for path in lists:
        until(lambda path=path: {*mine} <= {*listed(guest, path)}, f"all of them on {path}")

    def next_page(path: str) -> None:
        cursor, seen = lists[path]
        page = guest.did("GET", path, limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [each["post_id"] for each in page["items"]]
        lists[path] = (page["next_cursor"], seen)

    for number, doomed in enumerate((5, 2, 0)):
        for path in lists:
            next_page(path)
        one_more(number + 9)
        edited = f"/v1/posts/{mine[doomed + 1]}"
        people.owner.did("PUT", edited, a_post(title="改过", topics=["翻页"], model="翻页车"))
        people.owner.did("DELETE", f"/v1/posts/{mine[doomed]}")
        until(lambda gone=mine[doomed]: gone not in listed(guest, BOARD), "one less")
    for path in lists:
        while lists[path][0] and mine[1] not in lists[path][1]:
            next_page(path)

    left = [mine[number] for number in (8, 7, 6, 4, 3, 1)]
    for path, (_, seen) in lists.items():
        assert len(set(seen)) == len(seen), path
        assert [each for each in seen if each in left] == left, path


def test_a_post_stands_on_each_list_where_it_belongs(
    people: People, guest: Phone, stack: Stack
) -> None:
    def lists(topic: str, model: str) -> dict[str, dict[str, str]]:
        return {
            f"/v1/topics/{topic}/posts": {},
            f"/v1/models/{model}/posts": {},
            f"/v1/members/{member_id(people.owner)}/posts": {},
            BOARD: {"sort": "featured"},
        }

    def stands(post_id: str, where: dict[str, dict[str, str]], phone: Phone = guest) -> list[bool]:
        return [post_id in listed(phone, path, **query) for path, query in where.items()]

    before, after = lists("长测", "朗逸"), lists("短测", "帕萨特")
    post_id = publishes(people.owner, topics=["长测"], model="朗逸")
    private = publishes(people.owner, "members-only", topics=["短测"], model="帕萨特")
    locked = publishes(people.owner, topics=["短测"], model="帕萨特", audience=OWNERS)
    by_command(stack, ("post", {"DO": "feature", "ID": post_id, "BY": "lisi"}))
    until(lambda: stands(post_id, before) == [True] * 4, "on all of its lists")

    edited = a_post(topics=["短测"], model="帕萨特")
    people.owner.did("PUT", f"/v1/posts/{post_id}", edited)
    until(lambda: stands(post_id, after) == [True] * 4, "on its new lists")
    assert stands(post_id, before) == [False, False, True, True]
    until(lambda: stands(private, after, people.owner) == [True] * 3 + [False], "among owners")
    assert stands(private, after, people.prospect) == [False] * 4
    for_owners = next(
        card for card in items(guest, "/v1/topics/短测/posts") if card["post_id"] == locked
    )
    assert for_owners["locked"]
    assert "certify_owner" in [way["kind"] for way in for_owners["unlock"]["how"]]

    people.owner.did("DELETE", f"/v1/posts/{post_id}")
    until(lambda: stands(post_id, after) == [False] * 4, "on no list")


def test_what_i_keep_read_wrote_and_said_is_mine(people: People, prospect: Phone) -> None:
    posts = [publishes(people.owner, title=f"值得收藏{number}") for number in range(3)]
    for each in posts:
        post(prospect, each)
        react(prospect, each, "favourite")
    for path in ("/v1/me/favourites", "/v1/me/history"):
        until(lambda path=path: listed(prospect, path) == posts[::-1], path)
    react(prospect, posts[1], "favourite", method="DELETE")
    people.owner.did("DELETE", f"/v1/posts/{posts[2]}")
    until(lambda: listed(prospect, "/v1/me/favourites") == posts[:1], "what is kept and there")
    until(lambda: listed(prospect, "/v1/me/history") == [posts[1], posts[0]], "what is there")
    prospect.did("DELETE", "/v1/me/history")
    assert listed(prospect, "/v1/me/history") == []

    mine = publishes(prospect)
    prospect.did("DELETE", f"/v1/posts/{mine}")
    said = says(prospect, posts[0], "收藏了")
    states = [(mine, "deleted")]
    until(
        lambda: [(e["post_id"], e["state"]) for e in items(prospect, "/v1/me/posts")] == states,
        "my posts, in whatever state",
    )

    def my_comments() -> list[tuple[Any, ...]]:
        found = items(prospect, "/v1/me/comments")
        keys = ("post_id", "post_title")
        return [(*(each[k] for k in keys), each["comment"]["comment_id"]) for each in found]

    title = post(prospect, posts[0])["title"]
    until(lambda: my_comments() == [(posts[0], title, said)], "my comments")


def test_hot_is_right_within_a_minute(
    people: People, guest: Phone, stack: Stack, let_happen: LetHappen
) -> None:
    older, younger = (publishes(people.owner, title=title) for title in ("热帖", "新帖"))
    stack.wait_until_idle()
    let_happen(MINUTE_S)

    def hot() -> list[str]:
        return [each for each in listed(guest, BOARD, sort="hot") if each in (older, younger)]

    assert hot() == [younger, older]
    people.come_back()
    for phone in (people.prospect, people.friend, people.clerk):
        react(phone, older, *ALL_KINDS)
    until(lambda: post(guest, older)["counts"]["shares"] == 3, "it is counted")
    stack.wait_until_idle()
    let_happen(MINUTE_S)
    assert hot() == [older, younger]
    people.owner.did("DELETE", f"/v1/posts/{older}")
    stack.wait_until_idle()
    let_happen(5)
    assert hot() == [younger]


@pytest.fixture
def pinned(people: People, stack: Stack, control: Control) -> Iterator[str]:
    """An old post of the board above all others."""
    post_id = publishes(people.owner, title="置顶")
    said = {"ID": post_id, "BY": "zhangsan"}
    by_command(stack, ("post", {"DO": "pin", **said}))
    control.move_ahead(MINUTE_S + 1)
    yield post_id
    by_command(stack, ("post", {"DO": "unpin", **said}))
    control.move_ahead(MINUTE_S + 1)


def test_pinned_posts_come_first_and_once(people: People, guest: Phone, pinned: str) -> None:
    mine = [publishes(people.owner) for _ in range(3)]
    first = guest.did("GET", BOARD, limit=2)
    assert [each["post_id"] for each in first["items"]] == [pinned, mine[2], mine[1]]
    second = guest.did("GET", BOARD, limit=2, cursor=first["next_cursor"])
    assert second["items"][0]["post_id"] == mine[0]
    assert pinned not in [each["post_id"] for each in second["items"]]
