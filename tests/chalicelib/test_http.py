"""The door frame: who calls, what was sent, and how an answer, a refusal and a bug leave."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.errors import Forbidden, NotFound, TooMany, Unavailable, Unlock, WayIn
from chalicelib.http import Answer
from tests.chalicelib.toy import LI, CarWash, NoWater

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
BODY = '{"plate": "沪A12345"}'.encode()


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.clock.utc_now", lambda: NOW)


@pytest.fixture
def car_wash() -> CarWash:
    return CarWash()


def refusal(answer: Answer) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status, json.loads(answer.body)["code"]


def washed(car_wash: CarWash, **told: Any) -> Answer:
    given = {"bay": "3", "body": BODY, "headers": LI, **told}
    return car_wash.serve("POST", "/bays/{bay}/washes", **given)


def _bay_of(path: str) -> dict[str, str]:
    return {"bay": "3"} if "{bay}" in path else {}


def test_a_handler_is_told_who_what_and_when(car_wash: CarWash) -> None:
    assert washed(car_wash).status == 201
    (call,) = car_wash.calls
    assert (call.caller.caller_id, call.body.plate) == ("li", "沪A12345")
    assert (call.request_id, call.now) == ("request-1", NOW)


def test_an_answer_is_json_in_utf_8(car_wash: CarWash) -> None:
    answer = washed(car_wash)
    assert answer.headers["Content-Type"] == "application/json"
    assert '"沪A12345 in 3"' in answer.body


def test_a_handler_that_ends_a_session_can_tell_which(car_wash: CarWash) -> None:
    washed(car_wash)
    assert car_wash.calls[0].token == "token-of-li"


def test_a_handler_without_an_answer_gives_204(car_wash: CarWash) -> None:
    answer = car_wash.serve("PUT", "/bays/{bay}/light", bay="3", headers=LI)
    assert (answer.status, answer.body) == (204, "")


def test_an_answer_that_is_ready_goes_as_it_is(car_wash: CarWash) -> None:
    answer = car_wash.serve("GET", "/open")
    assert (answer.body, answer.headers) == ("yes", {"Content-Type": "text/plain"})


# Who calls


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer token-of-nobody"},
        {"authorization": "Basic token-of-li"},
        {"authorization": "token-of-li"},
    ],
)
def test_who_is_not_known_gets_401_where_members_go(
    car_wash: CarWash, headers: dict[str, str]
) -> None:
    answer = car_wash.serve("GET", "/washes", headers=headers)
    assert refusal(answer) == (401, "sign_in_first")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert car_wash.calls == []


def test_the_scheme_may_be_written_in_any_case(car_wash: CarWash) -> None:
    headers = {"authorization": "bearer token-of-li"}
    assert car_wash.serve("GET", "/washes", headers=headers).status == 200


def test_a_guest_comes_in_where_guests_may(car_wash: CarWash) -> None:
    assert car_wash.serve("GET", "/prices").status == 200
    assert car_wash.calls[0].caller is None


def test_a_member_is_known_where_guests_may_come_in(car_wash: CarWash) -> None:
    car_wash.serve("GET", "/prices", headers=LI)
    assert car_wash.calls[0].caller.caller_id == "li"


def test_a_bad_token_is_refused_where_guests_may_come_in(car_wash: CarWash) -> None:
    headers = {"authorization": "Bearer token-of-nobody"}
    assert refusal(car_wash.serve("GET", "/prices", headers=headers))[0] == 401


def test_nobody_is_asked_who_they_are_where_anyone_may(car_wash: CarWash) -> None:
    headers = {"authorization": "Bearer token-of-nobody"}
    assert car_wash.serve("GET", "/open", headers=headers).status == 200
    assert car_wash.calls[0].caller is None


def test_what_the_caller_is_to_know_comes_in_headers_of_any_answer(car_wash: CarWash) -> None:
    headers = {"authorization": "Bearer token-of-yesterday"}
    for method, path in (("GET", "/washes"), ("PUT", "/bays/{bay}/light"), ("GET", "/prices")):
        answer = car_wash.serve(method, path, headers=headers, **_bay_of(path))
        assert answer.headers["Toy-Token"] == "token-of-li"
        assert "public" not in answer.headers.get("Cache-Control", "")


def test_who_needs_to_know_nothing_gets_no_such_header(car_wash: CarWash) -> None:
    assert "Toy-Token" not in car_wash.serve("GET", "/washes", headers=LI).headers


def test_who_calls_is_asked_before_what_was_sent(car_wash: CarWash) -> None:
    assert washed(car_wash, headers={}, body=b"{").status == 401


# What was sent


@pytest.mark.parametrize(
    ("told", "status", "code"),
    [
        ({"body": b"{}"}, 422, "invalid"),
        ({"body": b"{"}, 422, "malformed"),
        ({"body": b'"' + b"x" * 65_536 + b'"'}, 413, "too_large"),
        ({"headers": {**LI, "content-type": "text/plain"}}, 415, "unsupported_media_type"),
    ],
)
def test_what_cannot_be_understood_is_refused(
    car_wash: CarWash, told: dict[str, Any], status: int, code: str
) -> None:
    assert refusal(washed(car_wash, **told)) == (status, code)
    assert car_wash.calls == []


def test_a_wrong_query_is_refused(car_wash: CarWash) -> None:
    assert refusal(car_wash.serve("GET", "/prices", limit="51")) == (422, "invalid")


# Refusals and bugs


@pytest.mark.parametrize(
    ("raised", "status", "code"),
    [
        (NoWater(), 409, "no_water"),
        (Forbidden(), 403, "forbidden"),
        (NotFound(), 404, "not_found"),
        (TooMany(), 429, "too_many"),
        (Unavailable(), 503, "unavailable"),
        (KeyError("bug"), 500, "internal_error"),
        (AssertionError("bug"), 500, "internal_error"),
    ],
)
def test_what_a_handler_raises_becomes_a_problem(
    car_wash: CarWash, raised: Exception, status: int, code: str
) -> None:
    car_wash.raises.append(raised)
    assert refusal(washed(car_wash)) == (status, code)


def test_who_comes_too_often_is_told_when_to_come_again(car_wash: CarWash) -> None:
    car_wash.raises.append(TooMany(retry_after_s=60))
    assert washed(car_wash).headers["Retry-After"] == "60"


def test_a_refusal_says_what_unlocks(car_wash: CarWash) -> None:
    car_wash.raises.append(Forbidden(unlock=Unlock("仅限车主", (WayIn("certify", "认证"),))))
    assert json.loads(washed(car_wash).body)["unlock"]["how"] == [
        {"kind": "certify", "text": "认证"}
    ]


def test_a_bug_says_an_id_and_nothing_of_itself(car_wash: CarWash) -> None:
    car_wash.raises.append(KeyError("password"))
    answer = washed(car_wash, request_id="request-7")
    assert json.loads(answer.body)["error_id"] == "request-7"
    assert "password" not in answer.body


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_call_writes_one_line(car_wash: CarWash, capsys: pytest.CaptureFixture[str]) -> None:
    washed(car_wash)
    (line,) = lines(capsys)
    assert (line["method"], line["route"], line["status"]) == ("POST", "/bays/{bay}/washes", 201)
    assert line["request_id"] == "request-1"


def test_a_refusals_code_is_in_its_line(
    car_wash: CarWash, capsys: pytest.CaptureFixture[str]
) -> None:
    car_wash.raises.append(NoWater())
    washed(car_wash)
    assert lines(capsys)[-1]["code"] == "no_water"


def test_a_bug_is_logged_with_its_place_and_counted(
    car_wash: CarWash, capsys: pytest.CaptureFixture[str]
) -> None:
    car_wash.raises.append(KeyError("password"))
    washed(car_wash)
    error, metric, call = lines(capsys)
    assert (error["exception"], metric["bug"], call["status"]) == ("KeyError", 1, 500)
    assert "toy.py" in error["at"]


def test_nothing_that_was_sent_is_logged(
    car_wash: CarWash, capsys: pytest.CaptureFixture[str]
) -> None:
    car_wash.raises.append(KeyError("沪A12345"))
    washed(car_wash, bay="bay-of-li")
    said = capsys.readouterr().out
    assert [word for word in ("沪A12345", "bay-of-li", "token-of-li") if word in said] == []


# Caches


def test_a_guests_answer_may_be_kept_for_a_moment(car_wash: CarWash) -> None:
    headers = car_wash.serve("GET", "/prices").headers
    assert headers["Cache-Control"] == "public, max-age=10"
    assert headers["Vary"] == "Authorization"


def test_a_members_answer_is_theirs_alone(car_wash: CarWash) -> None:
    headers = car_wash.serve("GET", "/prices", headers=LI).headers
    assert headers["Cache-Control"] == "private, no-cache"


def test_what_only_members_see_is_not_kept(car_wash: CarWash) -> None:
    assert car_wash.serve("GET", "/washes", headers=LI).headers["Cache-Control"] == "no-store"


def test_what_is_known_already_is_not_sent_again(car_wash: CarWash) -> None:
    etag = car_wash.serve("GET", "/prices").headers["ETag"]
    answer = car_wash.serve("GET", "/prices", headers={"if-none-match": etag})
    assert (answer.status, answer.body, answer.headers["ETag"]) == (304, "", etag)


def test_what_has_changed_is_sent(car_wash: CarWash) -> None:
    answer = car_wash.serve("GET", "/prices", headers={"if-none-match": 'W/"other"'})
    assert answer.status == 200
