"""Pushes to the backend: how they are sealed, and what happens when it does not answer."""

import asyncio
import threading

import pytest
from starlette.responses import Response
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature
from wechatpy.work.crypto import WeChatCrypto as WeComCrypto

from sandbox import wire


def pushes(backend):
    return [received for received in backend.received if received.method == "POST"]


def test_a_message_comes_sealed_as_json_by_default(sandbox, backend):
    openid = sandbox.user()
    assert sandbox.say(openid, "养车无忧")["status"] == 200
    (received,) = pushes(backend)
    assert received.path == "/callbacks/wechat"
    assert (received.query["openid"], received.query["encrypt_type"]) == (openid, "aes")
    assert set(wire.read(received.body)) == {"ToUserName", "Encrypt"}
    assert "养车无忧" not in received.body.decode()
    message = sandbox.opened(received)
    assert (message["FromUserName"], message["MsgType"], message["Content"]) == (
        openid,
        "text",
        "养车无忧",
    )
    assert message["ToUserName"] == sandbox.identity.original_id
    assert message["MsgId"] > 2**53


def test_in_plain_mode_it_is_signed_and_readable(sandbox, backend):
    sandbox.say(sandbox.user(), "帮助", mode="plain")
    (received,) = pushes(backend)
    query = received.query
    check_signature(
        sandbox.identity.wechat_push_token, query["signature"], query["timestamp"], query["nonce"]
    )
    assert not {"msg_signature", "encrypt_type"} & set(query)
    assert wire.read(received.body)["Content"] == "帮助"


@pytest.mark.parametrize("mode", ["plain", "safe"])
def test_it_can_come_as_xml(sandbox, backend, mode):
    sandbox.say(sandbox.user(), "a < b ]]> & c", mode=mode, format="xml")
    (received,) = pushes(backend)
    assert received.headers["content-type"] == "text/xml"
    assert received.body.startswith(b"<xml>")
    message = sandbox.opened(received) if mode == "safe" else wire.read(received.body)
    assert message["Content"] == "a < b ]]> & c"


def test_the_timestamp_is_the_sandboxs_time(sandbox, backend):
    sandbox.ahead(7 * 24 * 3600)
    sandbox.say(sandbox.user())
    (received,) = pushes(backend)
    assert abs(int(received.query["timestamp"]) - sandbox.world.now()) < 10
    assert sandbox.opened(received)["CreateTime"] == int(received.query["timestamp"])


def test_a_failed_push_is_tried_three_more_times_and_sealed_anew(sandbox, backend):
    backend.answers(Response("broken", 500))
    answer = sandbox.say(sandbox.user())
    assert (answer["status"], answer["attempts"], answer["error"]) == (
        500,
        4,
        "answered with HTTP 500",
    )
    tries = pushes(backend)
    assert len(tries) == 4
    assert len({received.body for received in tries}) == 4
    assert len({received.query["nonce"] for received in tries}) == 4
    opened = [sandbox.opened(received) for received in tries]
    assert opened[1:] == opened[:-1]


def test_the_first_good_answer_ends_the_tries(sandbox, backend):
    backend.answers(Response("broken", 503), Response("success"))
    answer = sandbox.say(sandbox.user())
    assert (answer["status"], answer["attempts"], answer["error"]) == (200, 2, None)


def test_an_answer_that_takes_too_long_is_no_answer(sandbox, backend):
    sandbox.control("PUT", "/delivery", timeout_s=0.05)

    async def never(received):
        await received.gone()
        return Response("success")

    backend.handle = never
    answer = sandbox.say(sandbox.user())
    assert (answer["status"], answer["attempts"], answer["error"]) == (None, 4, "no answer in time")


def test_no_connection_is_no_answer(sandbox):
    sandbox.control("PUT", "/upstream", api="http://127.0.0.1:9")
    answer = sandbox.say(sandbox.user())
    assert (answer["status"], answer["attempts"]) == (None, 4)
    assert answer["error"].startswith("no connection")


@pytest.mark.parametrize("body", [b"success", b"", b" success\n"])
def test_success_and_nothing_are_good_answers(sandbox, backend, body):
    backend.answers(Response(body))
    assert sandbox.say(sandbox.user())["error"] is None


@pytest.mark.parametrize(
    "body", [b"ok", b'{"errcode": 0}', b"<xml><MsgType>transfer_customer_service</MsgType></xml>"]
)
def test_any_other_answer_is_a_failure(sandbox, backend, body):
    backend.answers(Response(body))
    answer = sandbox.say(sandbox.user())
    assert answer["attempts"] == 4
    assert answer["error"]


def test_a_hand_over_to_a_person_may_be_answered_in_plain_mode(sandbox, backend):
    backend.answers(Response(b"<xml><MsgType>transfer_customer_service</MsgType></xml>"))
    assert sandbox.say(sandbox.user(), mode="plain")["error"] is None
    backend.answers(Response(b"<xml><MsgType>text</MsgType></xml>"))
    assert "may only reply" in sandbox.say(sandbox.user(), mode="plain")["error"]


def test_a_message_can_be_repeated_each_time_sealed_anew(sandbox, backend):
    sandbox.say(sandbox.user(), repeat=3)
    copies = pushes(backend)
    assert len({received.body for received in copies}) == 3
    opened = [sandbox.opened(received) for received in copies]
    assert opened[0] == opened[1] == opened[2]


def test_two_messages_can_arrive_in_swapped_order(sandbox, backend):
    openid = sandbox.user()
    held = sandbox.say(openid, "一", reorder=True)
    assert (held["status"], held["held"], pushes(backend)) == (None, True, [])
    sandbox.say(openid, "二", reorder=True)
    opened = [sandbox.opened(received) for received in pushes(backend)]
    assert [message["Content"] for message in opened] == ["二", "一"]
    assert opened[0]["MsgId"] > opened[1]["MsgId"]


def test_opening_the_chat_is_an_event_without_a_message_id(sandbox, backend):
    openid = sandbox.user()
    sandbox.control(
        "POST", f"/users/{openid}/say", type="event", event="user_enter_tempsession", wait_s=0
    )
    event = sandbox.opened(pushes(backend)[0])
    assert (event["MsgType"], event["Event"], event["SessionFrom"]) == (
        "event",
        "user_enter_tempsession",
        "",
    )
    assert "MsgId" not in event


def test_any_event_can_be_pushed(sandbox, backend):
    openid = sandbox.user()
    fields = {"OpenID": openid, "RevokeInfo": "1"}
    said = {"type": "event", "event": "user_authorization_revoke", "fields": fields, "wait_s": 0}
    sandbox.control("POST", f"/users/{openid}/say", **said)
    event = sandbox.opened(pushes(backend)[0])
    assert (event["Event"], event["OpenID"], event["RevokeInfo"]) == (
        "user_authorization_revoke",
        openid,
        "1",
    )


def test_a_picture_comes_with_an_address_at_which_it_can_be_fetched(sandbox, backend):
    openid = sandbox.user()
    sandbox.control("POST", f"/users/{openid}/say", type="image", wait_s=0)
    message = sandbox.opened(pushes(backend)[0])
    assert message["MsgType"] == "image"
    assert message["PicUrl"].endswith(message["MediaId"])
    assert sandbox.http.get(message["PicUrl"]).headers["content-type"] == "image/png"


def test_what_the_backend_sends_back_is_in_the_answer(sandbox, backend):
    openid = sandbox.user()
    token = sandbox.stable_token()["access_token"]

    async def handle(_):
        for content in ("一", "二"):
            body = {"touser": openid, "msgtype": "text", "text": {"content": content}}
            await asyncio.to_thread(
                sandbox.post, "/cgi-bin/message/custom/send", body, access_token=token
            )
        return Response("success")

    backend.handle = handle
    answer = sandbox.say(openid, wait_s=5)
    assert [reply["body"]["text"]["content"] for reply in answer["replies"]] == ["一", "二"]


def test_an_answer_that_comes_later_is_waited_for(sandbox, backend):
    openid = sandbox.user()
    token = sandbox.stable_token()["access_token"]
    body = {"touser": openid, "msgtype": "text", "text": {"content": "稍后"}}
    send = (sandbox.post, ("/cgi-bin/message/custom/send", body), {"access_token": token})

    async def handle(_):
        threading.Timer(0.1, *send).start()
        return Response("success")

    backend.handle = handle
    answer = sandbox.say(openid, wait_s=5)
    assert [reply["body"] for reply in answer["replies"]] == [body]


def test_no_answer_is_waited_for_as_long_as_told(sandbox):
    assert sandbox.say(sandbox.user(), wait_s=0.05)["replies"] == []


def test_without_a_backend_nobody_can_say_anything(lone_sandbox):
    status, sentence = lone_sandbox.refused(
        "POST", f"/users/{lone_sandbox.user()}/say", type="text", text="帮助"
    )
    assert (status, "PUT /_sandbox/upstream" in sentence) == (503, True)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_sealed_hand_over_to_a_person_may_be_answered_in_safe_mode(sandbox, backend, form):
    def sealed(kind):
        identity = sandbox.identity
        crypto = WeChatCrypto(
            identity.wechat_push_token, identity.wechat_push_aes_key, identity.appid
        )
        envelope = crypto.encrypt_message(
            f"<xml><MsgType>{kind}</MsgType></xml>", "123456", "1700000000"
        )
        return Response(envelope if form == "xml" else wire.to_json(wire.read(envelope.encode())))

    backend.answers(sealed("transfer_customer_service"))
    assert sandbox.say(sandbox.user())["error"] is None
    backend.answers(sealed("text"))
    assert "may only reply" in sandbox.say(sandbox.user())["error"]


def test_a_reply_with_a_document_type_is_a_failure(sandbox, backend):
    backend.answers(Response(b"<!DOCTYPE xml [<!ENTITY a 'b'>]><xml><MsgType>&a;</MsgType></xml>"))
    assert "DTD" in sandbox.say(sandbox.user(), mode="plain")["error"]


@pytest.mark.parametrize(
    "change", [{"timeout_s": 0}, {"timeout_s": 61}, {"retry_after_s": -1}, {"retries": 1}]
)
def test_a_delivery_setting_that_makes_no_sense_is_refused(sandbox, change):
    assert sandbox.refused("PUT", "/delivery", **change)[0] == 400


def test_by_default_the_platforms_five_seconds_hold(lone_sandbox):
    assert lone_sandbox.control("GET", "/delivery") == {"timeout_s": 5.0, "retry_after_s": 5.0}


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"type": "voice"}, "type is text, image or event"),
        ({"type": "text"}, "text has 1 to"),
        ({"type": "event"}, "event is the event's name"),
        ({"type": "text", "text": "x", "repeat": 0}, "repeat is from 1"),
        ({"type": "text", "text": "x", "wait_s": -1}, "wait_s is from 0"),
        ({"type": "text", "text": "x", "mode": "compat"}, "mode"),
        ({"type": "text", "content": "x"}, "unknown field `content`"),
        ({"type": "image", "image": "!"}, "image is not base64"),
        ({"type": "event", "event": "x", "fields": {"a b": 1}}, "names in fields"),
    ],
)
def test_what_cannot_be_said_is_refused(sandbox, said, complaint):
    status, sentence = sandbox.refused("POST", f"/users/{sandbox.user()}/say", **said)
    assert status == 400
    assert complaint in sentence


def echo_wechat(received):
    return Response(received.query["echostr"])


def echo_wecom(sandbox, received):

    identity = sandbox.identity
    crypto = WeComCrypto(identity.wecom_push_token, identity.wecom_push_aes_key, identity.corpid)
    query = received.query
    echo = crypto.check_signature(
        query["msg_signature"], query["timestamp"], query["nonce"], query["echostr"]
    )
    return Response(echo)


@pytest.mark.parametrize("platform", ["wechat", "wecom"])
def test_a_callback_address_that_answers_well_passes_the_check(sandbox, backend, platform):
    async def handle(received):
        assert (received.method, received.path) == ("GET", f"/callbacks/{platform}")
        return echo_wechat(received) if platform == "wechat" else echo_wecom(sandbox, received)

    backend.handle = handle
    assert sandbox.control("POST", "/callbacks/check", platform=platform) == {
        "ok": True,
        "why": None,
    }


@pytest.mark.parametrize("platform", ["wechat", "wecom"])
@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Response("something else"), "the echo is not the text that was sent"),
        (Response("", 403), "answered with HTTP 403"),
    ],
)
def test_a_callback_address_that_does_not_is_told_why(sandbox, backend, platform, reply, why):
    backend.answers(reply)
    assert sandbox.control("POST", "/callbacks/check", platform=platform) == {
        "ok": False,
        "why": why,
    }
