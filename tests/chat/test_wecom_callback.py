"""/callbacks/wecom: a pressed card is answered on the spot, once, with who was first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import inbox
from chalicelib.errors import Unavailable
from community.forum.moderation import service as moderation
from community.forum.posts import service as posts
from community.forum.posts.rules import Post, State
from community.people.applications import service as applications
from community.people.certifications.rules import Certification
from tests.builders import a_draft, an_application
from tests.chat.conftest import WECOM, Pushes, a_press, a_text, words_in
from tests.gateway import Gateway
from tests.world import Person, World

UPDATE = "/cgi-bin/message/update_template_card"
PASS, REMOVE = "moderation.pass", "moderation.remove"


@pytest.fixture
def held(world: World, li: Person) -> Post:
    """A held post whose moderators have got their card."""
    post = posts.publish(li.member, "car-care", a_draft(text="存疑"), request_id="r", now=world.now)
    world.settle()
    return post


@pytest.fixture
def task(held: Post) -> str:
    return f"case-{held.post_id}"


@pytest.fixture
def applied(world: World) -> Certification:
    made = applications.submit(
        world.joins("wang").member, an_application(), request_id="r", now=world.now
    )
    world.settle()
    return made


def state(post: Post) -> State:
    return posts.get(post.post_id).state


def test_wecom_checks_that_the_address_is_ours(api: Gateway, world: World) -> None:
    echo = WECOM.encrypted("1616140317555161061")
    reply = api.get("/callbacks/wecom", query={**WECOM.query(echo, at=world.now), "echostr": echo})
    assert (reply.status, reply.text) == (200, "1616140317555161061")


def test_nobody_else_gets_an_echo(api: Gateway, world: World) -> None:
    echo = WECOM.encrypted("1616140317555161061")
    query = {**WECOM.query("other", at=world.now), "echostr": echo}
    assert api.get("/callbacks/wecom", query=query).refusal == (403, "bad_envelope")


@pytest.mark.parametrize(
    ("key", "words", "after"),
    [(PASS, "已由 张三 通过", State.PUBLISHED), (REMOVE, "已由 张三 删除", State.REMOVED)],
)
def test_a_press_decides_and_is_answered_with_the_cards_new_look(
    pushes: Pushes, world: World, held: Post, task: str, key: str, words: str, after: State
) -> None:
    reply = pushes.presses("zhangsan", key, task)
    assert (reply.status, words_in(reply)) == (200, words)
    world.settle()
    assert state(held) is after


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("certification.approve", "已由 张三 通过"),
        ("certification.reject", "已由 张三 驳回"),
        ("certification.ask_more", "已由 张三 要求补充资料"),
    ],
)
def test_a_press_decides_about_a_certification(
    pushes: Pushes, applied: Certification, key: str, words: str
) -> None:
    reply = pushes.presses("zhangsan", key, f"certification-{applied.certification_id}")
    assert words_in(reply) == words


def test_everybodys_card_shows_who_decided(pushes: Pushes, world: World, task: str) -> None:
    pushes.presses("zhangsan", PASS, task)
    world.settle()
    (update,) = world.sent(UPDATE)
    assert (update["atall"], update["button"]) == (1, {"replace_name": "已由 张三 通过"})


def test_the_same_press_delivered_again_gets_the_same_reply_and_decides_once(
    pushes: Pushes, world: World, held: Post, task: str
) -> None:
    plain = a_press("zhangsan", PASS, task, at=world.now)
    replies = [words_in(pushes.wecom(plain)) for _ in range(3)]
    world.settle()
    assert replies == ["已由 张三 通过"] * 3
    assert len(world.sent(UPDATE)) == 1


def test_the_second_press_is_told_who_was_first(
    pushes: Pushes, world: World, held: Post, task: str
) -> None:
    pushes.presses("zhangsan", REMOVE, task)
    assert words_in(pushes.presses("lisi", PASS, task)) == "已由 张三 删除"
    world.settle()
    assert state(held) is State.REMOVED


def test_a_repeat_of_the_second_press_is_told_the_same(
    pushes: Pushes, world: World, task: str
) -> None:
    pushes.presses("zhangsan", REMOVE, task)
    plain = a_press("lisi", PASS, task, at=world.now)
    assert [words_in(pushes.wecom(plain)) for _ in range(2)] == ["已由 张三 删除"] * 2


@pytest.mark.parametrize("userid", ["wangwu", "stranger"])
def test_who_is_no_moderator_decides_nothing_and_is_told_so(
    pushes: Pushes, world: World, held: Post, task: str, userid: str
) -> None:
    reply = pushes.presses(userid, PASS, task)
    assert words_in(reply) == "只有版主可以处理，请联系运营人员"
    world.settle()
    assert state(held) is State.HELD


def test_a_moderators_userid_may_be_written_in_any_case(pushes: Pushes, task: str) -> None:
    assert words_in(pushes.presses("ZhangSan", PASS, task)) == "已由 张三 通过"


@pytest.mark.parametrize(
    ("key", "task_id", "words"),
    [
        (PASS, "case-unknown", "没有找到待审内容"),
        ("certification.approve", "certification-unknown", "没有找到这份认证，申请人可能已注销"),
        ("certification.approve", "case-x", "没有找到这份认证，申请人可能已注销"),
    ],
)
def test_a_press_about_nothing_is_told_so(
    pushes: Pushes, world: World, key: str, task_id: str, words: str
) -> None:
    assert words_in(pushes.presses("zhangsan", key, task_id)) == words


def test_an_unknown_button_does_nothing(
    pushes: Pushes, world: World, held: Post, task: str
) -> None:
    reply = pushes.presses("zhangsan", "moderation.feature", task)
    assert (reply.status, reply.text) == (200, "")
    world.settle()
    assert state(held) is State.HELD


def test_a_press_that_met_silence_is_asked_for_again(
    pushes: Pushes, world: World, held: Post, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = a_press("zhangsan", PASS, task, at=world.now)
    with monkeypatch.context() as broken:
        broken.setattr(moderation, "decide", raising(Unavailable()))
        assert pushes.wecom(plain).refusal == (503, "unavailable")
    assert words_in(pushes.wecom(plain)) == "已由 张三 通过"


def raising(error: BaseException) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


def test_a_crash_after_the_decision_leaves_the_same_words_for_the_repeat(
    pushes: Pushes, world: World, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = a_press("zhangsan", PASS, task, at=world.now)
    with monkeypatch.context() as broken:
        broken.setattr(inbox, "mark_handled", raising(MemoryError()))
        assert pushes.wecom(plain).status == 500
    assert words_in(pushes.wecom(plain)) == "已由 张三 通过"
    world.settle()
    assert len(world.sent(UPDATE)) == 1


def test_a_press_that_nobody_answered_counts_all_the_same(
    pushes: Pushes, world: World, held: Post, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = a_press("zhangsan", PASS, task, at=world.now)
    with monkeypatch.context() as broken:
        broken.setattr(moderation, "decide", raising(MemoryError()))
        assert pushes.wecom(plain).status == 500
    world.later(seconds=61)
    inbox.sweep(now=world.now)
    world.settle()
    assert state(held) is State.PUBLISHED
    assert len(world.sent(UPDATE)) == 1
    assert words_in(pushes.wecom(plain)) == "已由 张三 通过"


def test_a_message_to_the_app_is_taken_in_and_handled_without_an_answer(
    pushes: Pushes, world: World
) -> None:
    reply = pushes.wecom(a_text("zhangsan", "待审", at=world.now))
    assert (reply.status, reply.text) == (200, "")
    world.settle()
    world.later(hours=1)
    assert inbox.sweep(now=world.now) == 0


def test_a_message_to_the_app_that_was_handled_is_not_queued_again(
    pushes: Pushes, world: World
) -> None:
    plain = a_text("zhangsan", "待审", at=world.now)
    pushes.wecom(plain)
    world.settle()
    assert pushes.wecom(plain).status == 200
    assert world.take("inbox") == []


def test_half_a_press_is_refused_and_not_kept(pushes: Pushes, world: World) -> None:
    whole = a_press("zhangsan", PASS, "case-1", at=world.now)
    half = whole.replace("<TaskId>case-1</TaskId>", "")
    assert pushes.wecom(half).refusal == (403, "bad_envelope")
    assert [row for row in world.rows("platform") if row["pk"].startswith("inbox#")] == []


def test_a_false_signature_is_refused_and_decides_nothing(
    pushes: Pushes, world: World, held: Post, task: str
) -> None:
    plain = a_press("zhangsan", PASS, task, at=world.now)
    assert pushes.wecom(plain, msg_signature="0" * 40).refusal == (403, "bad_envelope")
    world.settle()
    assert state(held) is State.HELD
