from __future__ import annotations

import pytest

from tests.gateway import Gateway
from tests.mini_program_api.conftest import Publish
from tests.world import Person, World

FOR_T3 = {"tier_min": "T3"}


def test_anybody_finds_posts_by_their_words(
    world: World, api: Gateway, li: Person, publish: Publish
) -> None:
    post = publish(li, title="刹车片异响怎么办")
    publish(li, title="首保多少钱")
    world.settle()
    reply = api.get("/v1/search", query={"q": "刹车 噪音"})
    assert reply.status == 200
    (found,) = reply.json["items"]
    assert found["post"]["post_id"] == post["post_id"]
    assert found["title"] == [
        {"text": "刹车片异响", "hit": True},
        {"text": "怎么办", "hit": False},
    ]
    assert reply.json["next_cursor"] is None


def test_whether_i_like_what_was_found_is_said(
    world: World, api: Gateway, li: Person, wang: Person, publish: Publish
) -> None:
    post = publish(li, title="机油怎么选")
    api.put(f"/v1/posts/{post['post_id']}/reactions/like", as_=wang)
    world.settle()
    (found,) = api.get("/v1/search", query={"q": "机油"}, as_=wang).json["items"]
    assert found["post"]["liked"] is True


def test_a_post_for_some_comes_as_a_locked_card(
    world: World, api: Gateway, li: Person, wang: Person, publish: Publish
) -> None:
    publish(li, title="内部价", text="凯美瑞底价", audience=FOR_T3)
    world.settle()
    reply = api.get("/v1/search", query={"q": "内部价"}, as_=wang)
    (found,) = reply.json["items"]
    assert found["post"]["locked"] is True
    assert "凯美瑞" not in reply.text
    assert api.get("/v1/search", query={"q": "凯美瑞"}, as_=wang).json["items"] == []


def test_pages_go_on_with_a_cursor_of_the_same_search_only(
    world: World, api: Gateway, li: Person, publish: Publish
) -> None:
    there = {publish(li, title="机油怎么选")["post_id"] for _ in range(5)}
    world.settle()
    asked = {"q": "机油", "limit": 2, "board": "car-care", "sort": "relevance"}
    found, cursor = [], None
    for _ in range(3):
        query = asked | ({"cursor": cursor} if cursor else {})
        page = api.get("/v1/search", query=query).json
        found += [item["post"]["post_id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert sorted(found) == sorted(there)
    cursor = api.get("/v1/search", query=asked).json["next_cursor"]
    other = api.get("/v1/search", query=asked | {"q": "天窗", "cursor": cursor})
    assert other.wrong_fields == ["cursor"]


def test_a_cursor_of_the_last_page_that_there_can_be_is_taken(
    world: World, api: Gateway, li: Person, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cursor says what was shown: the longest there is must pass."""
    from community.forum.search.index import rules

    publish(li, title="机油怎么选")
    publish(li, title="机油怎么选")
    world.settle()
    seen = rules.place_behind

    def longest(*shown: object) -> str:
        return seen(world.now, b"", [str(number) for number in range(rules.SHOWN_MAX - 1)])

    monkeypatch.setattr(rules, "place_behind", longest)
    asked = {"q": "机油", "limit": 1}
    cursor = api.get("/v1/search", query=asked).json["next_cursor"]
    assert len(cursor) > 450
    assert api.get("/v1/search", query=asked | {"cursor": cursor}).status == 200


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": "   "}, "q"),
        ({"q": "机" * 51}, "q"),
        ({"q": "机油", "sort": "hot"}, "sort"),
        ({"q": "机油", "kind": "rumour"}, "kind"),
        ({"q": "机油", "from": "yesterday"}, "from"),
        ({"q": "机油", "to": "2026-11-22T04:00:00"}, "to"),
        ({"q": "机油", "model": "M" * 41}, "model"),
        ({"q": "机油", "cursor": "made-up"}, "cursor"),
        ({"q": "机油", "colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(
    api: Gateway, query: dict[str, str], field: str
) -> None:
    assert api.get("/v1/search", query=query).wrong_fields == [field]


def test_boards_that_are_closed_to_me_refuse(api: Gateway, wang: Person) -> None:
    closed = api.get("/v1/search", query={"q": "机油", "board": "members-only"}, as_=wang)
    assert closed.refusal == (403, "board_closed")
    unknown = api.get("/v1/search", query={"q": "机油", "board": "nowhere"})
    assert unknown.refusal == (404, "no_such_board")


def test_what_i_begin_goes_on(world: World, api: Gateway, li: Person, publish: Publish) -> None:
    publish(li, topics=["保养清单"])
    world.settle()
    items = api.get("/v1/search/suggestions", query={"q": "保养"}).json["items"]
    assert items[0] == "保养清单"
    assert "保养周期" in items
    assert len(items) <= 10


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": " "}, {"q": "保" * 21}])
def test_who_begins_nothing_is_told_so(api: Gateway, query: dict[str, str]) -> None:
    assert api.get("/v1/search/suggestions", query=query).wrong_fields == ["q"]
