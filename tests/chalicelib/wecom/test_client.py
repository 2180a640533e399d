from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.errors import Refusal, Unavailable
from chalicelib.wechat import client as wechat
from chalicelib.wechat.refusals import OutcomeUnknown, SendRejected
from chalicelib.wecom import client
from chalicelib.wecom.client import SentCard
from chalicelib.wecom.refusals import CardExpired, RateLimited
from tests.fakes.platform import DROP, HANG, OK, FakePlatform, Reply

SEND = "/cgi-bin/message/send"
UPDATE = "/cgi-bin/message/update_template_card"
BOT = "/cgi-bin/webhook/send"
TOKEN = "/cgi-bin/gettoken"
COLLEAGUES = ["zhangsan", "lisi"]
LINE = "有新的待审核内容"
CARD = {"card_type": "button_interaction", "task_id": "case@1", "main_title": {"title": "待审核"}}


def send_card() -> SentCard:
    return client.send_card(COLLEAGUES, card=CARD)


def update_card() -> None:
    client.update_card_for_all("rc-1", replace_name="已通过 · 张三")


def send_line() -> None:
    client.send_bot_text(LINE)


# Cards


def test_a_card_is_sent_to_colleagues_once(platform: FakePlatform) -> None:
    platform.answers(SEND, {**OK, "msgid": "m1", "response_code": "rc-1"})
    assert send_card() == SentCard("m1", "rc-1", ())
    [asked] = platform.asked_for(SEND)
    assert asked.query == {"access_token": "token-of-the-platform"}
    assert "待审核".encode() in asked.body
    assert asked.json == {
        "touser": "zhangsan|lisi",
        "msgtype": "template_card",
        "agentid": 1000002,
        "template_card": CARD,
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 1800,
    }


def test_who_was_not_reached_is_told(platform: FakePlatform) -> None:
    answer = {**OK, "msgid": "m1", "invaliduser": "lisi|wangwu", "unlicenseduser": "zhaoliu"}
    platform.answers(SEND, answer)
    assert send_card() == SentCard("m1", None, ("lisi", "wangwu", "zhaoliu"))


@pytest.mark.parametrize(
    ("errcode", "refusal"),
    [
        (81013, SendRejected),
        (40058, SendRejected),
        (45009, RateLimited),
        (45033, RateLimited),
        (-1, Unavailable),
        (60020, Unavailable),
    ],
)
def test_a_refused_card_says_why(
    platform: FakePlatform, errcode: int, refusal: type[Refusal]
) -> None:
    platform.answers(SEND, errcode)
    with pytest.raises(refusal):
        send_card()


def test_a_card_without_an_answer_may_be_sent_again(platform: FakePlatform) -> None:
    platform.answers(SEND, HANG, {**OK, "msgid": "m1"})
    with pytest.raises(Unavailable):
        send_card()
    send_card()
    first, second = platform.asked_for(SEND)
    assert first.body == second.body


def test_a_card_is_updated_for_everybody(platform: FakePlatform) -> None:
    update_card()
    [asked] = platform.asked_for(UPDATE)
    assert asked.json == {
        "atall": 1,
        "agentid": 1000002,
        "response_code": "rc-1",
        "button": {"replace_name": "已通过 · 张三"},
    }


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (40058, CardExpired),
        (42016, CardExpired),
        (42022, CardExpired),
        (42045, CardExpired),
        (45009, RateLimited),
        (-1, Unavailable),
        (HANG, Unavailable),
        (DROP, Unavailable),
    ],
)
def test_a_refused_update_says_why(
    platform: FakePlatform, answer: Reply | int, refusal: type[Refusal]
) -> None:
    platform.answers(UPDATE, answer)
    with pytest.raises(refusal):
        update_card()


# The group


def test_the_bot_says_a_line_in_the_group(platform: FakePlatform) -> None:
    send_line()
    [asked] = platform.asked
    assert (asked.path, asked.query) == (BOT, {"key": "key-of-the-bot"})
    assert asked.json == {"msgtype": "text", "text": {"content": LINE}}


def test_a_long_line_is_cut_between_characters(platform: FakePlatform) -> None:
    client.send_bot_text("a" + "字" * 1_000)
    [asked] = platform.asked
    assert asked.json["text"]["content"] == "a" + "字" * 682


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (93000, SendRejected),
        (45009, RateLimited),
        (-1, Unavailable),
        (DROP, Unavailable),
        (Reply(status=502), Unavailable),
        (HANG, OutcomeUnknown),
    ],
)
def test_a_refused_line_says_why(
    platform: FakePlatform, answer: Reply | int, refusal: type[Refusal]
) -> None:
    platform.answers(BOT, answer)
    with pytest.raises(refusal):
        send_line()


def test_who_is_limited_is_told_for_how_long(platform: FakePlatform) -> None:
    platform.answers(BOT, 45009)
    with pytest.raises(RateLimited) as refused:
        send_line()
    assert refused.value.retry_after_s == 60


# Tokens


def test_the_token_is_that_of_the_app(platform: FakePlatform) -> None:
    update_card()
    update_card()
    [asked] = platform.asked_for(TOKEN)
    assert asked.method == "GET"
    assert asked.query == {
        "corpid": "ww0123456789abcdef",
        "corpsecret": "secret-of-the-wecom-app",
    }


def test_wecom_and_wechat_do_not_share_a_token(platform: FakePlatform) -> None:
    platform.tokens.clear()
    platform.tokens.extend(["of-wecom", "of-wechat"])
    update_card()
    wechat.send_chat_text("oPerson", "您好")
    [chat] = platform.asked_for("/cgi-bin/message/custom/send")
    assert platform.asked_for(UPDATE)[0].query == {"access_token": "of-wecom"}
    assert chat.query == {"access_token": "of-wechat"}


@pytest.mark.parametrize("errcode", [40014, 42001])
def test_a_refused_token_is_replaced_once(
    platform: FakePlatform, later: Callable[[int], None], errcode: int
) -> None:
    platform.tokens.clear()
    platform.tokens.extend(["old", "new"])
    update_card()
    later(60)
    platform.answers(UPDATE, errcode, OK)
    update_card()
    used = [asked.query["access_token"] for asked in platform.asked_for(UPDATE)]
    assert used == ["old", "old", "new"]


@pytest.mark.parametrize("answer", [40001, {"errcode": 0}, HANG])
def test_no_token_is_unavailable(platform: FakePlatform, answer: Any) -> None:
    platform.answers(TOKEN, answer)
    with pytest.raises(Unavailable):
        update_card()


# What must not be told


@pytest.mark.parametrize("answer", [40014, 93000, DROP, HANG])
def test_neither_errors_nor_logs_tell_keys_or_people(
    platform: FakePlatform, answer: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    told = []
    for path, call in ((SEND, send_card), (BOT, send_line)):
        platform.answers(path, answer)
        with pytest.raises(Refusal) as refused:
            call()
        told += traceback.format_exception(refused.value)
    everything = "".join([*told, *capfd.readouterr()])
    for secret in ("token-of", "key-of", "secret-of", platform.url, COLLEAGUES[0], LINE):
        assert secret not in everything
