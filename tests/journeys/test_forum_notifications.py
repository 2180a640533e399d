"""What members are told of each other: in the notification centre, in WeChat, and when it is night."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import httpx
import pytest

from local.players import Colleague, Phone, awaited
from local.stack import Stack
from tests.journeys.circle import joined
from tests.journeys.conftest import Control, LetHappen, a_car
from tests.journeys.forum import (
    HOUR_S,
    TALK,
    items,
    listed,
    member_id,
    publishes,
    refusal,
    says,
    wrong_fields,
)

BEIJING = ZoneInfo("Asia/Shanghai")
SUBSCRIBE = "/cgi-bin/message/subscribe/send"
SETTINGS = "/v1/me/notification-settings"
LONG = "关于第一次自己动手更换机油机滤空调滤芯的完整过程记录与心得"


class Circle(NamedTuple):
    lu: Phone
    cheng: Phone
    mark: Phone


@pytest.fixture(scope="module")
def circle(stack: Stack, http: httpx.Client) -> Circle:
    return Circle(*(joined(stack, http, name) for name in ("小鹿", "阿诚", "马克")))


@pytest.fixture
def awake(circle: Circle) -> None:
    """However far other tests moved the clock: WeChat checks texts of those alone who were here lately."""
    for phone in circle:
        phone.sign_in()


@pytest.fixture
def author(stack: Stack, http: httpx.Client, awake: None) -> Phone:
    """Somebody who has not been told anything yet, and sleeps at no time."""
    phone = joined(stack, http, "老周")
    phone.did("PUT", SETTINGS, {"quiet_hours": None})
    return phone


def told(phone: Phone) -> list[str]:
    return [each["title"] for each in items(phone, "/v1/notifications")]


def unread(phone: Phone) -> int:
    count: int = phone.did("GET", "/v1/notifications", limit=1)["unread"]
    return count


def soon_told(phone: Phone, *titles: str) -> None:
    """Of these and nothing else, whatever the order: what happens at once is told in any."""
    wanted = sorted(titles)
    awaited(lambda: sorted(told(phone)) == wanted, what=f"{titles}, not {told(phone)}")


def reads_all(phone: Phone) -> None:
    newest = items(phone, "/v1/notifications")[0]["notification_id"]
    assert phone.did("POST", "/v1/notifications/read", {"up_to": newest}) == {"unread": 0}


def grants(phone: Phone, template: str, times: int = 1) -> int:
    granted = {"template": template, "accepted": times}
    left: int = phone.did("POST", "/v1/subscriptions", granted)["remaining"]
    return left


def messages(control: Control, phone: Phone) -> list[dict[str, Any]]:
    """What WeChat showed them, newest first."""
    return [sent for sent in control.sent(to=phone.openid) if sent["channel"] == "subscribe"]


def calls(control: Control) -> int:
    api = control.ask("GET", "/stats")["apis"].get(SUBSCRIBE, {"calls": 0})
    return int(api["calls"])


def test_answers_and_mentions_are_told_to_whom_they_concern_once(
    stack: Stack, circle: Circle, author: Phone
) -> None:
    lu, cheng, mark = circle
    before = {phone.openid: (told(phone), unread(phone)) for phone in (lu, mark)}
    post_id = publishes(author, title="首保多少钱", mentions=[member_id(mark)])
    comment_id = says(lu, post_id, "三百")
    more = {"parent_id": comment_id, "mentions": [member_id(mark), member_id(lu)]}
    answer_id = says(cheng, post_id, "我也是", **more)
    says(author, post_id, "谢谢")
    soon_told(author, "小鹿 评论了您的帖子", "阿诚 评论了您的帖子")
    soon_told(lu, "阿诚 回复了您的评论", *before[lu.openid][0])
    mentions = ("老周 在帖子中提到了您", "阿诚 在评论中提到了您")
    soon_told(mark, *mentions, *before[mark.openid][0])
    stack.wait_until_idle()
    assert (unread(author), unread(lu) - before[lu.openid][1]) == (2, 1)

    latest, first = items(author, "/v1/notifications")
    assert (latest["kind"], latest["text"], latest["read"]) == ("reply", "《首保多少钱》", False)
    assert latest["link"] == f"pages/post/index?post_id={post_id}&comment_id={answer_id}"
    page = author.did("GET", "/v1/notifications", limit=1)
    rest = author.did("GET", "/v1/notifications", limit=1, cursor=page["next_cursor"])
    assert [page["items"][0], rest["items"][0]] == [latest, first]
    up_to = {"up_to": first["notification_id"]}
    assert author.did("POST", "/v1/notifications/read", up_to) == {"unread": 1}
    reads_all(author)
    assert [each["read"] for each in items(author, "/v1/notifications")] == [True, True]
    wrong = author.call("POST", "/v1/notifications/read", {"up_to": "soon"}, key="wrong")
    assert wrong_fields(wrong) == ["up_to"]


def test_what_many_like_is_told_as_one_that_grows(
    circle: Circle, author: Phone, control: Control, stack: Stack
) -> None:
    lu, cheng, mark = circle
    post_id = publishes(author)
    like = f"/v1/posts/{post_id}/reactions/like"
    for phone in (author, lu, cheng, mark, mark):
        phone.did("PUT", like)
    soon_told(author, "马克 等 3 人赞了您的帖子")
    assert unread(author) == 1
    cheng.did("PUT", f"/v1/posts/{post_id}/reactions/useful")
    lu.did("PUT", f"/v1/posts/{post_id}/favourite")
    said = says(author, post_id, "欢迎补充")
    lu.did("PUT", f"/v1/posts/{post_id}/comments/{said}/reactions/like")
    others = ("阿诚 觉得您的帖子有用", "小鹿 收藏了您的帖子", "小鹿 赞了您的评论")
    soon_told(author, "马克 等 3 人赞了您的帖子", *others)
    reads_all(author)

    mark.did("DELETE", like)
    soon_told(author, "2 人赞了您的帖子", *others)
    mark.did("PUT", like)
    soon_told(author, "马克 等 3 人赞了您的帖子", *others)
    assert unread(author) == 0

    control.move_ahead(HOUR_S + 1)
    for phone in (lu, cheng):
        phone.did("DELETE", like)
    lu.did("PUT", like)
    soon_told(author, "小鹿 等 2 人赞了您的帖子", *others)
    assert (told(author)[0], unread(author)) == ("小鹿 等 2 人赞了您的帖子", 1)
    for path in (like, f"/v1/posts/{post_id}/reactions/useful"):
        for phone in circle:
            phone.did("DELETE", path)
    soon_told(author, *others[1:])
    stack.wait_until_idle()
    assert unread(author) == 0


@pytest.mark.usefixtures("one_day")
def test_followers_are_told_and_whom_one_blocks_one_does_not_hear(
    circle: Circle, author: Phone, stack: Stack
) -> None:
    lu, cheng, mark = circle
    me, him = f"/v1/follows/member/{member_id(author)}", member_id(mark)
    lu.did("PUT", me)
    soon_told(author, "小鹿 关注了您")
    for phone in (cheng, lu):
        phone.did("PUT", me)
    soon_told(author, "阿诚 等 2 人关注了您")
    seen = awaited(lambda: _with_followers(lu, author, 2), what="two followers")
    assert (seen["following"], seen["blocked"]) == (True, False)

    post_id = publishes(author, topics=["屏蔽"])
    noise = publishes(mark, topics=["屏蔽"])
    comment_id = says(mark, post_id, "在吗")
    says(cheng, post_id, "不在", parent_id=comment_id)
    mine = says(lu, post_id, "我在")
    says(mark, post_id, "来了", parent_id=mine)
    heard = ("马克 评论了您的帖子", "阿诚 评论了您的帖子", "小鹿 评论了您的帖子")
    soon_told(author, "阿诚 等 2 人关注了您", *heard, "马克 评论了您的帖子")
    awaited(lambda: noise in listed(author, "/v1/topics/屏蔽/posts"), what="a topic's posts")

    author.did("PUT", f"/v1/me/blocks/{him}")
    says(mark, post_id, "喂", mentions=[member_id(author)])
    mark.did("PUT", me)
    stack.wait_until_idle()
    assert not [title for title in told(author) if "3 人" in title or "提到" in title]
    assert len(told(author)) == 5
    assert author.did("GET", f"/v1/members/{him}")["blocked"]
    assert [each["member_id"] for each in items(author, "/v1/me/blocks")] == [him]
    lists = (f"/v1/boards/{TALK}/posts", "/v1/topics/屏蔽/posts", f"/v1/members/{him}/posts")
    for path in lists:
        assert noise not in listed(author, path)
        assert noise in listed(cheng, path)
    assert _shown(author, post_id) == [("我在", [])]
    assert _shown(cheng, post_id) == [("在吗", ["不在"]), ("我在", ["来了"]), ("喂", [])]

    author.did("DELETE", f"/v1/me/blocks/{him}")
    assert _shown(author, post_id) == _shown(cheng, post_id)
    assert noise in listed(author, lists[0])
    assert refusal(author.call("PUT", "/v1/me/blocks/nobody")) == (404, "no_such_member")


def test_a_member_says_what_they_want_to_hear_of(
    circle: Circle, author: Phone, control: Control, stack: Stack
) -> None:
    lu = circle.lu
    usual = author.did("GET", SETTINGS)
    assert set(usual["kinds"]) >= {"reply", "mention", "reaction", "follow", "certification"}
    assert all(wish == {"centre": True, "wechat": True} for wish in usual["kinds"].values())
    assert lu.did("GET", SETTINGS)["quiet_hours"] == {"starts": "22:00", "ends": "08:00"}
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"kinds": {"certification": {"centre": False}}}, "kinds.certification.centre"),
        ({"quiet_hours": {"starts": "08:00", "ends": "08:00"}}, "quiet_hours"),
        ({"quiet_hours": {"starts": "25:00", "ends": "08:00"}}, "quiet_hours.starts"),
    )
    for settings, field in wrong:
        assert wrong_fields(author.call("PUT", SETTINGS, settings)) == [field]
    assert author.did("GET", SETTINGS) == usual

    wishes = {"reaction": {"centre": False}, "reply": {"wechat": False}}
    kept = author.did("PUT", SETTINGS, {"kinds": wishes, "quiet_hours": None})
    assert author.did("GET", SETTINGS) == kept
    grants(author, "replied")
    post_id = publishes(author)
    lu.did("PUT", f"/v1/posts/{post_id}/reactions/like")
    says(lu, post_id, "好")
    soon_told(author, "小鹿 评论了您的帖子")
    awaited(
        lambda: lu.did("GET", f"/v1/posts/{post_id}")["counts"]["likes"], what="a like is counted"
    )
    stack.wait_until_idle()
    assert told(author) == ["小鹿 评论了您的帖子"]
    assert messages(control, author) == []


@pytest.mark.usefixtures("one_day")
def test_wechat_tells_as_often_as_was_granted_and_each_thing_once(
    circle: Circle, author: Phone, control: Control, stack: Stack
) -> None:
    lu, cheng, mark = circle
    assert grants(author, "replied", 2) == 2
    assert grants(author, "reacted", 3) == 3
    post_id = publishes(author, title=LONG)
    for phone in circle:
        phone.did("PUT", f"/v1/posts/{post_id}/reactions/like")
    comment_id = says(lu, post_id, "好")
    (said,) = awaited(
        lambda: [each for each in messages(control, author) if _names(each, "小鹿")][:1] or None,
        what="a message of the comment",
    )
    data = {name: field["value"] for name, field in said["body"]["data"].items()}
    assert data["thing1"] == f"{LONG[:19]}…"
    assert said["body"]["page"] == f"pages/post/index?post_id={post_id}&comment_id={comment_id}"
    says(cheng, post_id, "很好")
    awaited(lambda: grants(author, "replied", 0) == 0, what="the grants are used up")
    stack.wait_until_idle()
    before = calls(control)
    says(mark, post_id, "非常好")
    mark.did("PUT", f"/v1/posts/{post_id}/reactions/useful")
    awaited(lambda: len(told(author)) == 5, what="everything is in the centre")
    stack.wait_until_idle()
    assert calls(control) == before
    # Two comments as granted; of the reactions to one post one a day.
    assert len(messages(control, author)) == 3
    assert grants(author, "reacted", 0) == 2

    grants(author, "replied", 2)
    control.fault(SUBSCRIBE, errcode=43101)
    says(lu, post_id, "再说一句")
    awaited(lambda: grants(author, "replied", 0) == 0, what="nothing is left")
    says(cheng, post_id, "我也说")
    stack.wait_until_idle()
    assert calls(control) == before + 1
    assert len(messages(control, author)) == 3


def test_at_night_only_what_one_waits_for_is_said_and_the_rest_in_the_morning(
    stack: Stack,
    http: httpx.Client,
    circle: Circle,
    control: Control,
    let_happen: LetHappen,
    zhangsan: Colleague,
) -> None:
    lu, cheng, mark = circle
    let_happen(_seconds_to(control, hour=23))
    for phone in circle:
        phone.sign_in()
    sleeper, waker = joined(stack, http, "早睡的"), joined(stack, http, "熬夜的")
    waker.did("PUT", SETTINGS, {"quiet_hours": None})
    granted = ("replied", "mentioned", "reacted", "followed", "certification_decided")
    for template in (*granted, "post_decided"):
        grants(sleeper, template)
    grants(waker, "replied")
    control.ask("POST", "/verdicts", {"text": "夜谈", "suggest": "review"})

    post_id = publishes(sleeper)
    says(cheng, publishes(waker), "还没睡？")
    says(lu, post_id, "晚安")
    publishes(mark, mentions=[member_id(sleeper)])
    cheng.did("PUT", f"/v1/posts/{post_id}/reactions/like")
    mark.did("PUT", f"/v1/follows/member/{member_id(sleeper)}")
    applied = sleeper.did("POST", "/v1/certifications", {"kind": "owner", **a_car()})
    held = sleeper.did("POST", f"/v1/boards/{TALK}/posts", a_night_post())["post_id"]
    zhangsan.presses(f"certification-{applied['certification_id']}", "certification.reject")
    zhangsan.presses(f"case-{held}", "moderation.pass")

    awaited(lambda: len(told(sleeper)) == 6, what="the centre has everything")
    awaited(lambda: messages(control, waker), what="who does not sleep is told")
    awaited(lambda: len(messages(control, sleeper)) == 2, what="two messages at night")
    stack.wait_until_idle()
    at_once = _templates(control, sleeper)
    assert at_once == ["certification_decided", "post_decided"]

    let_happen(_seconds_to(control, hour=8) - 60)
    assert _templates(control, sleeper) == at_once
    let_happen(61)
    morning = sorted((*granted, "post_decided"))
    awaited(lambda: _templates(control, sleeper) == morning, what="the rest in the morning")
    let_happen(HOUR_S)
    assert _templates(control, sleeper) == morning


def a_night_post() -> dict[str, Any]:
    return {"kind": "discussion", "title": "夜谈", "text": "夜谈车"}


def _seconds_to(control: Control, *, hour: int) -> int:
    """Until it is so late in Beijing."""
    now = datetime.fromisoformat(control.ask("GET", "/clock")["now"]).astimezone(BEIJING)
    then = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    then += timedelta(days=then <= now)
    return int((then - now).total_seconds()) + 1


def _templates(control: Control, phone: Phone) -> list[str]:
    """Of which kinds the messages in WeChat were."""
    known = control.ask("GET", "/identity")["templates"]
    names = {template["id"]: name for name, template in known.items()}
    return sorted(names[each["body"]["template_id"]] for each in messages(control, phone))


def _with_followers(reader: Phone, member: Phone, followers: int) -> dict[str, Any] | None:
    seen: dict[str, Any] = reader.did("GET", f"/v1/members/{member_id(member)}")
    return seen if seen["followers"] == followers else None


def _shown(reader: Phone, post_id: str) -> list[tuple[str, list[str]]]:
    """The comments of a post, each with those below it."""
    found = items(reader, f"/v1/posts/{post_id}/comments")
    return [(each["text"], [reply["text"] for reply in each["replies"]]) for each in found]


def _names(message: dict[str, Any], who: str) -> bool:
    return bool(message["body"]["data"]["thing2"]["value"] == who)
