"""/v1/me/drafts"""

from __future__ import annotations

from typing import Any

import pytest

from tests.gateway import Gateway
from tests.world import Person, World

DRAFTS = "/v1/me/drafts"


def begin(api: Gateway, world: World, who: Person, **body: Any) -> Any:
    world.later(milliseconds=1)
    reply = api.post(DRAFTS, body, as_=who)
    assert reply.status == 201, reply
    return reply.json


def test_a_draft_is_the_same_on_all_devices(api: Gateway, world: World, wang: Person) -> None:
    made = begin(api, world, wang, title="首保", audience={"tier_min": 2}, topics=["保养"])
    assert (made["version"], made["body"]["audience"]) == (1, {"tier_min": 2})
    assert api.get(DRAFTS, as_=wang).json == {"items": [made], "next_cursor": None}
    assert api.get(f"{DRAFTS}/{made['draft_id']}", as_=wang).json == made


def test_who_is_behind_is_told_what_is_there(api: Gateway, world: World, wang: Person) -> None:
    path = f"{DRAFTS}/{begin(api, world, wang, title='首保')['draft_id']}"
    newer = api.put(path, {"version": 1, "body": {"title": "平板上的"}}, as_=wang).json
    assert newer["version"] == 2
    late = api.put(path, {"version": 1, "body": {"title": "手机上的"}}, as_=wang)
    assert late.refusal == (409, "draft_changed")
    assert late.json["current"] == newer


def test_a_deleted_draft_is_gone(api: Gateway, world: World, wang: Person) -> None:
    path = f"{DRAFTS}/{begin(api, world, wang)['draft_id']}"
    for _ in range(2):
        assert api.delete(path, as_=wang).status == 204
    assert api.get(path, as_=wang).refusal == (404, "no_such_draft")
    assert api.put(path, {"version": 1, "body": {}}, as_=wang).refusal == (404, "no_such_draft")


def test_the_same_key_makes_one_draft(api: Gateway, wang: Person) -> None:
    made = [api.post(DRAFTS, {"title": "首保"}, as_=wang, key="k").json for _ in range(2)]
    assert made[0] == made[1]
    assert len(api.get(DRAFTS, as_=wang).json["items"]) == 1


def test_one_does_not_see_drafts_of_others(
    api: Gateway, world: World, li: Person, wang: Person
) -> None:
    path = f"{DRAFTS}/{begin(api, world, wang)['draft_id']}"
    assert api.get(DRAFTS, as_=li).json["items"] == []
    assert api.get(path, as_=li).refusal == (404, "no_such_draft")


@pytest.mark.parametrize(
    ("body", "field"),
    [({"title": 7}, "title"), ({"topics": "保养"}, "topics"), ({"audience": []}, "audience")],
)
def test_what_is_of_another_kind_is_refused(
    api: Gateway, wang: Person, body: dict[str, Any], field: str
) -> None:
    assert api.post(DRAFTS, body, as_=wang).wrong_fields == [field]


def test_twenty_are_enough(api: Gateway, world: World, wang: Person) -> None:
    for _ in range(20):
        begin(api, world, wang)
    assert api.post(DRAFTS, {}, as_=wang).refusal == (409, "too_many_drafts")
