"""PUT and DELETE /v1/posts/{post_id}, its restore and its edits; what rich posts look like to whom"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from community.commons.staff import service as staff
from community.commons.staff.rules import Role, Staff
from community.forum.boards import service as boards
from community.forum.posts import curating
from community.people.standing import service as standing
from community.people.standing.rules import Ground
from tests.gateway import Gateway
from tests.mini_program_api.conftest import Publish, a_draft
from tests.pictures import uploaded, wechat_says
from tests.world import Person, World

NOT_FOUND = (404, "no_such_post")
T2 = {"tier_min": "T2"}
BOARD = "/v1/boards/car-care/posts"


def path(post: dict[str, Any]) -> str:
    return f"/v1/posts/{post['post_id']}"


def read(api: Gateway, post: dict[str, Any], who: Person | None = None) -> Any:
    reply = api.get(path(post), as_=who)
    assert reply.status == 200, reply
    return reply.json


def edit(api: Gateway, post: dict[str, Any], who: Person | None, **draft: Any) -> Any:
    return api.put(path(post), a_draft(**draft), as_=who)


# What posts look like


def test_light_markdown_comes_as_blocks_and_words_as_teaser(
    api: Gateway, publish: Publish, li: Person
) -> None:
    post = publish(li, text="**八百**，见[原文](https://mp.weixin.qq.com/s/x)\n\n1. 机油\n> 好")
    seen = read(api, post)
    assert seen["blocks"] == [
        {
            "kind": "paragraph",
            "spans": [
                {"text": "八百", "bold": True},
                {"text": "，见"},
                {"text": "原文", "link": "https://mp.weixin.qq.com/s/x"},
            ],
        },
        {"kind": "list", "start": 1, "items": [[{"text": "机油"}]]},
        {"kind": "quote", "spans": [{"text": "好"}]},
    ]
    assert seen["teaser"] == "八百，见原文 机油 好"
    assert api.get(BOARD).json["items"][0]["teaser"] == seen["teaser"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"text": "[点我](https://evil.example/x)"}, ["text"]),
        ({"text": "[点我](javascript:alert(1))"}, ["text"]),
        ({"part": {"audience": {}, "text": "x"}}, ["part.audience"]),
        ({"part": {"audience": T2, "text": "[x](http://x)"}}, ["part.text"]),
        ({"part": {"audience": {"tier_min": "T9"}, "text": "x"}}, ["part.audience.tier_min"]),
        ({"kind": "poll"}, ["poll"]),
        ({"pictures": [str(n) for n in range(10)]}, ["pictures"]),
        ({"pictures": ["../x"]}, ["pictures[0]"]),
        ({"pictures": ["a"], "video": "b"}, ["video"]),
        ({"coupon_id": "a b"}, ["coupon_id"]),
        ({"activity_id": ""}, ["activity_id"]),
        ({"mentions": ["nobody"]}, ["mentions"]),
        ({"publish_at": "2026-12-01T00:00:00Z"}, ["publish_at"]),
        ({"publish_at": "2026-12-01T00:00:00"}, ["publish_at"]),
        ({"publish_at": "9999-12-31T23:59:59-12:00"}, ["publish_at"]),
        ({"publish_at": "0001-01-01T00:00:00+12:00"}, ["publish_at"]),
    ],
)
def test_every_wrong_field_is_named_and_nothing_is_written(
    api: Gateway, li: Person, publish: Publish, fields: dict[str, Any], wrong: list[str]
) -> None:
    post = publish(li)
    for reply in (api.post(BOARD, a_draft(**fields), as_=li), edit(api, post, li, **fields)):
        assert reply.status == 422
        assert [error["field"] for error in reply.json["errors"]] == wrong
    assert len(api.get(BOARD).json["items"]) == 1
    assert read(api, post)["edited_at"] is None


def test_a_part_is_for_those_it_is_for(
    api: Gateway, publish: Publish, li: Person, wang: Person
) -> None:
    post = publish(li, part={"audience": T2, "text": "**秘密**"})
    assert post["part"]["text"] == "**秘密**"
    mine = read(api, post, li)["part"]
    assert mine == {
        "audience": T2,
        "chars": 2,
        "locked": False,
        "unlock": None,
        "text": "**秘密**",
        "blocks": [{"kind": "paragraph", "spans": [{"text": "秘密", "bold": True}]}],
    }
    for who in (wang, None):
        reply = api.get(path(post), as_=who)
        assert "秘密" not in reply.text
        part = reply.json["part"]
        assert (part["locked"], part["text"], part["blocks"]) == (True, None, [])
        assert part["unlock"]["how"][-1]["kind"] == "reach_tier"
        assert reply.json["text"] == "大家花了多少？"
    assert api.get(BOARD).json["items"][0]["has_part"] is True


def test_pictures_come_in_three_sizes_once_they_have_passed(
    api: Gateway, publish: Publish, li: Person, wang: Person, world: World
) -> None:
    passes, waits = (uploaded(world, li.member_id) for _ in range(2))
    post = publish(li, pictures=[passes, waits])
    assert [picture["small"] for picture in post["pictures"]] == [None, None]
    from community.commons.media import service as media

    for media_id in (passes, waits):
        media.shape(media_id)
    world.settle()
    wechat_says(world, passes, "pass")
    world.settle()
    (seen,) = read(api, post, wang)["pictures"]
    assert (seen["media_id"], seen["state"]) == (passes, "passed")
    assert {size: f"/{size}.jpg" in seen[size] for size in ("small", "medium", "large")} == {
        "small": True,
        "medium": True,
        "large": True,
    }
    assert [each["state"] for each in read(api, post, li)["pictures"]] == ["passed", "waiting"]
    assert f"{passes}/small.jpg" in api.get(BOARD).json["items"][0]["cover"]


def test_official_accounts_publish_articles_for_later(
    api: Gateway, world: World, wang: Person
) -> None:
    at = (world.now + timedelta(days=1)).isoformat()
    article = a_draft(kind="article", publish_at=at)
    launches = "/v1/boards/new-launches/posts"
    assert api.post(launches, article, as_=wang).refusal == (403, "kind_not_yours")
    staff.appoint(Staff("op", "运营", (Role.OPERATOR,)))
    standing.say(wang.member_id, Ground.OFFICIAL, on=True, by="op", now=world.now)
    reply = api.post(launches, article, as_=wang)
    assert (reply.status, reply.json["state"]) == (201, "scheduled")
    assert api.get(path(reply.json)).refusal == NOT_FOUND
    assert read(api, reply.json, wang)["publish_at"]
    world.later(minutes=1)
    standing.say(wang.member_id, Ground.OFFICIAL, on=False, by="op", now=world.now)
    assert api.post(launches, article, as_=wang).refusal == (403, "kind_not_yours")


def test_pinned_posts_come_first_and_show_what_i_like(
    api: Gateway, publish: Publish, li: Person, wang: Person, world: World
) -> None:
    made = [publish(li) for _ in range(3)]
    api.put(f"{path(made[0])}/reactions/like", as_=wang)
    api.put(f"{path(made[1])}/reactions/like", as_=wang)
    curating.pin(made[0]["post_id"], on=True, by="zhangsan", now=world.now)
    world.later(minutes=1)
    items = api.get(BOARD, as_=wang).json["items"]
    assert [item["post_id"] for item in items] == [
        made[0]["post_id"],
        made[2]["post_id"],
        made[1]["post_id"],
    ]
    assert [item["liked"] for item in items] == [True, False, True]
    assert [item["pinned"] for item in items] == [True, False, False]
    assert boards.get("car-care", now=world.now).pinned


# Editing


def test_an_edit_comes_back_whole_and_is_read_by_all(
    api: Gateway, publish: Publish, li: Person, world: World
) -> None:
    post = publish(li)
    reply = edit(
        api, post, li, title="首保八百", topics=["首保"], part={"audience": T2, "text": "细账"}
    )
    assert reply.status == 200
    assert (reply.json["title"], reply.json["part"]["text"]) == ("首保八百", "细账")
    seen = read(api, post)
    assert (seen["title"], seen["topics"], bool(seen["edited_at"])) == ("首保八百", ["首保"], True)
    assert api.get(BOARD).json["items"][0]["title"] == "首保八百"


def test_its_author_sees_what_it_was(
    api: Gateway, publish: Publish, li: Person, wang: Person
) -> None:
    post = publish(li, title="一", part={"audience": T2, "text": "旧账"})
    edit(api, post, li, title="二")
    (version,) = api.get(f"{path(post)}/edits", as_=li).json["items"]
    assert (version["title"], version["part"]["text"]) == ("一", "旧账")
    reply = api.get(f"{path(post)}/edits", as_=wang)
    assert reply.refusal == (403, "not_your_post")
    assert "旧账" not in reply.text
    assert api.get(f"{path(post)}/edits").refusal == (401, "sign_in_first")


def test_who_did_not_write_it_does_not_change_it(
    api: Gateway, publish: Publish, li: Person, world: World
) -> None:
    post = publish(li)
    chen = world.becomes_owner("chen")
    assert edit(api, post, chen, title="改").refusal == (403, "not_your_post")
    assert api.delete(path(post), as_=chen).refusal == (403, "not_your_post")
    assert api.post(f"{path(post)}/restore", {}, as_=chen).refusal == (403, "not_your_post")
    assert edit(api, post, None).refusal == (401, "sign_in_first")
    assert edit(api, {"post_id": "unknown"}, li).refusal == NOT_FOUND


def test_a_doubtful_edit_is_held_and_not_edited_meanwhile(
    api: Gateway, publish: Publish, li: Person
) -> None:
    post = publish(li)
    assert edit(api, post, li, text="存疑").json["state"] == "held"
    assert api.get(path(post)).refusal == NOT_FOUND
    assert edit(api, post, li, text="没事").refusal == (409, "post_in_review")


# Deleting


def test_a_deleted_post_is_gone_and_comes_back(
    api: Gateway, publish: Publish, li: Person, wang: Person
) -> None:
    post = publish(li, part={"audience": T2, "text": "细账"})
    for _ in range(2):
        reply = api.delete(path(post), as_=li)
        assert (reply.status, reply.text) == (204, "")
    for who in (wang, None):
        assert api.get(path(post), as_=who).refusal == NOT_FOUND
    assert api.get(BOARD).json["items"] == []
    assert read(api, post, li)["state"] == "deleted"
    assert edit(api, post, li).refusal == (409, "post_deleted")
    for _ in range(2):
        reply = api.post(f"{path(post)}/restore", {}, as_=li)
        assert (reply.status, reply.json["state"]) == (200, "published")
        assert reply.json["part"]["text"] == "细账"
    assert len(api.get(BOARD).json["items"]) == 1


def test_nobody_acts_on_a_deleted_post(
    api: Gateway, publish: Publish, li: Person, wang: Person
) -> None:
    post = publish(li)
    api.delete(path(post), as_=li)
    for reply in (
        api.post(f"{path(post)}/comments", {"text": "同问"}, as_=wang),
        api.put(f"{path(post)}/reactions/like", as_=wang),
    ):
        assert reply.refusal == NOT_FOUND
