"""Everybody's own feed and what operators put before them: for whom, why, and nothing twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from local.players import Phone, awaited
from local.stack import Stack
from tests.journeys.circle import joined, owner_joined, walked
from tests.journeys.conftest import Control, Upload
from tests.journeys.forum import by_command, member_id, publishes, refusal

_numbers = count(1)
A_MINUTE_S = 61
"""A feed looks for new posts every 20 s; guests of a minute share a session; slots are read once a minute."""
"""So much later everybody's feed, and everybody's slots, are what they are by now."""
OWNERS = {"identity": ["owner"]}

Later = Callable[[], None]


@dataclass
class Circle:
    lun: Phone
    """An owner who writes much."""
    official: Phone
    owner: Phone


@pytest.fixture(scope="module")
def circle(stack: Stack, http: httpx.Client) -> Circle:
    circle = Circle(
        owner_joined(stack, http, "阿伦"),
        joined(stack, http, "品牌官方"),
        owner_joined(stack, http, "老康"),
    )
    official = {"DO": "official", "WHO": member_id(circle.official), "BY": "zhangsan"}
    by_command(stack, ("member", official))
    return circle


@pytest.fixture
def reader(stack: Stack, http: httpx.Client) -> Phone:
    """A prospect of whom nothing is known."""
    return joined(stack, http, "新来的")


@pytest.fixture
def later(stack: Stack, control: Control) -> Later:
    """Everything has followed, and a new session shows it."""

    def passed() -> None:
        stack.wait_until_idle()
        control.move_ahead(A_MINUTE_S)

    return passed


@pytest.fixture
def topic() -> str:
    """A topic that nobody has written about yet."""
    return f"话题{next(_numbers)}"


def fed(phone: Phone, limit: int = 50) -> list[dict[str, Any]]:
    """A whole session of somebody's feed."""
    pages = walked(lambda **more: phone.did("GET", "/v1/feed", limit=limit, **more))
    return [item for page in pages for item in page]


def whys(phone: Phone) -> dict[str, str]:
    """The posts of a session, and why each is there."""
    return {item["post_id"]: item["why"] for item in fed(phone)}


def events(control: Control, kind: str, *post_ids: str, **more: Any) -> dict[str, Any]:
    at = control.ask("GET", "/clock")["now"]
    return {"events": [{"post_id": p, "kind": kind, "at": at, **more} for p in post_ids]}


def test_prospects_and_owners_get_what_the_brand_says_to_them(
    circle: Circle, reader: Phone, guest: Phone, later: Later
) -> None:
    news, drive, deal, trade = (
        publishes(circle.official, board, kind="article", title=title)
        for board, title in (
            ("new-launches", "新车来了"),
            ("new-car-shopping", "周末试驾"),
            ("accessory-deals", "车主专享车品"),
            ("new-car-shopping", "老车置换补贴"),
        )
    )
    later()
    prospects, owners, guests = whys(reader), whys(circle.owner), whys(guest)
    assert prospects[news] == prospects[drive] == guests[drive] == "官方资讯 · 选车参考"
    assert owners[news] == owners[deal] == owners[trade] == "官方资讯 · 为车主推荐"
    assert prospects.get(deal) != "官方资讯 · 选车参考"
    assert owners.get(drive) != "官方资讯 · 为车主推荐"


def test_what_one_follows_leads_to_posts_and_says_so(
    circle: Circle, reader: Phone, topic: str, later: Later
) -> None:
    by_author = publishes(circle.lun, title="阿伦的用车笔记")
    on_board = publishes(circle.official, "new-launches", title="发布会看点")
    of_topic = publishes(circle.owner, title="一起聊聊", topics=[topic])
    followed = (("member", member_id(circle.lun)), ("board", "new-launches"), ("topic", topic))
    for kind, target in followed:
        reader.did("PUT", f"/v1/follows/{kind}/{target}")
        reader.did("PUT", f"/v1/follows/{kind}/{target}")
    listed = reader.did("GET", "/v1/me/follows")["items"]
    assert [(each["kind"], each["id"]) for each in listed] == [*reversed(followed)]
    later()
    found = whys(reader)
    assert found[by_author] == "因为您关注了 阿伦"
    assert found[on_board] == "因为您关注了 新车发布"
    assert found[of_topic] == f"因为您关注了 #{topic}"
    for kind, target in followed:
        reader.did("DELETE", f"/v1/follows/{kind}/{target}")
    assert not [why for why in whys(reader).values() if "关注" in why]
    assert refusal(reader.call("PUT", "/v1/follows/song/1")) == (404, "no_such_kind")
    assert refusal(reader.call("PUT", "/v1/follows/board/members-only")) == (403, "board_closed")
    own = f"/v1/follows/member/{member_id(reader)}"
    assert reader.call("PUT", own).status_code in (409, 422)


def test_interests_that_one_tells_and_shows_lead_to_posts(
    circle: Circle, reader: Phone, topic: str, control: Control, later: Later
) -> None:
    camping = publishes(circle.lun, title="周末去山里", topics=["露营"])
    first, second = (publishes(circle.owner, topics=[topic], title=f"第{n}篇") for n in "一二")
    reader.did("PUT", "/v1/me", {"interests": ["camping"]})
    later()
    awaited(lambda: whys(reader)[camping] == "因为您对 露营 感兴趣", what="camping is led to")
    assert topic not in whys(reader)[second]

    reader.did("POST", "/v1/feed/events", events(control, "clicked", first))
    later()
    awaited(lambda: whys(reader)[second] == f"因为您对 {topic} 感兴趣", what="a topic is cared for")


def test_nothing_comes_twice_in_a_session_while_others_post(
    circle: Circle, reader: Phone, topic: str, later: Later
) -> None:
    before = [publishes(circle.lun, title=f"{topic} 之{n}") for n in range(5)]
    later()
    met: list[str] = []
    written: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(4):
        page = reader.did("GET", "/v1/feed", limit=1, **cursor)
        met += [item["post_id"] for item in page["items"]]
        written.append(publishes(circle.lun, title="刚写的"))
        circle.lun.did("PUT", f"/v1/posts/{before[0]}/reactions/like")
        later()
        cursor = {"cursor": page["next_cursor"]}
    rest = walked(lambda **more: reader.did("GET", "/v1/feed", limit=50, **(more or cursor)))
    met += [item["post_id"] for page in rest for item in page]
    assert len(met) == len(set(met))
    assert not set(written) & set(met)
    assert set(before) <= set(met)
    assert set(written) <= set(whys(reader))
    foreign = circle.owner.call("GET", "/v1/feed", **cursor)
    assert foreign.status_code == 422


def test_what_was_seen_sinks_and_a_batch_counts_once(
    stack: Stack,
    circle: Circle,
    reader: Phone,
    guest: Phone,
    topic: str,
    control: Control,
    later: Later,
) -> None:
    for n in range(3):
        publishes(circle.lun, title=f"{topic} 之{n}")
    later()
    seen = [item["post_id"] for item in fed(reader)][:3]
    told = events(control, "seen", *seen)
    for _ in range(2):
        answer = reader.call("POST", "/v1/feed/events", told, key="batch")
        assert answer.status_code == 204, answer.text
    key = {"pk": {"S": f"feed#{member_id(reader)}"}, "sk": {"S": "seen"}}
    row = stack.boto("dynamodb").get_item(TableName=f"{stack.name}-forum", Key=key)["Item"]
    assert row["version"]["N"] == "1"
    ids = [item["post_id"] for item in fed(reader)]
    assert ids[0] not in seen
    assert [post_id in seen for post_id in ids] == sorted(post_id in seen for post_id in ids)

    good = events(control, "dwelled", ids[0], ms=3_600_000)
    reader.did("POST", "/v1/feed/events", good)
    wrong: tuple[dict[str, Any], ...] = (
        {"events": []},
        {"events": good["events"] * 101},
        events(control, "dwelled", ids[0], ms=3_600_001),
        events(control, "dwelled", ids[0], ms=-1),
        events(control, "bought", ids[0]),
        events(control, "seen", "no-id"),
        {**good, "more": 1},
    )
    for told in wrong:
        assert reader.call("POST", "/v1/feed/events", told, key="wrong").status_code in (400, 422)
    assert guest.call("POST", "/v1/feed/events", good, key="guest").status_code == 401


def test_a_feed_has_only_what_its_reader_may_and_wants_to_see(
    stack: Stack, http: httpx.Client, circle: Circle, reader: Phone, guest: Phone, later: Later
) -> None:
    lun, loud = circle.lun, joined(stack, http, "大喇叭")
    own = publishes(reader, title="我自己写的")
    open_to_all, noise = publishes(lun, title="大家好"), publishes(loud, title="大甩卖")
    for_owners = publishes(lun, title="车主才看", audience=OWNERS)
    inside = publishes(lun, "members-only", title="车主专区")
    gone = publishes(lun, title="写错了")
    lun.did("DELETE", f"/v1/posts/{gone}")
    reader.did("PUT", f"/v1/me/blocks/{member_id(loud)}")
    later()
    prospects, owners, guests = whys(reader), whys(circle.owner), whys(guest)
    assert open_to_all in prospects.keys() & owners.keys() & guests.keys()
    assert {for_owners, inside, noise} <= owners.keys()
    assert not {own, noise, for_owners, inside, gone} & prospects.keys()
    assert not {for_owners, inside, gone} & guests.keys()
    lun.did("DELETE", f"/v1/posts/{open_to_all}")
    later()
    assert open_to_all not in whys(reader)


def test_slots_show_what_stands_there_for_whom_and_when(
    stack: Stack,
    http: httpx.Client,
    circle: Circle,
    reader: Phone,
    guest: Phone,
    control: Control,
    upload: Upload,
) -> None:
    picture = upload(circle.official)
    fields = {"title": "发布会直播", "pictures": [picture]}
    launch = publishes(circle.official, "new-launches", **fields)
    awaited(lambda: guest.did("GET", f"/v1/posts/{launch}")["pictures"], what="a picture to see")
    now = datetime.fromisoformat(control.ask("GET", "/clock")["now"])

    def at(minutes: int) -> str:
        """As operators write it: in Beijing."""
        then = now.astimezone(ZoneInfo("Asia/Shanghai")) + timedelta(minutes=minutes)
        return f"{then:%Y-%m-%dT%H:%M}"

    entry = {"DO": "add", "BY": "zhangsan", "PICTURE": picture, "LINK": "pages/post/index?id=1"}
    banner = {"SLOT": "home-banner", **entry}
    of_post = {"KIND": "post", "REF": launch, "TITLE": "新车发布会", "PLACE": "2"}
    of_coupon = {"KIND": "coupon_batch", "REF": "batch-1", "TITLE": "车主券", "PLACE": "1"}
    of_drive = {"KIND": "activity", "REF": "drive-1", "TITLE": "试驾"}
    said = by_command(
        stack,
        ("slot", {**banner, **of_post, "FROM": at(-5), "UNTIL": at(20)}),
        ("slot", {**banner, **of_coupon, "FROM": at(-5), "UNTIL": at(20)} | _for(OWNERS)),
        ("slot", {**entry, **of_drive, "SLOT": "new-launches", "FROM": at(10), "UNTIL": at(30)}),
    )
    ids = [line.split()[1] for line in said.splitlines()]

    def titles(phone: Phone) -> dict[str, list[str]]:
        items = phone.did("GET", "/v1/slots")["items"]
        assert [each["slot"] for each in items] == [
            "home-banner",
            "accessory-deals",
            "new-launches",
            "members-only",
        ]
        assert [each["name"] for each in items] == ["首页横幅", "车品大促", "新车发布", "会员尊享"]
        ours = {each["name"]: [e for e in each["items"] if e["entry_id"] in ids] for each in items}
        return {name: [entry["title"] for entry in entries] for name, entries in ours.items()}

    control.move_ahead(A_MINUTE_S)
    for phone in (reader, guest):
        assert titles(phone)["首页横幅"] == ["新车发布会"]
    assert titles(circle.owner)["首页横幅"] == ["车主券", "新车发布会"]
    assert titles(reader)["新车发布"] == []
    banners = reader.did("GET", "/v1/slots")["items"][0]["items"]
    (shown,) = [each for each in banners if each["entry_id"] == ids[0]]
    assert (shown["kind"], shown["ref_id"], shown["link"]) == ("post", launch, entry["LINK"])
    for size in ("small", "medium", "large"):
        assert picture in shown["picture"][size]
        assert http.get(shown["picture"][size]).status_code == 200

    control.move_ahead(10 * 60)
    assert titles(reader)["新车发布"] == ["试驾"]
    by_command(
        stack,
        ("slot", {"DO": "change", "BY": "zhangsan", "ID": ids[2], "TITLE": "周末试驾"}),
        ("slot", {"DO": "end", "BY": "zhangsan", "ID": ids[0]}),
    )
    control.move_ahead(A_MINUTE_S)
    assert titles(reader) == {**titles(reader), "首页横幅": [], "新车发布": ["周末试驾"]}
    control.move_ahead(20 * 60)
    assert not any(titles(circle.owner).values())


def _for(audience: dict[str, Any]) -> dict[str, str]:
    return {"AUDIENCE": json.dumps(audience)}
