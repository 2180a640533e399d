"""The door frame and Idempotency-Key: a call that is made again gets the answer of the first one."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.errors import Unavailable
from chalicelib.http import Answer
from tests.chalicelib.toy import LI, CarWash, NoWater

pytestmark = pytest.mark.usefixtures("platform_table")


@pytest.fixture
def car_wash() -> CarWash:
    return CarWash()


@pytest.fixture
def washed(car_wash: CarWash, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """Ask for a wash with a key; every try comes a minute later and under another request id."""
    tries = 0

    def wash(key: str = "k", plate: str = "A", **told: Any) -> Answer:
        nonlocal tries
        tries += 1
        at = datetime(2026, 11, 22, 4, tries, tzinfo=UTC)
        monkeypatch.setattr("chalicelib.clock.utc_now", lambda: at)
        given: dict[str, Any] = {
            "bay": "3",
            "body": json.dumps({"plate": plate}).encode(),
            "headers": {**LI, "idempotency-key": key},
            "request_id": f"request-{tries}",
            **told,
        }
        return car_wash.serve("POST", "/bays/{bay}/washes", **given)

    return wash


Washed = Callable[..., Answer]


def code(answer: Answer) -> str:
    said: str = json.loads(answer.body)["code"]
    return said


def is_replayed(answer: Answer) -> bool:
    return answer.headers.get("Idempotency-Replayed") == "true"


def test_the_same_call_again_gets_the_same_answer_and_says_so(washed: Washed) -> None:
    first, again = washed(), washed()
    assert (again.status, again.body) == (first.status, first.body)
    assert [is_replayed(answer) for answer in (first, again)] == [False, True]


def test_without_a_key_every_call_is_one_of_its_own(washed: Washed) -> None:
    assert washed(headers=LI).body != washed(headers=LI).body


def test_another_key_is_another_call(washed: Washed) -> None:
    assert washed("k1").body != washed("k2").body


def test_the_same_key_for_another_body_is_a_conflict(washed: Washed) -> None:
    washed()
    answer = washed(plate="B")
    assert (answer.status, code(answer)) == (409, "idempotency_key_reused")


def test_the_same_key_for_another_path_is_another_call(washed: Washed) -> None:
    washed()
    assert not is_replayed(washed(bay="4"))


def test_a_crash_keeps_the_key_so_that_the_retry_goes_on(car_wash: CarWash, washed: Washed) -> None:
    car_wash.raises.append(MemoryError())
    assert washed().status == 500
    again = washed()
    assert (again.status, is_replayed(again)) == (201, True)
    crashed, retried = car_wash.calls
    assert (retried.request_id, retried.now) == (crashed.request_id, crashed.now)


@pytest.mark.parametrize("refusal", [NoWater(), Unavailable()])
def test_after_a_refusal_the_same_may_be_tried_again_and_nothing_else(
    car_wash: CarWash, washed: Washed, refusal: Exception
) -> None:
    car_wash.raises.append(refusal)
    washed()
    assert code(washed(plate="B")) == "idempotency_key_reused"
    assert washed().status == 201


def test_a_refused_retry_does_not_free_the_first_ones_key(
    car_wash: CarWash, washed: Washed
) -> None:
    washed()
    car_wash.raises.append(NoWater())
    washed()
    assert code(washed(plate="B")) == "idempotency_key_reused"


def test_what_cannot_be_understood_takes_no_key(washed: Washed) -> None:
    assert washed(body=b"{").status == 422
    assert not is_replayed(washed())


def test_a_bad_key_is_refused(washed: Washed) -> None:
    answer = washed("")
    assert json.loads(answer.body)["errors"][0]["field"] == "Idempotency-Key"


def test_a_key_means_nothing_to_a_read(car_wash: CarWash, washed: Washed) -> None:
    for _ in range(2):
        answer = car_wash.serve("GET", "/washes", headers={**LI, "idempotency-key": "k"})
        assert not is_replayed(answer)
