"""The customer-service chat: what may be sent, how much of it, and until when."""

import struct
import zlib

import pytest

SEND = "/cgi-bin/message/custom/send"


def text(openid, content="您好"):
    return {"touser": openid, "msgtype": "text", "text": {"content": content}}


def send(sandbox, body):
    return sandbox.wechat(SEND, body)["errcode"]


def enter(sandbox, openid):
    sandbox.control(
        "POST", f"/users/{openid}/say", type="event", event="user_enter_tempsession", wait_s=0
    )


def upload(sandbox, picture, kind="image", name="media"):
    query = {"access_token": sandbox.stable_token()["access_token"], "type": kind}
    return sandbox.http.post(
        "/cgi-bin/media/upload", params=query, files={name: ("cover.png", picture)}
    ).json()


def png():
    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 4))
        + chunk(b"IEND", b"")
    )


def test_without_a_message_of_the_member_nothing_can_be_sent(lone_sandbox):
    assert send(lone_sandbox, text(lone_sandbox.user())) == 45015


def test_five_messages_for_each_message_of_the_member(sandbox):
    openid = sandbox.user()
    sandbox.say(openid)
    assert [send(sandbox, text(openid)) for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
    sandbox.say(openid)
    assert [send(sandbox, text(openid)) for _ in range(6)] == [0, 0, 0, 0, 0, 45047]


def test_a_message_can_be_answered_for_48_hours(sandbox):
    openid = sandbox.user()
    sandbox.say(openid)
    sandbox.ahead(48 * 3600 - 10)
    assert send(sandbox, text(openid)) == 0
    sandbox.ahead(11)
    assert send(sandbox, text(openid)) == 45015


def test_opening_the_chat_allows_two_messages_within_a_minute(sandbox):
    openid = sandbox.user()
    enter(sandbox, openid)
    assert [send(sandbox, text(openid)) for _ in range(3)] == [0, 0, 45047]
    enter(sandbox, openid)
    sandbox.ahead(61)
    assert send(sandbox, text(openid)) == 45015


def test_opening_the_chat_adds_to_what_a_message_allows(sandbox):
    openid = sandbox.user()
    sandbox.say(openid)
    enter(sandbox, openid)
    assert [send(sandbox, text(openid)) for _ in range(8)] == [0] * 7 + [45047]


@pytest.mark.parametrize(
    ("other", "errcode"),
    [
        ({"touser": "o-nobody"}, 40003),
        ({"msgtype": "voice"}, 40008),
        ({"text": {"content": ""}}, 44004),
        ({"text": {"content": "长" * 683}}, 45002),
        ({"text": "您好"}, 47001),
        ({"msgtype": "image", "image": {"media_id": "unknown"}}, 40007),
        (
            {"msgtype": "link", "link": {"title": "t", "description": "d", "url": "https://x"}},
            40035,
        ),
        (
            {
                "msgtype": "miniprogrampage",
                "miniprogrampage": {"title": "t", "pagepath": "pages/a"},
            },
            40007,
        ),
    ],
)
def test_a_bad_message_is_refused_and_costs_nothing(sandbox, other, errcode):
    openid = sandbox.user()
    sandbox.say(openid)
    assert send(sandbox, text(openid) | other) == errcode
    assert [send(sandbox, text(openid)) for _ in range(5)] == [0] * 5


def test_a_picture_and_a_page_with_it_can_be_sent_for_three_days(sandbox):
    openid = sandbox.user()
    sandbox.say(openid)
    media_id = upload(sandbox, png())["media_id"]
    page = {"title": "养车无忧", "pagepath": "pages/post/index?id=1", "thumb_media_id": media_id}
    assert (
        send(sandbox, {"touser": openid, "msgtype": "image", "image": {"media_id": media_id}}) == 0
    )
    assert (
        send(sandbox, {"touser": openid, "msgtype": "miniprogrampage", "miniprogrampage": page})
        == 0
    )
    assert [m["kind"] for m in sandbox.sent(to=openid)] == ["miniprogrampage", "image"]
    sandbox.ahead(3 * 24 * 3600 + 1)
    sandbox.say(openid)
    assert (
        send(sandbox, {"touser": openid, "msgtype": "image", "image": {"media_id": media_id}})
        == 40007
    )


def test_a_link_can_be_sent(sandbox):
    openid = sandbox.user()
    sandbox.say(openid)
    link = {"title": "t", "description": "d", "url": "https://x", "thumb_url": "https://x/y.png"}
    assert send(sandbox, {"touser": openid, "msgtype": "link", "link": link}) == 0


def test_an_uploaded_picture_can_be_looked_at(lone_sandbox):
    answer = upload(lone_sandbox, png())
    assert (answer["type"], isinstance(answer["created_at"], int)) == ("image", True)
    shown = lone_sandbox.http.get("/_sandbox/media/" + answer["media_id"])
    assert (shown.content, shown.headers["content-type"]) == (png(), "image/png")
    lone_sandbox.ahead(3 * 24 * 3600 + 1)
    assert lone_sandbox.http.get("/_sandbox/media/" + answer["media_id"]).status_code == 404


def test_a_jpeg_can_be_uploaded(lone_sandbox):
    assert "media_id" in upload(lone_sandbox, b"\xff\xd8\xff\xe0picture\xff\xd9")


@pytest.mark.parametrize(
    ("picture", "options", "errcode"),
    [
        (b"GIF89a;", {}, 40005),
        (png()[:-1], {}, 40005),
        (b"\x89PNG\r\n\x1a\n", {}, 40005),
        (b"\xff\xd8\xff" + b"0" * 2 * 1024 * 1024 + b"\xff\xd9", {}, 40009),
        (png(), {"kind": "video"}, 40004),
        (png(), {"name": "file"}, 41005),
    ],
)
def test_what_is_no_picture_is_refused(lone_sandbox, picture, options, errcode):
    assert upload(lone_sandbox, picture, **options)["errcode"] == errcode


def test_the_chat_shows_both_directions_in_order(sandbox):
    openid = sandbox.user()
    enter(sandbox, openid)
    sandbox.say(openid, "我的积分")
    send(sandbox, text(openid, "您有 0 积分"))
    items = sandbox.control("GET", f"/chat/{openid}")["items"]
    assert [(item["from"], item["kind"]) for item in items] == [
        ("member", "event"),
        ("member", "text"),
        ("service", "text"),
    ]
    assert items[1]["body"]["Content"] == "我的积分"
    assert items[2]["body"]["text"]["content"] == "您有 0 积分"
