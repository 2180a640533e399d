"""The control API: time, users, what was sent, figures, and what it says when it is asked wrongly."""

import json
import threading
from datetime import UTC, datetime

import httpx
import pytest

BOT = "/cgi-bin/webhook/send"


def write(sandbox, content):
    sandbox.post(
        BOT, {"msgtype": "text", "text": {"content": content}}, key=sandbox.identity.wecom_bot_key
    )


def contents(items):
    return [item["body"]["text"]["content"] for item in items]


def test_it_says_that_it_is_there(lone_sandbox):
    assert lone_sandbox.control("GET", "/health") == {"ok": True}


def test_its_identity_tells_no_secret(lone_sandbox):
    shown = lone_sandbox.control("GET", "/identity")
    assert set(shown) == {"appid", "corpid", "agentid", "templates"}
    assert shown["templates"]["post_decided"]["fields"] == {
        "thing1": "帖子标题",
        "phrase2": "审核结果",
        "time3": "审核时间",
        "thing4": "备注",
    }


def test_time_moves_ahead(lone_sandbox):
    answer = lone_sandbox.control("POST", "/clock", ahead_s=3600)
    assert answer["ahead_s"] == 3600
    now = datetime.fromisoformat(answer["now"])
    assert 3590 < (now - datetime.now(UTC)).total_seconds() < 3601
    assert lone_sandbox.control("POST", "/clock", ahead_s=400)["ahead_s"] == 4000


@pytest.mark.parametrize(
    ("asked", "status", "complaint"),
    [
        ({"ahead_s": -50}, 400, "time only moves ahead"),
        ({"ahead_s": "soon"}, 400, "Expected `float`, got `str` (in `ahead_s`)"),
        ({"ahead_s": 1e12}, 400, "20 years"),
        ({"seconds": 5}, 400, "unknown field `seconds`"),
        ({}, 400, "missing required field `ahead_s`"),
    ],
)
def test_time_does_not_move_otherwise(lone_sandbox, asked, status, complaint):
    lone_sandbox.control("POST", "/clock", ahead_s=100)
    refused = lone_sandbox.refused("POST", "/clock", **asked)
    assert (refused[0], complaint in refused[1]) == (status, True)
    assert lone_sandbox.control("GET", "/clock")["ahead_s"] == 100


def test_users_can_be_made_shown_and_renamed(lone_sandbox):
    openid = lone_sandbox.user(nickname="安娜")
    other = lone_sandbox.user()
    lone_sandbox.control("PUT", f"/users/{openid}", nickname="安安")
    people = lone_sandbox.control("GET", "/users")["items"]
    assert [(p["openid"], p["nickname"]) for p in people] == [
        (openid, "安安"),
        (other, "微信用户2"),
    ]


def test_two_users_cannot_be_the_same_person(lone_sandbox):
    lone_sandbox.user(unionid="u1")
    assert lone_sandbox.refused("POST", "/users", unionid="u1")[0] == 409


def test_a_phone_code_can_be_had(lone_sandbox):
    openid = lone_sandbox.user()
    code = lone_sandbox.control("POST", f"/users/{openid}/phone-code", phone="13800001234")["code"]
    assert lone_sandbox.world.state.phone_codes[code].phone == "13800001234"
    assert lone_sandbox.refused("POST", f"/users/{openid}/phone-code", phone="abc")[0] == 400


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/users/o-nobody/login-code"),
        ("POST", "/users/o-nobody/say"),
        ("GET", "/chat/o-nobody"),
        ("GET", "/inbox/nobody"),
        ("GET", "/media/none"),
        ("GET", "/nothing"),
    ],
)
def test_what_is_not_there_is_a_404_with_a_sentence(lone_sandbox, method, path):
    status, sentence = lone_sandbox.refused(
        method, path, **({"type": "text", "text": "x"} if "say" in path else {})
    )
    assert status == 404
    assert sentence


def test_a_verdict_for_media_is_kept(lone_sandbox):
    shown = lone_sandbox.control("POST", "/verdicts", media="cover.png", suggest="risky")
    assert shown == {"text": {}, "media": {"cover.png": "risky"}}


def test_a_wrong_method_is_told(lone_sandbox):
    assert lone_sandbox.refused("DELETE", "/clock") == (
        405,
        "DELETE /_sandbox/clock: Method Not Allowed",
    )


def test_a_body_that_is_no_json_is_told(lone_sandbox):
    reply = lone_sandbox.http.post("/_sandbox/users", content=b"{")
    assert (reply.status_code, reply.json()) == (400, {"error": "the body is not JSON"})


def test_an_api_that_is_not_there_answers_as_wechat_does(lone_sandbox):
    assert lone_sandbox.get("/wxa/unknown")["errcode"] == 40066
    assert lone_sandbox.post("/cgi-bin/unknown", {})["errcode"] == 40066


def test_what_was_sent_is_listed_newest_first(lone_sandbox):
    for content in "abc":
        write(lone_sandbox, content)
    assert contents(lone_sandbox.sent()) == ["c", "b", "a"]
    assert contents(lone_sandbox.sent(kind="markdown")) == []
    assert contents(lone_sandbox.sent(to="group", kind="text")) == ["c", "b", "a"]


def test_what_was_sent_after_something_can_be_asked_for(lone_sandbox):
    for content in "abc":
        write(lone_sandbox, content)
    b = lone_sandbox.sent()[1]
    assert contents(lone_sandbox.sent(after=b["message_id"])) == ["c"]
    assert contents(lone_sandbox.sent(after=b["at"])) == ["c"]
    assert contents(lone_sandbox.sent(after="2020-01-01T08:00:00+08:00")) == ["c", "b", "a"]


@pytest.mark.parametrize(
    "query", [{"after": "yesterday"}, {"after": "2020-01-01T08:00:00"}, {"limit": "5"}]
)
def test_a_question_that_cannot_be_answered_is_refused(lone_sandbox, query):
    assert lone_sandbox.http.get("/_sandbox/sent", params=query).status_code == 400


def test_figures_count_calls_errors_tokens_quotas_and_pushes(sandbox):
    openid = sandbox.active_user()
    sandbox.wechat(
        "/wxa/msg_sec_check", {"version": 2, "openid": openid, "scene": 2, "content": "好"}
    )
    sandbox.wechat("/wxa/msg_sec_check", {})
    sandbox.say(openid)
    write(sandbox, "a")
    figures = sandbox.control("GET", "/stats")
    assert figures["apis"]["/wxa/msg_sec_check"] == {
        "calls": 2,
        "faults": 0,
        "errcodes": {"40097": 1},
    }
    assert figures["token_fetches"] == {"stable": 2, "plain": 0, "wecom": 0}
    assert figures["quotas"]["last_minute"]["webhook"] == 1
    assert figures["quotas"]["today"]["msg_sec_check"] == 1
    assert figures["callbacks"]["wechat"] == {"pushed": 1, "attempts": 1, "failed": 0}
    assert figures["sent"] == {"wecom_bot": 1}


def test_the_page_is_told_of_everything_new(lone_sandbox):
    told = []
    ready = threading.Event()

    def listen():
        with httpx.stream(
            "GET", lone_sandbox.url + "/_sandbox/events", trust_env=False, timeout=5
        ) as stream:
            for line in stream.iter_lines():
                ready.set()
                if line.startswith("data: "):
                    told.append(json.loads(line.removeprefix("data: ")))
                    return

    listener = threading.Thread(target=listen)
    listener.start()
    assert ready.wait(5)
    write(lone_sandbox, "a")
    listener.join(5)
    assert told == [
        {
            "kind": "sent",
            "channel": "wecom_bot",
            "message_id": lone_sandbox.sent()[0]["message_id"],
            "who": ["group"],
        }
    ]


def test_the_page_is_served(lone_sandbox):
    assert lone_sandbox.http.get("/").headers["content-type"].startswith("text/html")
    assert lone_sandbox.http.get("/page/main.js").status_code == 200
