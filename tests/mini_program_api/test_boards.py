"""GET /v1/boards, and POST and GET /v1/boards/{board_id}/posts"""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib import ids
from community.commons.audience.rules import OWNERS, Audience, Tier
from community.commons.staff import service as staff
from community.commons.staff.rules import Role, Staff
from community.forum.boards import service as boards
from community.forum.boards.changes import Changes
from tests.gateway import Gateway
from tests.mini_program_api.conftest import Publish, a_draft
from tests.world import Person, World

POSTS = "/v1/boards/car-care/posts"
BOARDS = ["new-car-shopping", "car-care", "accessory-deals", "new-launches", "members-only"]


def board(api: Gateway, board_id: str, who: Person | None = None) -> Any:
    items = api.get("/v1/boards", as_=who).json["items"]
    return next(item for item in items if item["board_id"] == board_id)


# Boards


def test_everyone_sees_all_boards_in_their_order(api: Gateway, wang: Person) -> None:
    for who in (None, wang):
        items = api.get("/v1/boards", as_=who).json["items"]
        assert [item["board_id"] for item in items] == BOARDS


def test_a_board_says_what_it_is_and_what_i_may_do(api: Gateway, li: Person) -> None:
    assert board(api, "car-care", li) == {
        "board_id": "car-care",
        "name": "养车无忧",
        "description": "保养、维修、用车心得，车主经验大家看",
        "archived": False,
        "may": {"read": True, "post": True, "comment": True},
        "unlock": None,
    }


def test_a_board_says_what_unlocks_it(api: Gateway, wang: Person) -> None:
    seen = board(api, "car-care", wang)
    assert seen["may"] == {"read": True, "post": False, "comment": True}
    assert seen["unlock"] == {
        "reason": "发帖仅限认证车主",
        "how": [{"kind": "certify_owner", "text": "完成车主认证即可解锁"}],
    }


def test_an_archived_board_comes_last_and_is_only_read(
    api: Gateway, publish: Publish, li: Person, world: World
) -> None:
    post_id = publish(li)["post_id"]
    staff.appoint(Staff("ops", "运营小陈", (Role.OPERATOR,)))
    boards.archive("car-care", by="ops", now=world.now)
    assert [item["board_id"] for item in api.get("/v1/boards").json["items"]][-1] == "car-care"
    seen = board(api, "car-care", li)
    assert (seen["archived"], seen["unlock"]) == (True, None)
    assert seen["may"] == {"read": True, "post": False, "comment": False}
    assert api.post(POSTS, a_draft(), as_=li).refusal == (403, "board_archived")
    comment = api.post(f"/v1/posts/{post_id}/comments", {"text": "好"}, as_=li)
    assert comment.refusal == (403, "board_archived")
    assert [item["post_id"] for item in api.get(POSTS).json["items"]] == [post_id]


def test_a_board_for_one_of_several_says_each_way_in(
    api: Gateway, wang: Person, world: World
) -> None:
    staff.appoint(Staff("ops", "运营小陈", (Role.OPERATOR,)))
    either = Audience(any=(OWNERS, Audience(tier_min=Tier.T2)))
    boards.change("car-care", Changes(post=either), by="ops", now=world.now)
    assert board(api, "car-care", wang)["unlock"] == {
        "reason": "发帖仅限认证车主或 T2 及以上会员",
        "how": [
            {"kind": "certify_owner", "text": "完成车主认证即可解锁", "way": 1},
            {"kind": "reach_tier", "text": "会员等级达到 T2 即可解锁", "way": 2},
        ],
    }


def test_who_looks_after_a_board_gets_in_where_that_is_asked(
    api: Gateway, wang: Person, world: World
) -> None:
    staff.appoint(Staff("ops", "运营小陈", (Role.OPERATOR,)))
    asks = Audience(board_role="moderator:car-care")
    boards.change("car-care", Changes(post=asks), by="ops", now=world.now)
    assert api.post(POSTS, a_draft(), as_=wang).refusal == (403, "may_not_post")
    boards.appoint(wang.member_id, "car-care", by="ops", now=world.now)
    world.later(minutes=1)
    assert api.post(POSTS, a_draft(), as_=wang).status == 201


def test_boards_may_be_kept_for_a_moment_and_checked(api: Gateway) -> None:
    first = api.get("/v1/boards")
    assert first.headers["cache-control"].startswith("public")
    again = api.get("/v1/boards", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.text) == (304, "")


def test_what_a_member_may_do_is_kept_by_nobody_else(api: Gateway, wang: Person) -> None:
    reply = api.get("/v1/boards", as_=wang)
    assert reply.headers["cache-control"] == "private, no-cache"
    assert reply.headers["etag"] != api.get("/v1/boards").headers["etag"]


def test_chinese_leaves_as_utf_8(api: Gateway) -> None:
    assert "养车无忧" in api.get("/v1/boards").text


# Publishing


def test_a_published_post_comes_back_whole(api: Gateway, li: Person, world: World) -> None:
    reply = api.post(POSTS, a_draft(), as_=li)
    post = reply.json
    assert reply.status == 201
    assert ids.is_id(post.pop("post_id"))
    assert post == {
        "board_id": "car-care",
        "author": {
            "member_id": li.member_id,
            "nickname": li.member.nickname,
            "badges": ["owner"],
        },
        "kind": "discussion",
        "title": "首保多少钱",
        "text": "大家花了多少？",
        "blocks": [{"kind": "paragraph", "spans": [{"text": "大家花了多少？"}]}],
        "teaser": "大家花了多少？",
        "audience": {},
        "model": None,
        "topics": [],
        "pictures": [],
        "video": None,
        "part": None,
        "poll": None,
        "mentions": [],
        "coupon_id": None,
        "activity_id": None,
        "accepted": None,
        "featured": False,
        "closed": False,
        "locked": False,
        "unlock": None,
        "state": "published",
        "counts": {
            "views": 0,
            "likes": 0,
            "comments": 0,
            "favourites": 0,
            "useful": 0,
            "shares": 0,
        },
        "liked": False,
        "useful": False,
        "favourite": False,
        "created_at": "2026-11-22T04:00:00Z",
        "edited_at": None,
        "publish_at": None,
    }


def test_a_doubtful_post_is_held(publish: Publish, li: Person) -> None:
    assert publish(li, text="存疑")["state"] == "held"


def test_a_risky_post_is_refused(api: Gateway, li: Person) -> None:
    reply = api.post(POSTS, a_draft(text="违规"), as_=li)
    assert reply.refusal == (422, "content_not_allowed")


def test_a_prospect_is_told_how_to_get_into_car_care(api: Gateway, wang: Person) -> None:
    reply = api.post(POSTS, a_draft(), as_=wang)
    assert reply.refusal == (403, "board_needs_owner")
    assert reply.json["detail"] == "认证车主后即可在本板块发帖"
    assert [way["kind"] for way in reply.json["unlock"]["how"]] == ["certify_owner"]


def test_a_prospect_posts_where_everyone_may(publish: Publish, wang: Person) -> None:
    assert publish(wang, "new-car-shopping", kind="question")["kind"] == "question"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": ""}, ["title"]),
        ({"title": "题" * 51}, ["title"]),
        ({"text": " "}, ["text"]),
        ({"text": "字" * 5_001}, ["text"]),
        ({"teaser": "导" * 81}, ["teaser"]),
        ({"kind": "story"}, ["kind"]),
        ({"audience": {"identity": ["admin"]}}, ["audience.identity[0]"]),
        ({"audience": {"tier_min": "T9"}}, ["audience.tier_min"]),
        ({"audience": {"tags_any": ["x"] * 11}}, ["audience.tags_any"]),
        ({"audience": {"everyone": True}}, ["audience.everyone"]),
        ({"text": None}, ["text"]),
        ({"model": "车" * 41}, ["model"]),
        ({"topics": ["话" * 21]}, ["topics[0]"]),
        ({"topics": ["话题"] * 6}, ["topics"]),
    ],
)
def test_every_wrong_field_is_named(
    api: Gateway, li: Person, fields: dict[str, Any], wrong: list[str]
) -> None:
    assert api.post(POSTS, a_draft(**fields), as_=li).wrong_fields == wrong


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "题" * 50},
        {"text": "字" * 5_000},
        {"model": "车" * 40, "topics": [letter * 20 for letter in "一二三四五"]},
    ],
)
def test_the_longest_draft_is_taken(publish: Publish, li: Person, fields: dict[str, Any]) -> None:
    assert publish(li, **fields)["state"] == "published"


def within(rule: dict[str, Any], levels: int) -> dict[str, Any]:
    for _ in range(levels):
        rule = {"any": [rule]}
    return rule


A_LEAF = {"tier_min": "T1"}


@pytest.mark.parametrize(
    ("audience", "field", "message"),
    [
        (within(A_LEAF, 4), "audience", "条件最多嵌套 4 层"),
        ({"not": within(A_LEAF, 5)}, "audience.not.any[0]", "条件最多嵌套 4 层"),
        ({"all": [A_LEAF] * 10, "any": [A_LEAF] * 11}, "audience", "条件最多 20 个"),
        ({"all": [A_LEAF] * 21}, "audience.all", "最多 20 项"),
        ({"any": [A_LEAF, {"tier": "T1"}]}, "audience.any[1].tier", "没有这个参数"),
        ({"any": [{"all": [{"tier_min": 2}]}]}, "audience.any[0].all[0].tier_min", None),
        ({"not": {"identity": ["admin"]}}, "audience.not.identity[0]", "取值不在允许范围内"),
        ({"not": {"tags_any": ["签" * 31]}}, "audience.not.tags_any[0]", "最多 30 个字符"),
        ({"not": {}}, "audience", "请至少填写一个条件"),
        ({"not": [A_LEAF]}, "audience.not", None),
        ({"all": A_LEAF}, "audience.all", None),
        ({"board_role": "owner:car-care"}, "audience.board_role", "取值不在允许范围内"),
        ({"segment": ""}, "audience.segment", None),
        ([], "audience", "应为一组内容"),
        ("owners", "audience", "应为一组内容"),
    ],
)
def test_what_is_wrong_in_an_audience_is_told_of_its_field(
    api: Gateway, li: Person, audience: Any, field: str, message: str | None
) -> None:
    reply = api.post(POSTS, a_draft(audience=audience), as_=li)
    assert reply.wrong_fields == [field]
    assert message is None or reply.json["errors"][0]["message"] == message


def test_what_is_wrong_beside_an_audience_is_told_too(api: Gateway, li: Person) -> None:
    draft = a_draft(title="题" * 51, audience=within(A_LEAF, 4))
    assert api.post(POSTS, draft, as_=li).wrong_fields == ["title", "audience"]


def test_an_audience_without_end_is_refused(api: Gateway, li: Person) -> None:
    rule = '{"not":' * 5_000 + '{"tier_min":"T1"}' + "}" * 5_000
    raw = json.dumps(a_draft())[:-1] + f', "audience": {rule}}}'
    assert api.call("POST", POSTS, raw=raw, as_=li).refusal == (422, "malformed")


@pytest.mark.parametrize(
    "audience",
    [
        within(A_LEAF, 3),
        {"all": [A_LEAF] * 10, "any": [{"tags_any": ["纯电"]}] * 10},
        {"not": {"identity": ["owner"], "tier_min": "T3"}, "segment": "spring-2026"},
    ],
)
def test_a_tree_comes_back_as_it_was_given(
    api: Gateway, publish: Publish, li: Person, audience: dict[str, Any]
) -> None:
    post = publish(li, audience=audience)
    assert post["audience"] == audience
    assert api.get(f"/v1/posts/{post['post_id']}").json["audience"] == audience


def test_words_within_a_tree_are_checked_as_those_of_the_text_are(api: Gateway, li: Person) -> None:
    audience = {"any": [A_LEAF, {"not": {"tags_any": ["违规"]}}]}
    reply = api.post(POSTS, a_draft(audience=audience), as_=li)
    assert reply.refusal == (422, "content_not_allowed")


def test_an_audience_comes_back_as_it_was_given(publish: Publish, li: Person) -> None:
    audience = {"identity": ["owner"], "tier_min": "T0", "tags_any": ["纯电"]}
    assert publish(li, audience=audience)["audience"] == audience


@pytest.mark.parametrize("board_id", ["unknown", "car-care%20", "%E6%9D%BF", "x" * 3_000])
def test_what_is_no_board_is_not_found(api: Gateway, li: Person, board_id: str) -> None:
    path = f"/v1/boards/{board_id}/posts"
    assert api.post(path, a_draft(), as_=li).refusal == (404, "no_such_board")
    assert api.get(path).refusal == (404, "no_such_board")


def test_a_guest_who_writes_is_asked_to_sign_in(api: Gateway) -> None:
    assert api.post(POSTS, a_draft()).refusal == (401, "sign_in_first")


def test_model_and_topics_come_back_tidy(api: Gateway, publish: Publish, li: Person) -> None:
    post = publish(li, model=" 途观 L", topics=["#露营", "露营", "自驾"])
    for seen in (post, api.get(f"/v1/posts/{post['post_id']}").json):
        assert (seen["model"], seen["topics"]) == ("途观 L", ["露营", "自驾"])


# Listing


def test_a_card_shows_everything_but_the_text(api: Gateway, publish: Publish, li: Person) -> None:
    post = publish(li, audience={"identity": ["owner"]}, text="工时费能谈", teaser="省钱心得")
    reply = api.get(POSTS)
    (card,) = reply.json["items"]
    assert "text" not in card
    assert "工时费" not in reply.text
    assert (card["locked"], card["teaser"]) == (True, "省钱心得")
    assert card["unlock"]["reason"] == "仅限认证车主"
    shared = set(card) & set(post) - {"locked", "unlock"}
    assert {name: card[name] for name in shared} == {name: post[name] for name in shared}


def test_a_card_is_open_to_its_author_and_to_whom_it_is_for(
    api: Gateway, publish: Publish, li: Person, wang: Person, world: World
) -> None:
    publish(wang, "new-car-shopping", audience={"identity": ["owner"]})
    other = world.joins("zhao")
    locked = [
        api.get("/v1/boards/new-car-shopping/posts", as_=who).json["items"][0]["locked"]
        for who in (wang, li, other, None)
    ]
    assert locked == [False, False, True, True]


def test_the_latest_post_comes_first(api: Gateway, publish: Publish, li: Person) -> None:
    made = [publish(li)["post_id"] for _ in range(3)]
    listed = api.get(POSTS).json
    assert [item["post_id"] for item in listed["items"]] == made[::-1]
    assert listed["next_cursor"] is None


def test_pages_neither_skip_nor_repeat_while_others_post(
    api: Gateway, publish: Publish, li: Person
) -> None:
    made = [publish(li)["post_id"] for _ in range(5)]
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2, "sort": "latest"}
    while True:
        page = api.get(POSTS, query=query).json
        seen += [item["post_id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
        publish(li)
    assert seen == made[::-1]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 51},
        {"limit": "x"},
        {"sort": "best"},
        {"page": 2},
        {"cursor": "x" * 600},
    ],
)
def test_a_page_that_does_not_exist_is_refused(api: Gateway, query: dict[str, Any]) -> None:
    assert api.get(POSTS, query=query).wrong_fields == list(query)


def test_a_forged_cursor_is_refused(api: Gateway, publish: Publish, li: Person) -> None:
    publish(li)
    cursor = api.get(POSTS, query={"limit": 1}).json["next_cursor"]
    for forged in (cursor[:-2], f"x{cursor}", cursor.swapcase(), "forged"):
        assert api.get(POSTS, query={"cursor": forged}).wrong_fields == ["cursor"]


def test_a_cursor_of_one_board_does_not_open_another(
    api: Gateway, publish: Publish, li: Person
) -> None:
    publish(li)
    query = {"cursor": api.get(POSTS, query={"limit": 1}).json["next_cursor"]}
    reply = api.get("/v1/boards/new-launches/posts", query=query)
    assert reply.wrong_fields == ["cursor"]


def test_my_likes_show_in_the_list(
    api: Gateway, publish: Publish, li: Person, wang: Person, world: World
) -> None:
    post, _other = publish(li), publish(li)
    api.put(f"/v1/posts/{post['post_id']}/reactions/like", as_=wang)
    world.settle()
    items = api.get(POSTS, as_=wang).json["items"]
    assert [(item["liked"], item["counts"]["likes"]) for item in items] == [(False, 0), (True, 1)]
    assert [item["liked"] for item in api.get(POSTS, as_=li).json["items"]] == [False, False]


@pytest.mark.parametrize("who", ["guest", "prospect"])
def test_a_closed_board_is_not_listed(api: Gateway, wang: Person, who: str) -> None:
    reply = api.get("/v1/boards/members-only/posts", as_=wang if who == "prospect" else None)
    assert reply.refusal == (403, "board_closed")
    assert "certify_owner" in [way["kind"] for way in reply.json["unlock"]["how"]]


def test_a_guests_list_is_checked_by_its_etag(api: Gateway, publish: Publish, li: Person) -> None:
    publish(li)
    etag = api.get(POSTS).headers["etag"]
    assert api.get(POSTS, headers={"If-None-Match": etag}).status == 304
    publish(li)
    assert api.get(POSTS, headers={"If-None-Match": etag}).status == 200
