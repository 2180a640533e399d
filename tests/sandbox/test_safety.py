"""Text safety: msgSecCheck v2."""

import pytest


def check(sandbox, openid, content="二手轮胎怎么选", **other):
    body = {"version": 2, "openid": openid, "scene": 3, "content": content}
    return sandbox.wechat("/wxa/msg_sec_check", body | other)


def test_text_passes_unless_told_otherwise(lone_sandbox):
    answer = check(lone_sandbox, lone_sandbox.active_user())
    assert (answer["errcode"], answer["result"]) == (0, {"suggest": "pass", "label": 100})
    assert answer["trace_id"]
    assert answer["detail"][0]["errcode"] == 0


@pytest.mark.parametrize("suggest", ["review", "risky"])
def test_a_scripted_verdict_is_given_for_what_contains_the_text(lone_sandbox, suggest):
    openid = lone_sandbox.active_user()
    lone_sandbox.control("POST", "/verdicts", text="调表车", suggest=suggest)
    answer = check(lone_sandbox, openid, "有没有调表车")
    assert answer["result"]["suggest"] == suggest
    assert answer["detail"][1]["keyword"] == "调表车"
    assert check(lone_sandbox, openid, "有没有新车")["result"]["suggest"] == "pass"


def test_the_title_is_checked_as_well(lone_sandbox):
    lone_sandbox.control("POST", "/verdicts", text="调表", suggest="risky")
    assert (
        check(lone_sandbox, lone_sandbox.active_user(), title="调表")["result"]["suggest"]
        == "risky"
    )


def test_the_strictest_verdict_wins_and_a_later_one_replaces_an_earlier(lone_sandbox):
    openid = lone_sandbox.active_user()
    lone_sandbox.control("POST", "/verdicts", text="调表", suggest="risky")
    lone_sandbox.control("POST", "/verdicts", text="车", suggest="review")
    assert check(lone_sandbox, openid, "调表车")["result"]["suggest"] == "risky"
    lone_sandbox.control("POST", "/verdicts", text="调表", suggest="pass")
    assert check(lone_sandbox, openid, "调表车")["result"]["suggest"] == "review"
    lone_sandbox.control("DELETE", "/verdicts")
    assert check(lone_sandbox, openid, "调表车")["result"]["suggest"] == "pass"


@pytest.mark.parametrize(
    ("other", "errcode"),
    [
        ({"version": 1}, 40097),
        ({"scene": 5}, 40129),
        ({"content": ""}, 44002),
        ({"content": "长" * 2501}, 45002),
        ({"content": 5}, 47001),
        ({"openid": "o-nobody"}, 40003),
    ],
)
def test_a_bad_request_is_refused(lone_sandbox, other, errcode):
    body = {"version": 2, "openid": lone_sandbox.active_user(), "scene": 3, "content": "文字"}
    assert lone_sandbox.wechat("/wxa/msg_sec_check", body | other)["errcode"] == errcode


def test_the_longest_text_is_taken(lone_sandbox):
    assert check(lone_sandbox, lone_sandbox.active_user(), "长" * 2500)["errcode"] == 0


def test_a_user_who_was_not_there_for_two_hours_is_refused(lone_sandbox):
    openid = lone_sandbox.active_user()
    lone_sandbox.ahead(2 * 3600 - 60)
    assert check(lone_sandbox, openid)["errcode"] == 0
    lone_sandbox.ahead(120)
    assert check(lone_sandbox, openid)["errcode"] == 61010
    lone_sandbox.exchange(lone_sandbox.login_code(openid))
    assert check(lone_sandbox, openid)["errcode"] == 0


def test_a_message_counts_as_being_there(sandbox):
    openid = sandbox.user()
    assert check(sandbox, openid)["errcode"] == 61010
    sandbox.say(openid)
    assert check(sandbox, openid)["errcode"] == 0


def test_four_thousand_a_minute(lone_sandbox):
    openid = lone_sandbox.active_user()
    lone_sandbox.world.state.minutes["msg_sec_check"] = [lone_sandbox.world.now()] * 4000
    assert check(lone_sandbox, openid)["errcode"] == 44991
    lone_sandbox.ahead(61)
    assert check(lone_sandbox, openid)["errcode"] == 0


def test_two_million_a_day(lone_sandbox):
    openid = lone_sandbox.active_user()
    check(lone_sandbox, openid)
    lone_sandbox.world.state.days["msg_sec_check"].count = 2_000_000
    assert check(lone_sandbox, openid)["errcode"] == 45009
    lone_sandbox.ahead(24 * 3600)
    lone_sandbox.exchange(lone_sandbox.login_code(openid))
    assert check(lone_sandbox, openid)["errcode"] == 0


def test_what_is_not_json_is_refused(lone_sandbox):
    token = lone_sandbox.stable_token()["access_token"]
    reply = lone_sandbox.http.post(
        "/wxa/msg_sec_check", content=b"{", params={"access_token": token}
    )
    assert reply.json()["errcode"] == 47001


def test_a_verdict_needs_a_text_and_a_known_suggestion(lone_sandbox):
    assert lone_sandbox.refused("POST", "/verdicts", suggest="risky") == (
        400,
        "one of text and media is needed",
    )
    status, sentence = lone_sandbox.refused("POST", "/verdicts", text="x", suggest="bad")
    assert (status, "suggest" in sentence) == (400, True)
