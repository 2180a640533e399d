"""Problem documents: the status of each kind of refusal, and what a document says."""

from __future__ import annotations

import json

import msgspec
import pytest

from chalicelib import problems
from chalicelib.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    Refusal,
    TooMany,
    Unavailable,
    Unlock,
    WayIn,
)
from chalicelib.problems import TooLarge, WrongMediaType


class NotEnoughWheels(Conflict):
    code = "not_enough_wheels"
    text = "车轮不够"


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Invalid, 422),
        (Forbidden, 403),
        (NotFound, 404),
        (Conflict, 409),
        (TooMany, 429),
        (Unavailable, 503),
        (WrongMediaType, 415),
        (TooLarge, 413),
        (NotEnoughWheels, 409),
    ],
)
def test_every_kind_of_refusal_has_its_status(kind: type[Refusal], status: int) -> None:
    problem = problems.of_refusal(kind())
    assert problems.status_of(kind) == problem.status == status


def written(refusal: Refusal) -> dict[str, object]:
    document: dict[str, object] = json.loads(msgspec.json.encode(problems.of_refusal(refusal)))
    return document


def test_a_problem_says_code_and_sentence() -> None:
    assert written(NotEnoughWheels()) == {
        "title": "Conflict",
        "status": 409,
        "code": "not_enough_wheels",
        "detail": "车轮不够",
    }


def test_a_problem_names_the_wrong_fields() -> None:
    refusal = Invalid(errors=[FieldError("vin", "缺少此项"), FieldError("model", "缺少此项")])
    assert written(refusal)["errors"] == [
        {"field": "vin", "message": "缺少此项"},
        {"field": "model", "message": "缺少此项"},
    ]


def test_a_problem_says_what_unlocks() -> None:
    unlock = Unlock("仅限认证车主", (WayIn("certify_owner", "完成车主认证即可解锁"),))
    assert written(Forbidden(unlock=unlock))["unlock"] == {
        "reason": "仅限认证车主",
        "how": [{"kind": "certify_owner", "text": "完成车主认证即可解锁"}],
    }


def test_a_bug_gives_an_id_to_ask_about_and_nothing_else() -> None:
    problem = problems.of_bug("request-7")
    assert (problem.status, problem.code, problem.error_id) == (500, "internal_error", "request-7")


def test_who_is_not_known_is_asked_to_sign_in() -> None:
    assert (problems.SIGN_IN_FIRST.status, problems.SIGN_IN_FIRST.detail) == (401, "请先登录")
