"""Scripted misbehaviour."""

import threading
import time

import httpx
import pytest

PATH = "/cgi-bin/stable_token"


def add(sandbox, **fault):
    return sandbox.control("POST", "/faults", path=PATH, **fault)


def test_an_error_code_is_answered_as_often_as_told(lone_sandbox):
    add(lone_sandbox, errcode=-1, times=2)
    answers = [lone_sandbox.stable_token() for _ in range(3)]
    assert [answer.get("errcode") for answer in answers] == [-1, -1, None]
    assert lone_sandbox.control("GET", "/faults")["items"] == []


def test_a_status_is_answered_until_the_faults_are_cleared(lone_sandbox):
    add(lone_sandbox, status=502)
    assert [lone_sandbox.http.post(PATH, json={}).status_code for _ in range(3)] == [502] * 3
    lone_sandbox.control("DELETE", "/faults")
    assert "access_token" in lone_sandbox.stable_token()


def test_a_share_of_the_calls_can_fail(lone_sandbox):
    add(lone_sandbox, errcode=-1, share=0.5)
    answers = [lone_sandbox.stable_token().get("errcode") for _ in range(60)]
    assert 5 < answers.count(-1) < 55


def test_other_apis_are_not_struck(lone_sandbox):
    add(lone_sandbox, status=500)
    assert "access_token" in lone_sandbox.wecom_token()


def test_a_delay_delays_and_the_answer_is_the_usual_one(lone_sandbox):
    add(lone_sandbox, delay_ms=80, times=1)
    started_at = time.monotonic()
    assert "access_token" in lone_sandbox.stable_token()
    assert time.monotonic() - started_at >= 0.08


def test_a_delay_can_end_in_an_error(lone_sandbox):
    add(lone_sandbox, delay_ms=20, errcode=45009)
    assert lone_sandbox.stable_token()["errcode"] == 45009


def test_a_delayed_call_is_carried_out_although_the_caller_hung_up(sandbox, eventually):
    key = sandbox.identity.wecom_bot_key
    sandbox.control("POST", "/faults", path="/cgi-bin/webhook/send", delay_ms=150, times=1)
    body = {"msgtype": "text", "text": {"content": "迟到"}}
    with pytest.raises(httpx.ReadTimeout):
        sandbox.http.post("/cgi-bin/webhook/send", json=body, params={"key": key}, timeout=0.05)
    eventually(lambda: len(sandbox.sent()) == 1)


def test_a_connection_can_be_dropped(lone_sandbox):
    add(lone_sandbox, drop=True, times=1)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        lone_sandbox.stable_token()
    assert "access_token" in lone_sandbox.stable_token()


def test_only_the_dropped_callers_connection_is_cut(lone_sandbox):
    lone_sandbox.control("POST", "/faults", path="/cgi-bin/gettoken", delay_ms=100)
    answers = []
    other = threading.Thread(target=lambda: answers.append(lone_sandbox.wecom_token()))
    other.start()
    add(lone_sandbox, drop=True)
    with (
        pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)),
        httpx.Client(trust_env=False) as client,
    ):
        client.post(lone_sandbox.url + PATH, json={})
    other.join()
    assert "access_token" in answers[0]


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        ({"path": "/unknown", "status": 500}, "no API has the path /unknown"),
        ({"path": PATH}, "one of errcode, status, delay_ms and drop"),
        ({"path": PATH, "errcode": 1, "status": 500}, "only one of errcode, status and drop"),
        ({"path": PATH, "errcode": 0}, "errcode 0 is no error"),
        ({"path": PATH, "status": 99}, "status is from 200"),
        ({"path": PATH, "delay_ms": 0}, "delay_ms is from 1"),
        ({"path": PATH, "drop": True, "times": 0}, "times is at least 1"),
        ({"path": PATH, "drop": True, "share": 2}, "share is above 0"),
        ({"path": PATH, "drop": True, "share": 0.5, "times": 2}, "only one of times and share"),
        ({"path": PATH, "drop": "yes"}, "(in `drop`)"),
        ({"status": 500}, "missing required field `path`"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(lone_sandbox, fault, complaint):
    status, sentence = lone_sandbox.refused("POST", "/faults", **fault)
    assert status == 400
    assert complaint in sentence
