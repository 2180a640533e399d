"""GET /v1/feed, POST /v1/feed/events, GET /v1/slots"""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib import ids
from community.commons.staff import service as staff
from community.commons.staff.rules import Role, Staff
from community.forum.slots import service as slots
from tests.community.forum.slots.test_service import an_entry_with
from tests.gateway import Gateway
from tests.mini_program_api.conftest import Publish
from tests.pictures import shown as shown_picture
from tests.world import START, Person, World

POST_ID = ids.new_id(START, "a post")


def test_an_item_says_what_it_is_and_why(
    api: Gateway, world: World, publish: Publish, li: Person, wang: Person
) -> None:
    post = publish(li)
    world.settle()
    (item,) = api.get("/v1/feed", as_=wang).json["items"]
    assert item == {
        "post_id": post["post_id"],
        "board_id": "car-care",
        "author": post["author"],
        "kind": "discussion",
        "title": "首保多少钱",
        "teaser": "大家花了多少？",
        "cover": None,
        "answered": False,
        "featured": False,
        "has_part": False,
        "counts": post["counts"],
        "created_at": post["created_at"],
        "why": "新鲜发布",
    }


def test_pages_go_on_and_guests_may_keep_them_for_a_moment(
    api: Gateway, world: World, publish: Publish, li: Person
) -> None:
    for _ in range(3):
        publish(li)
    world.settle()
    first = api.get("/v1/feed", query={"limit": 2})
    assert first.headers["cache-control"].startswith("public")
    rest = api.get("/v1/feed", query={"limit": 2, "cursor": first.json["next_cursor"]}).json
    seen = [item["post_id"] for item in (*first.json["items"], *rest["items"])]
    assert len(seen) == len(set(seen)) == 3
    assert rest["next_cursor"] is None


def test_a_cursor_of_another_list_is_refused(api: Gateway, wang: Person) -> None:
    assert api.get("/v1/feed", as_=wang, query={"cursor": "x"}).wrong_fields == ["cursor"]


def an_event(**fields: Any) -> dict[str, Any]:
    return {"post_id": POST_ID, "kind": "seen", "at": "2026-11-22T04:00:00Z", **fields}


def test_a_batch_is_taken_once(api: Gateway, world: World, wang: Person) -> None:
    body = {"events": [an_event(kind="dwelled", ms=12_000)]}
    for _ in range(2):
        assert api.post("/v1/feed/events", body, as_=wang, key="batch-1").status == 204
    (row,) = [row for row in world.rows("forum") if row["pk"] == f"feed#{wang.member_id}"]
    assert row["version"] == 1


@pytest.mark.parametrize(
    ("events", "wrong"),
    [
        ([], ["events"]),
        ([an_event()] * 101, ["events"]),
        ([an_event(post_id="x")], ["events[0].post_id"]),
        ([an_event(kind="liked")], ["events[0].kind"]),
        ([an_event(at="soon")], ["events[0].at"]),
        ([an_event(ms=-1)], ["events[0].ms"]),
    ],
)
def test_a_wrong_batch_names_the_field(
    api: Gateway, world: World, wang: Person, events: list[Any], wrong: list[str]
) -> None:
    assert api.post("/v1/feed/events", {"events": events}, as_=wang).wrong_fields == wrong
    assert not [row for row in world.rows("forum") if row["pk"].startswith("feed#")]


def test_guests_tell_nothing(api: Gateway) -> None:
    assert api.post("/v1/feed/events", {"events": [an_event()]}).status == 401


def test_slots_show_what_stands_there(api: Gateway, world: World, li: Person) -> None:
    staff.appoint(Staff("chen", "运营小陈", (Role.OPERATOR,)))
    entry = slots.put(an_entry_with(shown_picture(world)), by="chen", now=world.now)
    for who in (None, li):
        items = api.get("/v1/slots", as_=who).json["items"]
        assert [(item["slot"], item["name"], len(item["items"])) for item in items] == [
            ("home-banner", "首页横幅", 1),
            ("accessory-deals", "车品大促", 0),
            ("new-launches", "新车发布", 0),
            ("members-only", "会员尊享", 0),
        ]
        (shown,) = items[0]["items"]
        picture = shown.pop("picture")
        assert {entry.picture_media_id in address for address in picture.values()} == {True}
        assert shown == {
            "entry_id": entry.entry_id,
            "kind": "activity",
            "ref_id": "activity-1",
            "title": "周末试驾",
            "link": "pages/activity/activity?id=1",
        }
