"""What people publish: who may what, for whom a part is, what becomes of a post; and boards that change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.players import Colleague, Phone
from local.stack import Stack
from tests.journeys.conftest import Control, LetHappen, a_car, a_post
from tests.journeys.forum import (
    DAY_S,
    HOUR_S,
    MINUTE_S,
    TALK,
    People,
    by_command,
    items,
    later,
    listed,
    member_id,
    post,
    publishes,
    refusal,
    says,
    until,
    wrong_fields,
)

POSTS = f"/v1/boards/{TALK}/posts"
OWNERS = {"identity": ["owner"]}


@pytest.fixture
def new_launches(stack: Stack, control: Control) -> Iterator[Callable[..., None]]:
    """Operators change this board, a minute goes by, and members feel it; put back afterwards."""

    def changed(deed: str = "change", by: str = "zhangsan", said: str = "{}") -> None:
        deeds = ("board", {"DO": deed, "ID": "new-launches", "BY": by, "SET": said})
        by_command(stack, deeds)
        control.move_ahead(MINUTE_S + 1)

    yield changed
    usual = '{"read": {}, "policy": "post_moderate", "moderators": []}'
    by_command(
        stack,
        ("board", {"DO": "change", "ID": "new-launches", "BY": "zhangsan", "SET": usual}),
        ("board", {"DO": "reopen", "ID": "new-launches", "BY": "zhangsan"}),
    )
    control.move_ahead(MINUTE_S + 1)


def test_each_kind_is_published_by_whoever_may(people: People, guest: Phone) -> None:
    poll = {"options": ["油车", "电车"], "ends_at": later(people.owner, days=1)}
    published = {
        publishes(who, kind=kind, **fields): kind
        for who, kind, fields in (
            (people.prospect, "discussion", {}),
            (people.prospect, "question", {}),
            (people.owner, "poll", {"poll": poll}),
            (people.official, "article", {}),
            (people.official, "announcement", {}),
            (people.clerk, "announcement", {}),
        )
    }
    cards = {card["post_id"]: card["kind"] for card in items(guest, POSTS)}
    assert published.items() <= cards.items()

    for who, kind in (
        (people.owner, "article"),
        (people.clerk, "article"),
        (people.owner, "announcement"),
    ):
        assert refusal(who.call("POST", POSTS, a_post(kind=kind))) == (403, "kind_not_yours")
    for who, fields, wrong in (
        (people.owner, {"kind": "poll"}, "poll"),
        (people.owner, {"poll": poll}, "poll"),
        (people.owner, {"publish_at": later(people.owner, days=1)}, "publish_at"),
        (people.official, {"kind": "article", "publish_at": "2026-01-01T00:00:00Z"}, "publish_at"),
        (people.owner, {"text": "看[这里](https://evil.example/x)"}, "text"),
        (people.owner, {"topics": list("一二三四五六")}, "topics"),
    ):
        assert wrong_fields(who.call("POST", POSTS, a_post(**fields))) == [wrong]


def test_light_markdown_is_drawn_from_blocks(people: People, guest: Phone) -> None:
    text = "**先看**报价\n\n- 工时\n- 配件\n\n> 别急\n\n[详情](https://mp.weixin.qq.com/s/1)<b>"
    seen = post(guest, publishes(people.prospect, text=text))
    assert seen["text"] == text
    assert [block["kind"] for block in seen["blocks"]] == [
        "paragraph",
        "list",
        "quote",
        "paragraph",
    ]
    assert seen["blocks"][0]["spans"] == [{"text": "先看", "bold": True}, {"text": "报价"}]
    link, rest = seen["blocks"][3]["spans"]
    assert link == {"text": "详情", "link": "https://mp.weixin.qq.com/s/1"}
    assert rest == {"text": "<b>"}


def test_a_scheduled_article_appears_when_its_time_comes(
    people: People, guest: Phone, let_happen: LetHappen
) -> None:
    article = a_post(kind="article", title="新车来了", publish_at=later(people.official, hours=2))
    waiting, dropped = (people.official.did("POST", POSTS, article)["post_id"] for _ in range(2))
    assert post(people.official, waiting)["state"] == "scheduled"

    def mine() -> dict[str, str]:
        cards = items(people.official, "/v1/me/posts")
        return {card["post_id"]: card["state"] for card in cards}

    until(lambda: mine().get(waiting) == "scheduled", "it is among my posts")
    people.official.did("DELETE", f"/v1/posts/{dropped}")
    by_author = f"/v1/members/{member_id(people.official)}/posts"
    for each in (waiting, dropped):
        assert guest.call("GET", f"/v1/posts/{each}").status_code == 404
        assert each not in listed(guest, POSTS) + listed(guest, by_author)

    let_happen(2 * HOUR_S + MINUTE_S)

    assert post(guest, waiting)["state"] == "published"
    assert listed(guest, POSTS)[0] == waiting
    assert listed(guest, by_author)[0] == waiting
    assert guest.call("GET", f"/v1/posts/{dropped}").status_code == 404


def test_the_part_for_some_never_leaves_for_others(
    people: People, prospect: Phone, guest: Phone, stack: Stack, zhangsan: Colleague
) -> None:
    secret = "暗号是蓝鲸七折"
    audience = {"any": [OWNERS, {"tier_min": "T3"}]}
    part = {"audience": audience, "text": f"**{secret}**"}
    open_text = "公开的部分"
    post_id = publishes(people.owner, text=open_text, part=part, topics=["砍价"], model="途观 L")
    path = f"/v1/posts/{post_id}"
    prospect.did("PUT", f"{path}/favourite")
    stack.wait_until_idle()
    assert post(people.owner, post_id)["part"]["text"] == part["text"]
    lists = [POSTS, "/v1/topics/砍价/posts", "/v1/models/途观 L/posts", f"{path}/comments"]
    lists += [f"/v1/members/{member_id(people.owner)}/posts", f"{path}/edits"]
    for reader, own in ((guest, []), (prospect, ["/v1/feed", "/v1/me/favourites"])):
        answers = [reader.call("GET", each) for each in (path, *lists, *own)]
        answers += [
            reader.call("GET", POSTS, sort="hot"),
            reader.call("GET", "/v1/search", q="公开"),
        ]
        assert post_id in answers[-1].text
        assert not [each.url for each in answers if "蓝鲸" in each.text or "七折" in each.text]
        assert post_id not in reader.call("GET", "/v1/search", q=secret).text
        seen = answers[0].json()
        assert (seen["locked"], seen["text"], seen["part"]["locked"]) == (False, open_text, True)
        assert (seen["part"]["text"], seen["part"]["chars"]) == (None, len(secret))
        assert "certify_owner" in [way["kind"] for way in seen["part"]["unlock"]["how"]]
    assert refusal(prospect.call("GET", f"{path}/edits")) == (403, "not_your_post")

    prospect.becomes_owner(zhangsan, **a_car())

    opened = post(prospect, post_id)["part"]
    assert (opened["locked"], opened["text"]) == (False, part["text"])
    assert opened["blocks"][0]["spans"] == [{"text": secret, "bold": True}]


def test_an_edit_is_seen_by_all_and_what_was_said_by_its_author_alone(
    people: People, control: Control, guest: Phone
) -> None:
    post_id = publishes(
        people.owner, title="第一版", text="旧文", part={"audience": OWNERS, "text": "旧部分"}
    )
    path = f"/v1/posts/{post_id}"
    control.ask("POST", "/verdicts", {"text": "绝不能说", "suggest": "risky"})
    risky = people.owner.call("PUT", path, a_post(text="绝不能说"))
    assert refusal(risky) == (422, "content_not_allowed")
    assert refusal(people.prospect.call("PUT", path, a_post())) == (403, "not_your_post")
    for title in ("第二版", "第三版", "第三版"):  # The last one is a retry.
        people.owner.did("PUT", path, a_post(title=title, text=f"{title}的正文"))

    seen = post(guest, post_id)
    assert (seen["title"], seen["text"], seen["part"]) == ("第三版", "第三版的正文", None)
    assert seen["edited_at"]
    titles = {card["post_id"]: card["title"] for card in items(guest, POSTS)}
    assert titles[post_id] == "第三版"
    versions = items(people.owner, f"{path}/edits")
    assert [each["title"] for each in versions] == ["第二版", "第一版"]
    assert versions[1]["part"] == {"audience": OWNERS, "text": "旧部分"}
    assert refusal(people.friend.call("GET", f"{path}/edits")) == (403, "not_your_post")


def test_a_new_member_edits_freely_for_15_minutes_then_a_moderator_looks(
    prospect: Phone, guest: Phone, control: Control, zhangsan: Colleague
) -> None:
    post_id = publishes(prospect, title="刚买的车")
    path = f"/v1/posts/{post_id}"
    part = {"audience": OWNERS, "text": "只给车主看的报价"}
    control.move_ahead(14 * MINUTE_S)
    assert prospect.did("PUT", path, a_post(title="一刻钟内"))["state"] == "published"
    control.move_ahead(2 * MINUTE_S)
    late = prospect.did("PUT", path, a_post(title="一刻钟后", part=part))
    assert late["state"] == "held"
    assert guest.call("GET", path).status_code == 404
    assert refusal(prospect.call("PUT", path, a_post(title="再改"))) == (409, "post_in_review")

    card = zhangsan.card(f"case-{post_id}")
    assert "一刻钟后" in str(card["body"])
    assert part["text"] in str(card["body"])
    pressed = zhangsan.presses(f"case-{post_id}", "moderation.pass")

    assert "已由 张三 通过" in str(pressed["card"])
    until(lambda: guest.call("GET", path).status_code == 200, "the edited post is there again")
    assert post(guest, post_id)["title"] == "一刻钟后"
    assert part["text"] not in guest.call("GET", path).text


def test_a_deleted_post_comes_back_within_30_days_and_not_after(
    people: People, guest: Phone, stack: Stack, control: Control, let_happen: LetHappen
) -> None:
    post_id = publishes(people.owner, title="要删的帖子", topics=["删帖"])
    path, topic = f"/v1/posts/{post_id}", "/v1/topics/删帖/posts"
    people.friend.did("PUT", f"{path}/reactions/like")
    says(people.friend, post_id, "别删")
    stack.wait_until_idle()
    until(lambda: post(guest, post_id)["counts"]["likes"] == 1, "the like")
    assert refusal(people.friend.call("DELETE", path)) == (403, "not_your_post")
    for _ in range(2):
        people.owner.did("DELETE", path)
    assert guest.call("GET", path).status_code == 404
    assert people.friend.call("POST", f"{path}/comments", {"text": "还在吗"}).status_code == 404
    assert post(people.owner, post_id)["state"] == "deleted"
    assert refusal(people.owner.call("PUT", path, a_post())) == (409, "post_deleted")
    until(lambda: post_id not in listed(guest, POSTS) + listed(guest, topic), "it is off the lists")

    control.move_ahead(30 * DAY_S - HOUR_S)
    people.come_back()
    assert people.owner.did("POST", f"{path}/restore")["state"] == "published"
    assert post(guest, post_id)["counts"]["comments"] == 1
    until(lambda: post_id in listed(guest, topic), "it is back on the list")
    assert items(guest, topic)[0]["counts"]["likes"] == 1

    people.owner.did("DELETE", path)
    let_happen(30 * DAY_S + HOUR_S)
    people.come_back()
    assert refusal(people.owner.call("POST", f"{path}/restore")) == (404, "no_such_post")
    assert people.owner.call("GET", path).status_code == 404
    assert post_id not in listed(people.owner, "/v1/me/posts") + listed(guest, topic)


def test_a_draft_is_the_same_on_all_devices(people: People, control: Control) -> None:
    drafts = "/v1/me/drafts"
    begun = people.owner.did("POST", drafts, {"title": "写了一半", "kind": "discussion"})
    path = f"{drafts}/{begun['draft_id']}"
    tablet, phone = ({"version": 1, "body": {"title": where}} for where in ("平板", "手机"))
    assert people.owner.did("PUT", path, tablet)["version"] == 2
    conflict = people.owner.call("PUT", path, phone)
    assert refusal(conflict) == (409, "draft_changed")
    assert conflict.json()["current"]["body"]["title"] == "平板"
    assert people.owner.did("PUT", path, {**phone, "version": 2})["version"] == 3
    assert items(people.owner, drafts)[0]["body"] == {"title": "手机"}
    assert refusal(people.friend.call("GET", path)) == (404, "no_such_draft")
    people.owner.did("DELETE", path)
    assert begun["draft_id"] not in str(items(people.owner, drafts))

    kept = people.owner.did("POST", drafts, {"title": "忘了的"})["draft_id"]
    control.move_ahead(90 * DAY_S + 1)
    people.come_back()
    assert refusal(people.owner.call("GET", f"{drafts}/{kept}")) == (404, "no_such_draft")


def test_polls_tell_how_others_voted_once_one_has(
    people: People, guest: Phone, control: Control
) -> None:
    options = ["油车", "电车", "混动"]

    def asks(choices_max: int) -> str:
        ends_at = later(people.owner, hours=1)
        poll = {"options": options, "choices_max": choices_max, "ends_at": ends_at}
        return publishes(people.owner, kind="poll", poll=poll)

    def votes(phone: Phone, post_id: str, *choices: int) -> list[int | None]:
        poll = phone.did("POST", f"/v1/posts/{post_id}/votes", {"choices": choices})
        assert [each["chosen"] for each in poll["options"]] == [n in choices for n in range(3)]
        return results(poll)

    def results(poll: dict[str, Any]) -> list[int | None]:
        return [poll["voters"], *(each["votes"] for each in poll["options"])]

    single, multi = asks(1), asks(2)
    assert votes(people.friend, single, 1) == [1, 0, 1, 0]
    for unseen in (guest, people.prospect, people.owner):
        assert results(post(unseen, single)["poll"]) == [None] * 4
    wrong = people.prospect.call("POST", f"/v1/posts/{single}/votes", {"choices": [0, 1]})
    assert wrong_fields(wrong) == ["choices"]
    assert votes(people.prospect, single, 0) == [2, 1, 1, 0]
    assert votes(people.prospect, single, 2) == [2, 0, 1, 1]
    assert votes(people.prospect, single, 2) == [2, 0, 1, 1]
    votes(people.friend, multi, 0, 1)
    assert votes(people.prospect, multi, 1, 2) == [2, 1, 2, 1]

    control.move_ahead(HOUR_S + 1)

    for post_id, told in ((single, [2, 0, 1, 1]), (multi, [2, 1, 2, 1])):
        late = people.owner.call("POST", f"/v1/posts/{post_id}/votes", {"choices": [0]})
        assert refusal(late) == (409, "poll_ended")
        assert results(post(guest, post_id)["poll"]) == told


def test_members_feel_what_operators_change_about_a_board(
    people: People,
    guest: Phone,
    control: Control,
    lisi: Colleague,
    new_launches: Callable[..., None],
) -> None:
    board = "/v1/boards/new-launches/posts"
    post_id = publishes(people.owner, "new-launches")
    new_launches(said='{"policy": "pre_moderate", "moderators": ["lisi"]}')
    held = people.owner.did("POST", board, a_post(title="先审后发"))
    assert held["state"] == "held"
    assert lisi.card(f"case-{held['post_id']}")["to"] == ["lisi"]
    lisi.presses(f"case-{held['post_id']}", "moderation.pass")
    until(lambda: held["post_id"] in listed(guest, board), "the post that was looked at")

    new_launches(said='{"read": {"identity": ["owner"]}, "policy": "post_moderate"}')
    for reader in (guest, people.prospect):
        closed = reader.call("GET", board)
        assert refusal(closed) == (403, "board_closed")
        assert "certify_owner" in [way["kind"] for way in closed.json()["unlock"]["how"]]
        seen = post(reader, post_id)
        assert (seen["locked"], seen["text"]) == (True, None)
    assert refusal(people.prospect.call("POST", board, a_post())) == (403, "board_closed")
    assert post(people.owner, post_id)["text"]

    new_launches("archive")
    assert refusal(people.owner.call("POST", board, a_post())) == (403, "board_archived")
    answer = people.owner.call("POST", f"/v1/posts/{post_id}/comments", {"text": "晚了"})
    assert refusal(answer) == (403, "board_archived")
    assert post_id in listed(people.owner, board)
    last = people.owner.did("GET", "/v1/boards")["items"][-1]
    assert (last["board_id"], last["archived"]) == ("new-launches", True)
