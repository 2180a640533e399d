"""POST /v1/partner/archive"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from community.people.archive import rules, texts
from community.people.archive import service as archive
from local.partner import signed
from local.placeholders import SECRETS
from tests.gateway import Gateway, Reply
from tests.world import A_VIN, Person, World

PATH = "/v1/partner/archive"
KEYS = [entry.split(":")[1] for entry in SECRETS["partner_keys"].split(",")]
A_ROW = {"mobile": "13800138000", "vin": A_VIN, "name": "王小明"}
Push = Callable[..., Reply]


@pytest.fixture
def push(world: World, api: Gateway) -> Push:
    """Make a signed call; `ago` lies the signature back, `signed_body` and headers spoil it."""
    nonces = (f"nonce-number-{number:05d}" for number in range(100))

    def push(
        *rows: Any,
        raw: bytes | None = None,
        key: str = KEYS[0],
        partner_id: str = "crm",
        ago: timedelta = timedelta(),
        signed_as: dict[str, Any] | None = None,
        idempotency_key: str | None = None,
        **headers: str | None,
    ) -> Reply:
        body = raw or json.dumps({"rows": rows}, ensure_ascii=False).encode()
        what = {"method": "POST", "path": PATH, "body": body, **(signed_as or {})}
        told = signed(
            key,
            partner_id=partner_id,
            timestamp=str(int((world.now - ago).timestamp())),
            nonce=next(nonces),
            **what,
        )
        told |= {name.replace("_", "-"): text or "" for name, text in headers.items()}
        return api.call("POST", PATH, raw=body.decode(), headers=told, key=idempotency_key)

    return push


def taken(world: World) -> list[str]:
    """Where people and their cars stand now."""
    return [row["pk"] for row in world.rows("people") if row["sk"] in ("member", "archive")]


def nothing_written(world: World) -> bool:
    nonces = [row for row in world.rows("platform") if row["pk"].startswith("partner#")]
    return not taken(world) and not nonces


def test_rows_are_taken_and_the_rejected_are_named(push: Push) -> None:
    reply = push(A_ROW, {"mobile": "138"}, {"mobile": "13800138001", "birthday": "x"})
    assert reply.status == 200
    assert reply.json == {
        "added": 1,
        "refreshed": 0,
        "unchanged": 0,
        "rejected": [
            {"row": 1, "field": "mobile", "reason": texts.MOBILE},
            {"row": 2, "field": "birthday", "reason": texts.DATE},
        ],
        "warnings": [{"row": 0, "field": "vin", "reason": texts.CHECK_DIGIT}],
    }
    assert reply.headers["cache-control"] == "no-store"
    assert archive.match(A_VIN, mobile="13800138000")


def test_a_lost_answer_comes_again_for_the_same_idempotency_key(push: Push) -> None:
    first = push(A_ROW, idempotency_key="k")
    again = push(A_ROW, idempotency_key="k")
    assert again.json == first.json
    assert again.headers["idempotency-replayed"] == "true"
    assert push(A_ROW).json["unchanged"] == 1


def test_both_keys_of_a_partner_are_good_while_one_takes_over(push: Push) -> None:
    assert push(A_ROW, key=KEYS[1]).status == 200
    assert push(A_ROW, key=KEYS[2], partner_id="erp").status == 200


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"Partner_Id": None}, "partner_not_signed"),
        ({"Partner_Timestamp": None}, "partner_not_signed"),
        ({"Partner_Nonce": None}, "partner_not_signed"),
        ({"Partner_Signature": None}, "partner_not_signed"),
        ({"Partner_Timestamp": "１７９５３２００００"}, "partner_not_signed"),
        ({"Partner_Timestamp": "-179532000"}, "partner_not_signed"),
        ({"Partner_Nonce": "short"}, "partner_not_signed"),
        ({"Partner_Nonce": "n" * 65}, "partner_not_signed"),
        ({"Partner_Nonce": "n" * 15 + "#"}, "partner_not_signed"),
        ({"Partner_Signature": "A" * 64}, "partner_not_signed"),
        ({"Partner_Signature": "a" * 64}, "partner_signature_wrong"),
        ({"Partner_Nonce": "n" * 64}, "partner_signature_wrong"),
        ({"Partner_Id": "erp"}, "partner_signature_wrong"),
        ({"Partner_Id": "nobody"}, "partner_signature_wrong"),
        ({"key": "k" * 31}, "partner_signature_wrong"),
        ({"key": KEYS[2]}, "partner_signature_wrong"),
        ({"signed_as": {"body": b"{}"}}, "partner_signature_wrong"),
        ({"signed_as": {"path": "/v1/partner/orders"}}, "partner_signature_wrong"),
        ({"signed_as": {"method": "PUT"}}, "partner_signature_wrong"),
        ({"ago": timedelta(seconds=301)}, "partner_signature_stale"),
        ({"ago": timedelta(seconds=-301)}, "partner_signature_stale"),
        ({"ago": timedelta(seconds=301), "key": KEYS[2]}, "partner_signature_wrong"),
    ],
)
def test_who_does_not_prove_who_they_are_is_told_why_and_writes_nothing(
    push: Push, world: World, told: dict[str, Any], code: str
) -> None:
    reply = push(A_ROW, **told)
    assert reply.refusal == (401, code)
    assert reply.headers["www-authenticate"] == "Partner-Signature"
    assert nothing_written(world)


@pytest.mark.parametrize("seconds", [300, -300])
def test_clocks_may_differ_by_five_minutes(push: Push, seconds: int) -> None:
    assert push(A_ROW, ago=timedelta(seconds=seconds)).status == 200


def test_a_call_that_somebody_listened_to_does_nothing_again(
    world: World, api: Gateway, push: Push
) -> None:
    body = json.dumps({"rows": [A_ROW]}).encode()
    headers = signed(
        KEYS[0],
        partner_id="crm",
        method="POST",
        path=PATH,
        body=body,
        timestamp=str(int(world.now.timestamp())),
        nonce="n" * 16,
    )
    assert api.post(PATH, raw=body.decode(), headers=headers).status == 200
    before = world.rows("people")
    world.later(minutes=5)
    replayed = api.post(PATH, raw=body.decode(), headers=headers)
    assert replayed.refusal == (401, "partner_signature_replayed")
    assert world.rows("people") == before
    (nonce,) = [row for row in world.rows("platform") if row["pk"] == "partner#crm"]
    assert nonce["ttl"] > (world.now + timedelta(minutes=4)).timestamp()


def test_a_session_of_a_member_is_no_signature(api: Gateway, world: World) -> None:
    member: Person = world.joins("li")
    reply = api.post(PATH, {"rows": [A_ROW]}, as_=member)
    assert reply.refusal == (401, "partner_not_signed")


@pytest.mark.parametrize("count", [0, rules.ROWS_MAX + 1])
def test_there_are_1_to_100_rows(push: Push, world: World, count: int) -> None:
    rows = [{"mobile": f"138001{number:05d}"} for number in range(count)]
    assert push(*rows).wrong_fields == ["rows"]
    assert taken(world) == []


def test_a_hundred_rows_are_taken(push: Push) -> None:
    rows = [{"mobile": f"138001{number:05d}"} for number in range(rules.ROWS_MAX)]
    assert push(*rows).json["added"] == rules.ROWS_MAX


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"mobile": 13800138000}, "rows[0].mobile"),
        ({"phone": "13800138000"}, "rows[0].phone"),
        ("13800138000", "rows[0]"),
    ],
)
def test_what_is_no_row_is_refused_before_anything_is_taken(
    push: Push, world: World, row: Any, field: str
) -> None:
    assert push(row).wrong_fields == [field]
    assert taken(world) == []


@pytest.mark.parametrize(
    ("raw", "refusal"),
    [(b"[", (422, "malformed")), (b" " * (64 * 1024 + 1), (413, "too_large"))],
)
def test_a_body_that_is_none_is_refused(
    push: Push, world: World, raw: bytes, refusal: tuple[int, str]
) -> None:
    assert push(raw=raw).refusal == refusal
    assert taken(world) == []
