"""Access tokens: how long they live, and what ends them."""

import pytest

SEND = "/cgi-bin/message/subscribe/send"


def errcode_with(sandbox, token, path=SEND):
    """What an API says to the token; 40003 and 41011 come after the token was taken."""
    return sandbox.post(path, {}, access_token=token)["errcode"]


def is_good(sandbox, token):
    return errcode_with(sandbox, token) == 40003


def test_a_stable_token_stays_the_same_with_the_remaining_time(lone_sandbox):
    first = lone_sandbox.stable_token()
    lone_sandbox.ahead(1000)
    second = lone_sandbox.stable_token()
    assert first["expires_in"] == 7200
    assert second["access_token"] == first["access_token"]
    assert 6199 <= second["expires_in"] <= 6200


def test_in_its_last_five_minutes_the_next_one_is_given_and_both_are_good(lone_sandbox):
    old = lone_sandbox.stable_token()["access_token"]
    lone_sandbox.ahead(7200 - 299)
    new = lone_sandbox.stable_token()
    assert new["access_token"] != old
    assert new["expires_in"] == 7200
    assert is_good(lone_sandbox, old)
    assert is_good(lone_sandbox, new["access_token"])
    lone_sandbox.ahead(300)
    assert errcode_with(lone_sandbox, old) == 42001
    assert is_good(lone_sandbox, new["access_token"])


def test_a_forced_refresh_supersedes_the_token(lone_sandbox):
    old = lone_sandbox.stable_token()["access_token"]
    new = lone_sandbox.stable_token(force_refresh=True)["access_token"]
    assert new != old
    assert errcode_with(lone_sandbox, old) == 40001
    assert is_good(lone_sandbox, new)


def test_a_second_forced_refresh_within_30_seconds_changes_nothing(lone_sandbox):
    first = lone_sandbox.stable_token(force_refresh=True)["access_token"]
    assert lone_sandbox.stable_token(force_refresh=True)["access_token"] == first
    lone_sandbox.ahead(31)
    assert lone_sandbox.stable_token(force_refresh=True)["access_token"] != first


def test_twenty_forced_refreshes_a_day(lone_sandbox):
    to_midnight_in_beijing = 24 * 3600 - (lone_sandbox.world.now() + 8 * 3600) % (24 * 3600)
    lone_sandbox.ahead(to_midnight_in_beijing + 1)
    answers = []
    for _ in range(21):
        answers.append(lone_sandbox.stable_token(force_refresh=True))
        lone_sandbox.ahead(31)
    assert all("access_token" in answer for answer in answers[:20])
    assert answers[20]["errcode"] == 45009
    assert "access_token" in lone_sandbox.stable_token()
    lone_sandbox.ahead(24 * 3600)
    assert "access_token" in lone_sandbox.stable_token(force_refresh=True)


def test_a_plain_token_supersedes_the_one_before_after_five_minutes(lone_sandbox):
    query = {
        "grant_type": "client_credential",
        "appid": lone_sandbox.identity.appid,
        "secret": lone_sandbox.identity.wechat_secret,
    }
    old = lone_sandbox.get("/cgi-bin/token", **query)["access_token"]
    new = lone_sandbox.get("/cgi-bin/token", **query)["access_token"]
    assert old != new
    assert is_good(lone_sandbox, old)
    lone_sandbox.ahead(301)
    assert errcode_with(lone_sandbox, old) == 40001
    assert is_good(lone_sandbox, new)


def test_plain_and_stable_tokens_do_not_touch_each_other(lone_sandbox):
    stable = lone_sandbox.stable_token()["access_token"]
    query = {
        "grant_type": "client_credential",
        "appid": lone_sandbox.identity.appid,
        "secret": lone_sandbox.identity.wechat_secret,
    }
    plain = lone_sandbox.get("/cgi-bin/token", **query)["access_token"]
    lone_sandbox.ahead(301)
    lone_sandbox.stable_token(force_refresh=True)
    assert errcode_with(lone_sandbox, stable) == 40001
    assert is_good(lone_sandbox, plain)


def test_a_wecom_token_stays_the_same_until_it_ends(lone_sandbox):
    first = lone_sandbox.wecom_token()
    assert (first["errcode"], first["expires_in"]) == (0, 7200)
    lone_sandbox.ahead(7000)
    assert lone_sandbox.wecom_token()["access_token"] == first["access_token"]
    lone_sandbox.ahead(201)
    assert errcode_with(lone_sandbox, first["access_token"], "/cgi-bin/message/send") == 42001
    assert lone_sandbox.wecom_token()["access_token"] != first["access_token"]


def test_a_token_of_one_platform_is_unknown_to_the_other(lone_sandbox):
    wechat, wecom = (
        lone_sandbox.stable_token()["access_token"],
        lone_sandbox.wecom_token()["access_token"],
    )
    assert errcode_with(lone_sandbox, wecom) == 40014
    assert errcode_with(lone_sandbox, wechat, "/cgi-bin/message/send") == 40014
    assert errcode_with(lone_sandbox, wecom, "/cgi-bin/message/send") == 41011


def test_no_token_and_an_invented_token_are_refused(lone_sandbox):
    assert lone_sandbox.post(SEND, {})["errcode"] == 41001
    assert errcode_with(lone_sandbox, "invented") == 40014


@pytest.mark.parametrize("errcode", [42001, 40001, 40014])
def test_a_token_can_be_ended_early_in_each_way(lone_sandbox, errcode):
    old = lone_sandbox.stable_token()["access_token"]
    wecom = lone_sandbox.wecom_token()["access_token"]
    assert lone_sandbox.control("POST", "/tokens/expire", platform="wechat", errcode=errcode) == {
        "ended": 1
    }
    assert errcode_with(lone_sandbox, old) == errcode
    new = lone_sandbox.stable_token()["access_token"]
    assert new != old
    assert is_good(lone_sandbox, new)
    assert errcode_with(lone_sandbox, wecom, "/cgi-bin/message/send") == 41011


def test_all_tokens_can_be_ended_at_once(lone_sandbox):
    lone_sandbox.stable_token()
    lone_sandbox.wecom_token()
    assert lone_sandbox.control("POST", "/tokens/expire") == {"ended": 2}


@pytest.mark.parametrize(
    ("other", "errcode"),
    [
        ({"appid": "wx0"}, 40013),
        ({"secret": "x"}, 40125),
        ({"grant_type": "x"}, 40002),
        ({"appid": ""}, 41002),
    ],
)
def test_a_wrong_credential_gets_no_stable_token(lone_sandbox, other, errcode):
    assert lone_sandbox.stable_token(**other)["errcode"] == errcode


@pytest.mark.parametrize(
    ("other", "errcode"),
    [({"corpid": "ww0"}, 40013), ({"corpsecret": "x"}, 40001), ({"corpid": ""}, 41002)],
)
def test_a_wrong_credential_gets_no_wecom_token(lone_sandbox, other, errcode):
    assert lone_sandbox.wecom_token(**other)["errcode"] == errcode


def test_the_stable_token_is_asked_for_with_json_by_post_only(lone_sandbox):
    assert lone_sandbox.get("/cgi-bin/stable_token")["errcode"] == 43002
    reply = lone_sandbox.http.post(
        "/cgi-bin/stable_token", data={"grant_type": "client_credential"}
    )
    assert reply.json()["errcode"] == 47001
