"""What people say below posts: in two levels, by time and by likes, to each other; and the answer that counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from local.players import Phone
from local.stack import Stack
from tests.journeys.forum import (
    TALK,
    People,
    by_command,
    items,
    listed,
    member_id,
    post,
    publishes,
    refusal,
    says,
    until,
    wrong_fields,
)

Between = Callable[[], None]


def all_pages(
    phone: Phone, path: str, *, limit: int, between: Between = lambda: None, **query: Any
) -> list[str]:
    """The comments of a list, page by page; something happens behind the first page."""
    found, cursor = [], {}
    while True:
        page = phone.did("GET", path, limit=limit, **cursor, **query)
        found += [each["comment_id"] for each in page["items"]]
        if page["next_cursor"] is None:
            return found
        if not cursor:
            between()
        cursor = {"cursor": page["next_cursor"]}


def told(phone: Phone) -> list[str]:
    return [each["title"] for each in items(phone, "/v1/notifications")]


def test_comments_stand_in_two_levels_by_time(people: People, guest: Phone, stack: Stack) -> None:
    post_id = publishes(people.owner)
    path = f"/v1/posts/{post_id}/comments"
    tops = [says(people.prospect, post_id, f"第{number}条") for number in range(5)]
    first = says(people.friend, post_id, "回复一楼", parent_id=tops[0])
    replies = [first, says(people.owner, post_id, "楼中楼", parent_id=first)]
    replies += [says(people.friend, post_id, f"再说{n}", parent_id=tops[0]) for n in range(2)]
    stack.wait_until_idle()
    until(lambda: items(guest, path)[0]["reply_count"] == 4, "four replies")

    top = items(guest, path)[0]
    assert [each["comment_id"] for each in top["replies"]] == replies[:2]
    assert top["replies"][1]["reply_to"]["member_id"] == member_id(people.friend)
    below = items(guest, f"{path}/{tops[0]}/replies")
    assert [each["parent_id"] for each in below] == [tops[0]] * 4
    assert all_pages(guest, f"{path}/{tops[0]}/replies", limit=3) == replies

    def others_go_on() -> None:
        says(people.friend, post_id, "插一句")
        people.prospect.did("DELETE", f"{path}/{tops[3]}")

    seen = all_pages(guest, path, limit=2, between=others_go_on)
    assert seen[:-1] == [tops[0], tops[1], tops[2], tops[4]]
    assert len(set(seen)) == 5
    until(lambda: post(guest, post_id)["counts"]["comments"] == 9, "nine comments")


def test_comments_come_by_likes_each_once(people: People, guest: Phone, stack: Stack) -> None:
    post_id = publishes(people.owner)
    path = f"/v1/posts/{post_id}/comments"
    tops = [says(people.owner, post_id, f"第{number}条") for number in range(5)]

    def likes(number: int, *who: Phone, method: str = "PUT") -> None:
        for phone in who:
            phone.did(method, f"{path}/{tops[number]}/reactions/like")

    def by_likes() -> list[int]:
        return [tops.index(each["comment_id"]) for each in items(guest, path, sort="likes")]

    likes(3, people.prospect, people.friend, people.official)
    likes(1, people.prospect, people.prospect, people.friend)
    likes(4, people.prospect)
    stack.wait_until_idle()
    until(lambda: by_likes() == [3, 1, 4, 0, 2], "the most liked first")
    shown = items(people.prospect, path, sort="likes")
    assert [(each["likes"], each["liked"]) for each in shown[:3]] == [
        (3, True),
        (2, True),
        (1, True),
    ]

    def another_is_liked() -> None:
        likes(2, people.prospect, people.friend, people.official, people.clerk)
        until(lambda: by_likes()[0] == 2, "another one is the most liked")

    seen = all_pages(guest, path, limit=2, between=another_is_liked, sort="likes")
    assert [tops.index(each) for each in seen] == [3, 1, 2, 4, 0]
    likes(4, people.prospect, people.prospect, method="DELETE")
    until(lambda: items(guest, path)[4]["likes"] == 0, "the like that was taken back")


def test_who_is_answered_or_mentioned_hears_of_it(people: People, stack: Stack) -> None:
    friend = {"member_id": member_id(people.friend), "nickname": "小鹿"}
    for phone, nickname in ((people.friend, "小鹿"), (people.prospect, "阿诚")):
        phone.did("PUT", "/v1/me", {"nickname": nickname})
    post_id = publishes(people.owner, mentions=[friend["member_id"]])
    path = f"/v1/posts/{post_id}/comments"
    unknown = people.prospect.call("POST", path, {"text": "谁", "mentions": ["nobody"]})
    assert wrong_fields(unknown) == ["mentions"]
    top = says(people.prospect, post_id, "问问你", mentions=[friend["member_id"]])
    says(people.friend, post_id, "我在", parent_id=top)
    stack.wait_until_idle()
    assert items(people.owner, path)[0]["mentions"] == [friend]
    until(lambda: "阿诚 在评论中提到了您" in told(people.friend), "who is mentioned")
    until(lambda: "小鹿 回复了您的评论" in told(people.prospect), "who is answered")
    until(lambda: "阿诚 评论了您的帖子" in told(people.owner), "whose post it is")
    assert [each for each in told(people.friend) if each.endswith("在帖子中提到了您")]


def test_comments_go_by_their_author_and_by_the_posts(
    people: People, guest: Phone, stack: Stack
) -> None:
    post_id = publishes(people.owner)
    path = f"/v1/posts/{post_id}/comments"
    top, other = (says(people.friend, post_id, text) for text in ("手机号私聊", "另一条"))
    reply = says(people.prospect, post_id, "好的", parent_id=top)
    assert refusal(people.prospect.call("DELETE", f"{path}/{top}")) == (403, "not_your_comment")
    for _ in range(2):
        people.friend.did("DELETE", f"{path}/{top}")
    people.owner.did("DELETE", f"{path}/{other}")
    until(lambda: len(items(guest, path)) == 1, "one place is left")
    left = items(guest, path)[0]
    assert (left["author"], left["text"]) == (None, "该评论已删除")
    assert [each["comment_id"] for each in left["replies"]] == [reply]
    until(lambda: post(guest, post_id)["counts"]["comments"] == 1, "the reply is counted")
    people.owner.did("DELETE", f"{path}/{reply}")
    until(lambda: items(guest, path) == [], "nothing is left")
    until(lambda: post(guest, post_id)["counts"]["comments"] == 0, "nothing is counted")

    by_command(stack, ("post", {"DO": "close", "ID": post_id, "BY": "zhangsan"}))
    assert post(guest, post_id)["closed"]
    closed = people.friend.call("POST", path, {"text": "还能说吗"})
    assert refusal(closed) == (403, "post_closed")
    by_command(stack, ("post", {"DO": "open", "ID": post_id, "BY": "zhangsan"}))
    assert says(people.friend, post_id, "又能说了")


def test_a_question_has_the_answer_that_its_asker_or_a_moderator_accepts(
    people: People, guest: Phone, stack: Stack
) -> None:
    board = f"/v1/boards/{TALK}/posts"
    asked = publishes(people.prospect, kind="question", title="油车还是电车")
    answers = [says(who, asked, "电车") for who in (people.friend, people.owner)]
    reply = says(people.friend, asked, "为什么", parent_id=answers[1])
    accept = f"/v1/posts/{asked}/accepted"
    unanswered = {"sort": "unanswered"}
    until(lambda: asked in listed(guest, board, **unanswered), "an unanswered question")
    for who, comment_id, refused in (
        (people.friend, answers[0], (403, "not_your_question")),
        (people.prospect, reply, (409, "not_an_answer")),
    ):
        assert refusal(who.call("PUT", f"{accept}/{comment_id}")) == refused
    talk = publishes(people.prospect)
    answer = people.prospect.call(
        "PUT", f"/v1/posts/{talk}/accepted/{says(people.owner, talk, '?')}"
    )
    assert refusal(answer) == (409, "not_a_question")

    for _ in range(2):
        people.prospect.did("PUT", f"{accept}/{answers[0]}")
    assert post(guest, asked)["accepted"] == answers[0]
    until(lambda: asked not in listed(guest, board, **unanswered), "an answered question")
    assert {each["post_id"]: each["answered"] for each in items(guest, board)}[asked]
    until(lambda: "您的回答被采纳了" in told(people.friend), "whose answer it is")

    role = {"ID": TALK, "WHO": member_id(people.clerk), "BY": "zhangsan"}
    by_command(stack, ("board", {"DO": "appoint", **role}))
    people.clerk.did("PUT", f"{accept}/{answers[1]}")
    by_command(stack, ("board", {"DO": "dismiss", **role}))
    assert post(guest, asked)["accepted"] == answers[1]
    assert refusal(people.clerk.call("PUT", f"{accept}/{answers[0]}")) == (403, "not_your_question")

    people.owner.did("DELETE", f"/v1/posts/{asked}/comments/{answers[1]}")
    until(lambda: post(guest, asked)["accepted"] is None, "the answer is gone")
    until(lambda: asked in listed(guest, board, **unanswered), "an unanswered question again")
