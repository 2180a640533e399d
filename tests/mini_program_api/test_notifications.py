"""GET /v1/notifications, POST /v1/notifications/read, POST /v1/subscriptions"""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib import ids
from community.facts import CaseDecision
from community.forum.moderation import service as moderation
from tests.gateway import Gateway, Reply
from tests.mini_program_api.conftest import Publish
from tests.world import Person, World

PATH = "/v1/notifications"


@pytest.fixture
def told(world: World, publish: Publish, li: Person) -> list[str]:
    """Li is told three things; gives the ids of what they are about, oldest first."""
    posts = [publish(li, text="存疑")["post_id"] for _ in range(3)]
    world.settle()
    for post_id in posts:
        world.later(seconds=1)
        moderation.decide(post_id, CaseDecision.PASS, by="lisi", now=world.now)
    world.settle()
    return posts


def read(api: Gateway, li: Person, up_to: Any) -> Reply:
    return api.post(f"{PATH}/read", {"up_to": up_to}, as_=li)


def test_who_was_told_nothing_has_an_empty_page(api: Gateway, wang: Person) -> None:
    assert api.get(PATH, as_=wang).json == {"items": [], "unread": 0, "next_cursor": None}


def test_what_i_am_told_comes_newest_first(api: Gateway, li: Person, told: list[str]) -> None:
    page = api.get(PATH, as_=li).json
    links = [item["link"] for item in page["items"]]
    assert links == [f"pages/post/index?post_id={post_id}" for post_id in told[::-1]]
    assert page["unread"] == 3


def test_a_notification_says_what_happened(api: Gateway, li: Person, told: list[str]) -> None:
    item = api.get(PATH, as_=li).json["items"][0]
    assert set(item) == {
        "notification_id",
        "kind",
        "title",
        "text",
        "link",
        "read",
        "created_at",
    }
    assert (item["kind"], item["title"]) == ("moderation", "您发布的内容已通过审核")


def test_every_page_says_how_many_are_unread(api: Gateway, li: Person, told: list[str]) -> None:
    first = api.get(PATH, as_=li, query={"limit": 2}).json
    rest = api.get(PATH, as_=li, query={"limit": 2, "cursor": first["next_cursor"]}).json
    assert ([len(p["items"]) for p in (first, rest)], rest["unread"]) == ([2, 1], 3)


def test_reading_up_to_one_leaves_what_came_after(
    api: Gateway, li: Person, told: list[str]
) -> None:
    middle = api.get(PATH, as_=li).json["items"][1]["notification_id"]
    assert read(api, li, middle).json == {"unread": 1}
    page = api.get(PATH, as_=li).json
    assert [item["read"] for item in page["items"]] == [False, True, True]
    assert page["unread"] == 1


def test_nobody_sees_what_another_is_told(api: Gateway, wang: Person, told: list[str]) -> None:
    assert api.get(PATH, as_=wang).json["items"] == []


@pytest.mark.parametrize("up_to", ["", "x", "x" * 65, None, 7])
def test_what_is_no_notification_cannot_be_read(api: Gateway, li: Person, up_to: Any) -> None:
    assert read(api, li, up_to).wrong_fields == ["up_to"]


def test_what_is_to_come_cannot_be_read(api: Gateway, li: Person, world: World) -> None:
    up_to = ids.new_id(world.now.replace(year=2099), "x")
    assert read(api, li, up_to).wrong_fields == ["up_to"]


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 51}, {"cursor": "forged"}])
def test_a_page_that_does_not_exist_is_refused(
    api: Gateway, li: Person, query: dict[str, Any]
) -> None:
    assert api.get(PATH, as_=li, query=query).wrong_fields == list(query)


# Settings

SETTINGS = "/v1/me/notification-settings"


def test_whoever_chose_nothing_hears_of_everything_but_not_at_night(
    api: Gateway, wang: Person
) -> None:
    settings = api.get(SETTINGS, as_=wang).json
    assert settings["quiet_hours"] == {"starts": "22:00", "ends": "08:00"}
    assert set(settings["kinds"]) == {
        "reply",
        "mention",
        "reaction",
        "follow",
        "certification",
        "moderation",
        "privacy",
        "system",
    }
    assert all(wish == {"centre": True, "wechat": True} for wish in settings["kinds"].values())


def test_what_i_choose_stays_chosen(api: Gateway, wang: Person) -> None:
    wish = {"kinds": {"reaction": {"centre": False}}, "quiet_hours": None}
    put = api.put(SETTINGS, wish, as_=wang)
    assert put.json == api.get(SETTINGS, as_=wang).json
    assert put.json["kinds"]["reaction"] == {"centre": False, "wechat": True}
    assert put.json["quiet_hours"] is None


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"kinds": {"moderation": {"centre": False}}}, "kinds.moderation.centre"),
        ({"quiet_hours": {"starts": "09:00", "ends": "09:00"}}, "quiet_hours"),
        ({"quiet_hours": {"starts": "24:00"}}, "quiet_hours.starts"),
        ({"quiet_hour": None}, "quiet_hour"),
        ({"quiet_hours": {"start": "21:00"}}, "quiet_hours.start"),
        ({"kinds": {"reaction": {"weixin": False}}}, "kinds[...].weixin"),
    ],
)
def test_what_cannot_be_chosen_is_refused(
    api: Gateway, wang: Person, wish: dict[str, Any], field: str
) -> None:
    assert api.put(SETTINGS, wish, as_=wang).wrong_fields == [field]


# Granted messages


def grant(api: Gateway, who: Person, accepted: Any, key: str | None = None, **told: Any) -> Reply:
    body = {"template": "post_decided", "accepted": accepted, **told}
    return api.post("/v1/subscriptions", body, as_=who, key=key)


def test_grants_add_up(api: Gateway, wang: Person) -> None:
    replies = [grant(api, wang, accepted) for accepted in (True, 2, False, 0)]
    assert [reply.json for reply in replies] == [
        {"template": "post_decided", "remaining": remaining} for remaining in (1, 3, 3, 3)
    ]


def test_a_grant_that_is_sent_twice_with_its_key_counts_once(api: Gateway, wang: Person) -> None:
    assert [grant(api, wang, True, key="k").json["remaining"] for _ in range(2)] == [1, 1]


def test_a_granted_message_is_used_by_a_decision(
    api: Gateway, li: Person, world: World, publish: Publish
) -> None:
    grant(api, li, True)
    post = publish(li, text="存疑")
    world.settle()
    moderation.decide(post["post_id"], CaseDecision.PASS, by="lisi", now=world.now)
    world.settle()
    assert len(world.sent("/cgi-bin/message/subscribe/send")) == 1
    assert grant(api, li, False).json["remaining"] == 0


@pytest.mark.parametrize("accepted", [-1, 21, "yes", None, 1.5])
def test_what_is_no_answer_to_the_question_is_refused(
    api: Gateway, wang: Person, accepted: Any
) -> None:
    assert grant(api, wang, accepted).wrong_fields == ["accepted"]


def test_an_unknown_template_is_refused(api: Gateway, wang: Person) -> None:
    assert grant(api, wang, True, template="anything").wrong_fields == ["template"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", PATH), ("POST", f"{PATH}/read"), ("POST", "/v1/subscriptions"), ("GET", SETTINGS)],
)
def test_a_guest_is_asked_to_sign_in(api: Gateway, method: str, path: str) -> None:
    assert api.call(method, path).refusal == (401, "sign_in_first")
