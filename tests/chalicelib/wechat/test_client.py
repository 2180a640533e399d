from __future__ import annotations

import logging
import subprocess
import sys
import time
import traceback
from collections.abc import Callable

import pytest

from chalicelib.errors import Refusal, Unavailable
from chalicelib.settings import settings
from chalicelib.wechat import client
from chalicelib.wechat import platform as calls
from chalicelib.wechat.client import RiskScene, Scene, Suggestion, Verdict, WechatIdentity
from chalicelib.wechat.refusals import (
    ChatLimitReached,
    ChatWindowClosed,
    LoginBlocked,
    LoginCodeInvalid,
    NoSubscribeQuota,
    OutcomeUnknown,
    SendRejected,
    TemplateMisfit,
    TooManyLogins,
    TooManySends,
)
from tests.fakes.platform import CUT, DROP, HANG, OK, STALL, FakePlatform, Reply

LOGIN = "/sns/jscode2session"
SCREEN = "/wxa/msg_sec_check"
RISK = "/wxa/getuserriskrank"
SUBSCRIBE = "/cgi-bin/message/subscribe/send"
CHAT = "/cgi-bin/message/custom/send"
UPLOAD = "/cgi-bin/media/upload"
TOKEN = "/cgi-bin/stable_token"
CODE = "0a1B2c3D"
OPENID = "oAbCdEfGhIjKlMnOpQrStUvWxYz0"
TEXT = "这是一段不该出现在日志里的话"


def verdict(suggest: str, label: object = 100) -> dict[str, object]:
    return {**OK, "trace_id": "t", "result": {"suggest": suggest, "label": label}}


def send_subscribe(**fields: str) -> None:
    client.send_subscribe(OPENID, template_id="t1", fields=fields, page="pages/post?id=1")


def screen(text: str = TEXT, **about: str) -> Verdict:
    return client.screen_text(text, openid=OPENID, scene=Scene.FORUM, **about)


# Signing in


def test_a_login_code_gives_the_identity(platform: FakePlatform) -> None:
    platform.answers(LOGIN, {"openid": OPENID, "session_key": "k==", "unionid": "u1"})
    assert client.exchange_code(CODE) == WechatIdentity(OPENID, "u1")
    [asked] = platform.asked
    assert asked.method == "GET"
    assert asked.query == {
        "appid": "wx0123456789abcdef",
        "secret": "secret-of-the-mini-program",
        "js_code": CODE,
        "grant_type": "authorization_code",
    }


def test_an_identity_may_have_no_unionid(platform: FakePlatform) -> None:
    platform.answers(LOGIN, {"openid": OPENID, "session_key": "k=="})
    assert client.exchange_code(CODE).unionid is None


@pytest.mark.parametrize(
    ("errcode", "refusal"),
    [
        (40029, LoginCodeInvalid),
        (40163, LoginCodeInvalid),
        (40226, LoginBlocked),
        (45011, TooManyLogins),
        (-1, Unavailable),
        (40013, Unavailable),
    ],
)
def test_a_refused_login_says_why(
    platform: FakePlatform, errcode: int, refusal: type[Refusal]
) -> None:
    platform.answers(LOGIN, errcode)
    with pytest.raises(refusal):
        client.exchange_code(CODE)
    assert len(platform.asked) == 1


def test_who_logs_in_too_often_is_told_to_wait_a_minute(platform: FakePlatform) -> None:
    platform.answers(LOGIN, 45011)
    with pytest.raises(TooManyLogins) as refused:
        client.exchange_code(CODE)
    assert refused.value.retry_after_s == 60


@pytest.mark.parametrize("code", ["", "a b", "码", "a&appid=x", "x" * 129, "a\n"])
def test_what_cannot_be_a_login_code_is_not_sent(platform: FakePlatform, code: str) -> None:
    with pytest.raises(LoginCodeInvalid):
        client.exchange_code(code)
    assert platform.asked == []


@pytest.mark.parametrize("answer", [{"session_key": "k"}, {"openid": ""}, {"openid": 7}])
def test_a_login_answer_without_openid_is_no_answer(
    platform: FakePlatform, answer: dict[str, object]
) -> None:
    platform.answers(LOGIN, answer)
    with pytest.raises(Unavailable):
        client.exchange_code(CODE)


# How far somebody is to be trusted


def rank(**about: str) -> int:
    return client.risk_rank(OPENID, scene=RiskScene.JOINING, client_ip="203.0.113.7", **about)


def test_a_person_has_a_risk_rank(platform: FakePlatform) -> None:
    platform.answers(RISK, {**OK, "risk_rank": 3, "unoin_id": 1}, {**OK, "risk_rank": 0})
    assert (rank(mobile="13812345678"), rank()) == (3, 0)
    first, second = (asked.json for asked in platform.asked_for(RISK))
    assert second == {
        "appid": "wx0123456789abcdef",
        "openid": OPENID,
        "scene": 0,
        "client_ip": "203.0.113.7",
    }
    assert first == second | {"mobile_no": "13812345678"}


@pytest.mark.parametrize(
    "answer",
    [61010, 40003, -1, OK, {**OK, "risk_rank": 5}, {**OK, "risk_rank": "high"}, DROP, HANG],
)
def test_whatever_is_no_rank_is_unavailable(platform: FakePlatform, answer: object) -> None:
    platform.answers(RISK, answer)  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        rank()


# Whether a text may be shown


@pytest.mark.parametrize(
    ("suggest", "label", "expected"),
    [
        ("pass", 100, Verdict(Suggestion.PASS, 100)),
        ("review", 20003, Verdict(Suggestion.REVIEW, 20003)),
        ("risky", "20001", Verdict(Suggestion.RISKY, 20001)),
    ],
)
def test_a_text_gets_a_verdict(
    platform: FakePlatform, suggest: str, label: object, expected: Verdict
) -> None:
    platform.answers(SCREEN, verdict(suggest, label))
    assert screen(title="标题") == expected
    [asked] = platform.asked_for(SCREEN)
    assert asked.query == {"access_token": "token-of-the-platform"}
    assert asked.json == {
        "version": 2,
        "openid": OPENID,
        "scene": 3,
        "content": TEXT,
        "title": "标题",
    }


def test_a_text_travels_as_it_is_not_as_escapes(platform: FakePlatform) -> None:
    platform.answers(SCREEN, verdict("pass"))
    screen()
    [asked] = platform.asked_for(SCREEN)
    assert TEXT.encode() in asked.body
    assert asked.headers["Content-Type"] == "application/json"


def test_a_long_text_gets_the_worst_verdict_of_its_parts(platform: FakePlatform) -> None:
    text = "".join(chr(0x4E00 + number) for number in range(6_000))
    platform.answers(SCREEN, verdict("pass"), verdict("review", 21000), verdict("pass"))
    assert screen(text, title="标题") == Verdict(Suggestion.REVIEW, 21000)
    parts = [asked.json for asked in platform.asked_for(SCREEN)]
    assert [len(part["content"]) for part in parts] == [2_500, 2_500, 1_040]
    assert parts[0]["content"][-20:] == parts[1]["content"][:20]
    assert parts[2]["content"][-1] == text[-1]
    assert [part.get("title") for part in parts] == ["标题", None, None]


def test_nothing_more_is_asked_once_a_part_is_risky(platform: FakePlatform) -> None:
    platform.answers(SCREEN, verdict("risky", 20001))
    assert screen("长" * 9_000).suggestion is Suggestion.RISKY
    assert len(platform.asked_for(SCREEN)) == 1


def test_a_text_of_just_one_part_is_asked_once(platform: FakePlatform) -> None:
    platform.answers(SCREEN, verdict("pass"))
    screen("字" * 2_500)
    assert len(platform.asked_for(SCREEN)) == 1


@pytest.mark.parametrize(
    "answer",
    [
        61010,
        44991,
        45009,
        43104,
        -1,
        {**OK},
        {**OK, "result": {"suggest": "perhaps", "label": 1}},
        {**OK, "result": "pass"},
        Reply(status=503),
        Reply(b"<html>"),
        DROP,
        HANG,
    ],
)
def test_whatever_is_no_verdict_is_unavailable(platform: FakePlatform, answer: object) -> None:
    platform.answers(SCREEN, answer)  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        screen()


def test_the_parts_share_the_time(platform: FakePlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    platform.answers(SCREEN, verdict("pass"), HANG)
    monkeypatch.setattr(calls, "READ_TIMEOUT_S", 60)
    monkeypatch.setattr(client, "SCREENING_S_MAX", 0.5)
    started_at = time.monotonic()
    with pytest.raises(Unavailable):
        screen("长" * 9_000)
    assert time.monotonic() - started_at < 30


# Subscribe messages


def test_a_subscribe_message_is_sent_with_its_state(platform: FakePlatform) -> None:
    send_subscribe(thing1="帖子已通过", time2="2026-11-22 16:00")
    [asked] = platform.asked_for(SUBSCRIBE)
    assert asked.json == {
        "touser": OPENID,
        "template_id": "t1",
        "page": "pages/post?id=1",
        "miniprogram_state": "trial",
        "lang": "zh_CN",
        "data": {"thing1": {"value": "帖子已通过"}, "time2": {"value": "2026-11-22 16:00"}},
    }


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("thing1", "字" * 20, "字" * 20),
        ("thing12", "字" * 21, "字" * 19 + "…"),
        ("phrase2", "审核已经通过", "审核已经通"),
        ("name3", "一二三四五六七八九十甲", "一二三四五六七八九十"),
        ("character_string4", "a" * 33, "a" * 32),
        ("number5", "1" * 33, "1" * 32),
        ("car_number6", "粤B12345678", "粤B123456"),
        ("date7", "2026年11月22日", "2026年11月22日"),
        ("unknown8", "字" * 50, "字" * 50),
        ("thing9", " ", "无"),
    ],
)
def test_fields_are_cut_to_what_the_platform_takes(
    platform: FakePlatform, name: str, value: str, sent: str
) -> None:
    send_subscribe(**{name: value})
    [asked] = platform.asked_for(SUBSCRIBE)
    assert asked.json["data"] == {name: {"value": sent}}


@pytest.mark.parametrize(
    ("env", "state"), [("release", "formal"), ("trial", "trial"), ("develop", "developer")]
)
def test_the_state_follows_the_stage(
    platform: FakePlatform, monkeypatch: pytest.MonkeyPatch, env: str, state: str
) -> None:
    monkeypatch.setenv("WECHAT_ENV", env)
    settings.cache_clear()
    send_subscribe(thing1="好")
    assert platform.asked_for(SUBSCRIBE)[0].json["miniprogram_state"] == state


@pytest.mark.parametrize(
    ("errcode", "refusal"),
    [
        (43101, NoSubscribeQuota),
        (47003, TemplateMisfit),
        (40037, TemplateMisfit),
        (40003, SendRejected),
        (41030, TemplateMisfit),
        (45009, TooManySends),
        (-1, Unavailable),
    ],
)
def test_a_refused_subscribe_message_says_why(
    platform: FakePlatform, errcode: int, refusal: type[Refusal]
) -> None:
    platform.answers(SUBSCRIBE, errcode)
    with pytest.raises(refusal):
        send_subscribe(thing1="好")
    assert len(platform.asked_for(SUBSCRIBE)) == 1


# The customer-service chat


def test_a_text_is_sent_to_the_chat(platform: FakePlatform) -> None:
    client.send_chat_text(OPENID, "您好")
    [asked] = platform.asked_for(CHAT)
    assert asked.json == {"touser": OPENID, "msgtype": "text", "text": {"content": "您好"}}


def test_a_card_is_sent_to_the_chat(platform: FakePlatform) -> None:
    client.send_chat_card(OPENID, title="保养", pagepath="pages/post?id=1", thumb_media_id="m1")
    [asked] = platform.asked_for(CHAT)
    assert asked.json == {
        "touser": OPENID,
        "msgtype": "miniprogrampage",
        "miniprogrampage": {
            "title": "保养",
            "pagepath": "pages/post?id=1",
            "thumb_media_id": "m1",
        },
    }


@pytest.mark.parametrize(
    ("errcode", "refusal"),
    [
        (45015, ChatWindowClosed),
        (45047, ChatLimitReached),
        (40003, SendRejected),
        (40007, SendRejected),
        (48001, Unavailable),
    ],
)
def test_a_refused_chat_message_says_why(
    platform: FakePlatform, errcode: int, refusal: type[Refusal]
) -> None:
    platform.answers(CHAT, errcode)
    with pytest.raises(refusal):
        client.send_chat_text(OPENID, "您好")


def test_a_picture_is_uploaded_for_its_id(platform: FakePlatform) -> None:
    platform.answers(UPLOAD, {"type": "image", "media_id": "m1", "created_at": 1})
    assert client.upload_picture(b"\x89PNG-bytes") == "m1"
    [asked] = platform.asked_for(UPLOAD)
    assert asked.query == {"access_token": "token-of-the-platform", "type": "image"}
    assert asked.headers["Content-Type"].startswith("multipart/form-data")
    assert b'name="media"; filename="picture.png"' in asked.body
    assert b"\x89PNG-bytes" in asked.body


# What is certain and what is not


@pytest.mark.parametrize("answer", [DROP, Reply(status=500), Reply(status=307), -1, 45009])
def test_a_message_that_was_certainly_not_sent_may_be_sent_again(
    platform: FakePlatform, answer: Reply | int
) -> None:
    platform.answers(CHAT, answer)
    with pytest.raises(Unavailable):
        client.send_chat_text(OPENID, "您好")


@pytest.mark.parametrize(
    "answer",
    [
        HANG,
        STALL,
        CUT,
        Reply(b"<html>ok</html>"),
        Reply(b'{"errcode":"?"}'),
    ],
)
def test_a_message_without_a_whole_answer_may_have_been_sent(
    platform: FakePlatform, answer: Reply
) -> None:
    platform.answers(CHAT, answer)
    with pytest.raises(OutcomeUnknown):
        client.send_chat_text(OPENID, "您好")
    assert len(platform.asked_for(CHAT)) == 1


def test_nobody_at_the_address_is_unavailable(
    platform: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.send_chat_text(OPENID, "您好")
    monkeypatch.setenv("WECHAT_API_URL", "http://127.0.0.1:1")
    settings.cache_clear()
    with pytest.raises(Unavailable):
        client.send_chat_text(OPENID, "您好")


# Tokens


def test_the_token_is_the_stable_one_and_never_forced(platform: FakePlatform) -> None:
    client.send_chat_text(OPENID, "您好")
    client.send_chat_text(OPENID, "再见")
    [asked] = platform.asked_for(TOKEN)
    assert asked.json == {
        "grant_type": "client_credential",
        "appid": "wx0123456789abcdef",
        "secret": "secret-of-the-mini-program",
        "force_refresh": False,
    }


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_a_refused_token_is_replaced_once(
    platform: FakePlatform, later: Callable[[int], None], errcode: int
) -> None:
    platform.tokens.clear()
    platform.tokens.extend(["old", "new"])
    client.send_chat_text(OPENID, "您好")
    later(60)
    platform.answers(CHAT, errcode, OK)
    client.send_chat_text(OPENID, "您好")
    used = [asked.query["access_token"] for asked in platform.asked_for(CHAT)]
    assert used == ["old", "old", "new"]


def test_the_same_token_again_is_not_tried_again(
    platform: FakePlatform, later: Callable[[int], None]
) -> None:
    client.send_chat_text(OPENID, "您好")
    later(60)
    platform.answers(CHAT, 40001)
    with pytest.raises(Unavailable):
        client.send_chat_text(OPENID, "您好")
    assert len(platform.asked_for(CHAT)) == 2
    assert len(platform.asked_for(TOKEN)) == 2


def test_a_token_refused_for_ever_costs_a_bounded_number_of_calls(
    platform: FakePlatform, later: Callable[[int], None]
) -> None:
    platform.tokens.clear()
    platform.tokens.extend(f"token-{number}" for number in range(99))
    platform.answers(CHAT, *[40001] * 99)
    for _ in range(10):
        with pytest.raises(Unavailable):
            client.send_chat_text(OPENID, "您好")
        later(5)
    assert len(platform.asked_for(CHAT)) <= 20
    assert len(platform.asked_for(TOKEN)) <= 4


@pytest.mark.parametrize("answer", [40125, {"errcode": 0}, {"access_token": ""}, DROP, HANG])
def test_no_token_is_unavailable(platform: FakePlatform, answer: object) -> None:
    platform.answers(TOKEN, answer)  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        client.send_chat_text(OPENID, "您好")
    assert platform.asked_for(CHAT) == []


# Connections


def test_a_connection_is_used_again_while_it_is_fresh(
    platform: FakePlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = calls._line(platform.url)
    assert calls._line(platform.url) is line
    monkeypatch.setattr(calls, "LINE_IDLE_S_MAX", -1)
    assert calls._line(platform.url) is not line


# What must not be told


@pytest.mark.parametrize("answer", [40001, 47003, -1, DROP, HANG, Reply(status=500)])
def test_neither_errors_nor_logs_tell_addresses_tokens_or_people(
    platform: FakePlatform,
    answer: object,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("botocore").setLevel(logging.INFO)
    platform.answers(SUBSCRIBE, answer)  # type: ignore[arg-type]
    platform.answers(LOGIN, answer)  # type: ignore[arg-type]
    told = []
    for call in (lambda: send_subscribe(thing1=TEXT), lambda: client.exchange_code(CODE)):
        with pytest.raises(Refusal) as refused:
            call()
        told += traceback.format_exception(refused.value)
    told += [caplog.text, *capfd.readouterr()]
    everything = "".join(told)
    for secret in ("token-of", platform.url, OPENID, TEXT, "secret-of", "access_token=", CODE):
        assert secret not in everything


def test_heavy_libraries_are_imported_only_when_needed() -> None:
    script = (
        "import sys, chalicelib.wechat.client, chalicelib.wechat.envelope\n"
        "import chalicelib.wechat.pictures, chalicelib.wecom.contacts\n"
        "import chalicelib.wecom.client, chalicelib.wecom.envelope, chalicelib.tokens\n"
        "heavy = {'wechatpy', 'requests', 'cryptography', 'xmltodict'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
