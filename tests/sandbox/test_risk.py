"""How risky a user is."""

import pytest

PATH = "/wxa/getuserriskrank"


def rank(sandbox, openid, /, **other):
    body = {"appid": sandbox.identity.appid, "openid": openid, "scene": 0, "client_ip": "1.2.3.4"}
    return sandbox.wechat(PATH, body | other)


def test_nobody_is_risky_unless_told_otherwise(lone_sandbox):
    openid = lone_sandbox.active_user()
    answer = rank(lone_sandbox, openid)
    assert (answer["errcode"], answer["risk_rank"]) == (0, 0)
    assert isinstance(answer["unoin_id"], int)
    lone_sandbox.control("PUT", f"/users/{openid}", risk_rank=4)
    assert rank(lone_sandbox, openid, scene=2)["risk_rank"] == 4
    assert lone_sandbox.control("GET", f"/users/{openid}")["risk_rank"] == 4


@pytest.mark.parametrize(
    ("other", "errcode"),
    [
        ({"openid": ""}, 44002),
        ({"client_ip": None}, 44002),
        ({"openid": "o-nobody"}, 40003),
        ({"appid": "wx0000000000000000"}, 43104),
        ({"scene": 3}, 40129),
        ({"scene": "0"}, 40129),
        ({"scene": True}, 40129),
    ],
)
def test_a_wrong_question_is_refused(lone_sandbox, other, errcode):
    assert rank(lone_sandbox, lone_sandbox.active_user(), **other)["errcode"] == errcode


def test_who_has_not_been_there_for_two_hours_has_no_rank(lone_sandbox):
    assert rank(lone_sandbox, lone_sandbox.user())["errcode"] == 61010
    openid = lone_sandbox.active_user()
    lone_sandbox.ahead(2 * 3600 + 1)
    assert rank(lone_sandbox, openid)["errcode"] == 61010


@pytest.mark.parametrize("risk_rank", [-1, 5])
def test_ranks_are_from_0_to_4(lone_sandbox, risk_rank):
    path = f"/users/{lone_sandbox.user()}"
    assert lone_sandbox.refused("PUT", path, risk_rank=risk_rank)[0] == 400
