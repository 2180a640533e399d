"""Exchanging a code of wx.login."""

import pytest


def test_a_code_is_exchanged_for_openid_session_key_and_unionid(lone_sandbox):
    openid = lone_sandbox.user(unionid="u-anna", nickname="安娜")
    session = lone_sandbox.exchange(lone_sandbox.login_code(openid))
    assert session["openid"] == openid
    assert session["unionid"] == "u-anna"
    assert len(session["session_key"]) == 24


def test_a_code_is_good_once(lone_sandbox):
    code = lone_sandbox.login_code(lone_sandbox.user())
    lone_sandbox.exchange(code)
    assert lone_sandbox.exchange(code)["errcode"] == 40029


def test_a_code_is_good_for_five_minutes(lone_sandbox):
    openid = lone_sandbox.user()
    in_time, too_late = lone_sandbox.login_code(openid), lone_sandbox.login_code(openid)
    lone_sandbox.ahead(290)
    assert lone_sandbox.exchange(in_time)["openid"] == openid
    lone_sandbox.ahead(11)
    assert lone_sandbox.exchange(too_late)["errcode"] == 40029


def test_an_unknown_code_is_refused(lone_sandbox):
    assert lone_sandbox.exchange("0nonsense")["errcode"] == 40029


@pytest.mark.parametrize(
    ("other", "errcode"),
    [
        ({"appid": None}, 41002),
        ({"secret": None}, 41004),
        ({"js_code": None}, 41008),
        ({"appid": "wx0000000000000000"}, 40013),
        ({"secret": "wrong"}, 40125),
        ({"grant_type": "client_credential"}, 40002),
    ],
)
def test_a_wrong_parameter_is_named_and_the_code_stays_good(lone_sandbox, other, errcode):
    code = lone_sandbox.login_code(lone_sandbox.user())
    assert lone_sandbox.exchange(code, **other)["errcode"] == errcode
    assert "openid" in lone_sandbox.exchange(code)


def test_a_blocked_user_is_refused(lone_sandbox):
    openid = lone_sandbox.user()
    lone_sandbox.control("PUT", f"/users/{openid}", blocked=True)
    assert lone_sandbox.exchange(lone_sandbox.login_code(openid))["errcode"] == 40226


def test_a_user_may_sign_in_a_hundred_times_a_minute(lone_sandbox):
    openid, other = lone_sandbox.user(), lone_sandbox.user()
    codes = [lone_sandbox.login_code(openid) for _ in range(101)]
    answers = [lone_sandbox.exchange(code) for code in codes]
    assert all("openid" in answer for answer in answers[:100])
    assert answers[100]["errcode"] == 45011
    assert "openid" in lone_sandbox.exchange(lone_sandbox.login_code(other))
    lone_sandbox.ahead(61)
    assert "openid" in lone_sandbox.exchange(lone_sandbox.login_code(openid))


def test_the_answer_is_declared_as_text_as_wechat_does(lone_sandbox):
    reply = lone_sandbox.http.get("/sns/jscode2session")
    assert reply.headers["content-type"].startswith("text/plain")
    assert reply.json()["errcode"] == 41002
