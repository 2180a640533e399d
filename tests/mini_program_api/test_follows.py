"""GET /v1/members/{id}, PUT and DELETE /v1/follows/{kind}/{id}, /v1/me/follows, /v1/me/blocks"""

from __future__ import annotations

import pytest

from tests.gateway import Gateway
from tests.mini_program_api.conftest import Publish
from tests.world import Person, World


def test_a_member_as_others_see_them(api: Gateway, world: World, li: Person, wang: Person) -> None:
    path = f"/v1/members/{li.member_id}"
    assert api.put(f"/v1/follows/member/{li.member_id}", as_=wang).status == 204
    world.settle()
    seen = {
        "member_id": li.member_id,
        "nickname": li.member.nickname,
        "badges": ["owner"],
        "tier": "T0",
        "followers": 1,
        "following": True,
        "blocked": False,
    }
    assert api.get(path, as_=wang).json == seen
    assert api.get(path).json == {**seen, "following": False}
    api.delete(f"/v1/follows/member/{li.member_id}", as_=wang)
    world.settle()
    assert api.get(path, as_=wang).json == {**seen, "followers": 0, "following": False}


@pytest.mark.parametrize("member_id", ["nobody", "01J0000000000000000000MBR1"])
def test_nobody_is_told_of_who_is_not_there(api: Gateway, member_id: str) -> None:
    assert api.get(f"/v1/members/{member_id}").refusal == (404, "no_such_member")


def test_what_i_follow_is_listed_the_latest_first(
    api: Gateway, world: World, li: Person, wang: Person
) -> None:
    targets = [f"member/{li.member_id}", "board/car-care", "topic/自驾游"]
    for target in targets * 2:
        world.later(seconds=1)
        assert api.put(f"/v1/follows/{target}", as_=wang).status == 204
    first = api.get("/v1/me/follows", as_=wang, query={"limit": 2}).json
    assert first["items"] == [
        {"kind": "topic", "id": "自驾游", "name": "自驾游"},
        {"kind": "board", "id": "car-care", "name": "养车无忧"},
    ]
    query = {"limit": 2, "cursor": first["next_cursor"]}
    rest = api.get("/v1/me/follows", as_=wang, query=query).json
    of_li = {"kind": "member", "id": li.member_id, "name": li.member.nickname}
    assert rest == {"items": [of_li], "next_cursor": None}


def test_who_follows_me_is_listed_page_by_page(api: Gateway, world: World, li: Person) -> None:
    others = [world.joins(who) for who in ("zhao", "qian", "sun")]
    for other in others:
        assert api.put(f"/v1/follows/member/{li.member_id}", as_=other).status == 204
    api.delete(f"/v1/follows/member/{li.member_id}", as_=others[1])
    world.settle()
    first = api.get("/v1/me/followers", as_=li, query={"limit": 1}).json
    query = {"limit": 1, "cursor": first["next_cursor"]}
    rest = api.get("/v1/me/followers", as_=li, query=query).json
    assert [*first["items"], *rest["items"]] == [
        {"member_id": other.member_id, "nickname": other.member.nickname}
        for other in sorted((others[0], others[2]), key=lambda other: other.member_id)
    ]


def test_what_cannot_be_followed_says_why(api: Gateway, wang: Person) -> None:
    for target, refusal in {
        "song/x": (404, "no_such_kind"),
        "member/nobody": (404, "no_such_member"),
        f"member/{wang.member_id}": (422, "oneself"),
        "board/nowhere": (404, "no_such_board"),
        "board/members-only": (403, "board_closed"),
        f"topic/{'字' * 21}": (422, "invalid"),
    }.items():
        assert api.put(f"/v1/follows/{target}", as_=wang).refusal == refusal, target
    assert api.delete("/v1/follows/song/x", as_=wang).refusal == (404, "no_such_kind")


def test_guests_follow_and_block_nobody(api: Gateway, li: Person) -> None:
    for path in (f"/v1/follows/member/{li.member_id}", f"/v1/me/blocks/{li.member_id}"):
        assert api.put(path).status == 401


def test_whom_i_block_is_listed_until_i_take_it_back(
    api: Gateway, li: Person, wang: Person
) -> None:
    path = f"/v1/me/blocks/{li.member_id}"
    assert api.put(path, as_=wang).status == 204
    assert api.get("/v1/me/blocks", as_=wang).json["items"] == [
        {"member_id": li.member_id, "nickname": li.member.nickname}
    ]
    assert api.get(f"/v1/members/{li.member_id}", as_=wang).json["blocked"] is True
    assert api.delete(path, as_=wang).status == 204
    assert api.get("/v1/me/blocks", as_=wang).json == {"items": [], "next_cursor": None}
    assert api.put("/v1/me/blocks/nobody", as_=wang).refusal == (404, "no_such_member")


def test_nothing_of_whom_i_block_is_listed_for_me(
    api: Gateway, world: World, publish: Publish, li: Person, wang: Person
) -> None:
    zhou = world.becomes_owner("zhou")
    mine, theirs = publish(zhou, topics=["露营"]), publish(li, topics=["露营"])
    said = f"/v1/posts/{mine['post_id']}/comments"
    for who in (li, zhou):
        world.later(seconds=1)
        api.post(said, {"text": "同问"}, as_=who)
    world.settle()
    world.later(minutes=1)
    lists = ("/v1/boards/car-care/posts", "/v1/topics/露营/posts", "/v1/feed")

    def listed(path: str, who: Person) -> set[str]:
        return {item["author"]["member_id"] for item in api.get(path, as_=who).json["items"]}

    assert {frozenset(listed(path, wang)) for path in (*lists, said)} == {
        frozenset({li.member_id, zhou.member_id})
    }
    api.put(f"/v1/me/blocks/{li.member_id}", as_=wang)
    assert [listed(path, wang) for path in (*lists, said)] == [{zhou.member_id}] * 4
    assert listed(lists[0], zhou) == {li.member_id, zhou.member_id}
    assert api.get(f"/v1/posts/{theirs['post_id']}", as_=wang).status == 200
