"""The group's bot."""

import pytest

SEND = "/cgi-bin/webhook/send"


def send(sandbox, body=None, key=None):
    body = body or {"msgtype": "markdown", "markdown": {"content": "**认证** 已通过"}}
    return sandbox.post(SEND, body, key=key if key is not None else sandbox.identity.wecom_bot_key)[
        "errcode"
    ]


def test_a_message_reaches_the_group(lone_sandbox):
    assert send(lone_sandbox) == 0
    (item,) = lone_sandbox.control("GET", "/bot")["items"]
    assert (item["kind"], item["body"]["markdown"]["content"]) == ("markdown", "**认证** 已通过")
    assert lone_sandbox.sent(kind="markdown")[0]["channel"] == "wecom_bot"


@pytest.mark.parametrize("key", ["", "wrong"])
def test_a_wrong_key_is_refused(lone_sandbox, key):
    assert send(lone_sandbox, key=key) == 93000


def test_twenty_messages_a_minute(lone_sandbox):
    assert [send(lone_sandbox) for _ in range(21)] == [0] * 20 + [45009]
    lone_sandbox.ahead(61)
    assert send(lone_sandbox) == 0


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({"msgtype": "text", "text": {"content": "长" * 683}}, 45002),
        ({"msgtype": "markdown", "markdown": {"content": "长" * 1366}}, 45002),
        ({"msgtype": "text", "text": {"content": ""}}, 44004),
        ({"msgtype": "text"}, 44004),
        ({"msgtype": "voice", "voice": {}}, 40008),
    ],
)
def test_a_bad_message_is_refused(lone_sandbox, body, errcode):
    assert send(lone_sandbox, body) == errcode


@pytest.mark.parametrize(
    "body",
    [
        {"msgtype": "text", "text": {"content": "长" * 682, "mentioned_list": ["@all"]}},
        {"msgtype": "markdown", "markdown": {"content": "长" * 1365}},
    ],
)
def test_a_message_at_its_limit_is_taken(lone_sandbox, body):
    assert send(lone_sandbox, body) == 0
