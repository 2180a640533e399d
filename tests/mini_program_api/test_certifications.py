"""/v1/certifications and /v1/licence-readings"""

from __future__ import annotations

from typing import Any

import pytest

from community.facts import CertificationDecision
from community.people.certifications import service as certifications
from tests.community.people.certifying import Upload
from tests.gateway import Gateway, Reply
from tests.world import A_PLATE, A_VIN, Person, World

PATH = "/v1/certifications"


def apply(api: Gateway, who: Person, key: str | None = None, **fields: Any) -> Reply:
    body = {"kind": "owner", "vin": A_VIN, "plate_number": A_PLATE, "model": "Model X", **fields}
    return api.post(PATH, body, as_=who, key=key)


def test_an_application_is_accepted_and_waits(api: Gateway, wang: Person) -> None:
    reply = apply(api, wang)
    assert reply.status == 202
    assert reply.json["state"] == "submitted"
    assert reply.json["certification_id"]


def test_my_applications_are_listed_newest_first(api: Gateway, wang: Person, world: World) -> None:
    first = apply(api, wang).json
    world.later(seconds=1)
    second = apply(api, wang, vin="LSVAA49J132000002").json
    listed = api.get(PATH, as_=wang).json
    assert listed == {"items": [second, first], "next_cursor": None}


def test_nobody_sees_anothers_applications(api: Gateway, li: Person, wang: Person) -> None:
    apply(api, wang)
    assert api.get(PATH, as_=li).json["items"] == []


def test_neither_car_nor_whole_plate_comes_back(api: Gateway, wang: Person) -> None:
    texts = apply(api, wang).text + api.get(PATH, as_=wang).text
    assert A_VIN not in texts
    assert A_PLATE not in texts
    assert "沪A***45" in texts


def test_a_decision_shows_in_the_list(api: Gateway, wang: Person, world: World) -> None:
    made = apply(api, wang).json
    certifications.decide(
        made["certification_id"], CertificationDecision.APPROVE, by="zhangsan", now=world.now
    )
    (listed,) = api.get(PATH, as_=wang).json["items"]
    assert (listed["state"], listed["decided_at"]) == ("approved", "2026-11-22T04:00:00Z")
    assert "张三" not in str(listed)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"vin": "x"}, ["vin"]),
        ({"plate_number": "x"}, ["plate_number"]),
        ({"model": " "}, ["model"]),
        ({"vin": "x", "plate_number": "x", "model": ""}, ["vin", "plate_number", "model"]),
        ({"kind": "buyer"}, ["kind"]),
        ({"vin": "x" * 41}, ["vin"]),
        ({"model": None}, ["model"]),
        ({"vin": None, "plate_number": None}, ["vin", "plate_number"]),
        ({"vin": 17}, ["vin"]),
        ({"vin": "LSVAA49J13200000"}, ["vin"]),
        ({"vin": "LSVAA49J1320000011"}, ["vin"]),
        ({"plate_number": "沪A1234"}, ["plate_number"]),
        ({"plate_number": "沪A1234567"}, ["plate_number"]),
        ({"plate_number": "沪" * 21}, ["plate_number"]),
        ({"model": "M" * 41}, ["model"]),
        ({"licence_media_id": ""}, ["licence_media_id"]),
        ({"licence_media_id": "m" * 65}, ["licence_media_id"]),
        ({"invitation_code": ""}, ["invitation_code"]),
        ({"invitation_code": "c" * 41}, ["invitation_code"]),
        ({"kind": "deposit_holder"}, ["kind"]),
        ({"kind": "purchase_intention", "when": "soon"}, ["when"]),
        ({"kind": "purchase_intention"}, ["when", "budget_fen_max"]),
        ({"budget_fen_max": -1}, ["budget_fen_max"]),
        ({"budget_fen_max": 1_000_000_001}, ["budget_fen_max"]),
        ({"budget_fen_min": 1.5}, ["budget_fen_min"]),
        (
            {
                "kind": "purchase_intention",
                "when": "later",
                "budget_fen_min": 2,
                "budget_fen_max": 1,
            },
            ["budget_fen_max"],
        ),
        ({"kind": "invitation"}, ["invitation_code"]),
    ],
)
def test_every_wrong_field_is_named(
    api: Gateway, wang: Person, fields: dict[str, Any], wrong: list[str]
) -> None:
    assert apply(api, wang, **fields).wrong_fields == wrong


def test_the_same_car_is_looked_at_once_per_member(api: Gateway, wang: Person) -> None:
    apply(api, wang)
    assert apply(api, wang).refusal == (409, "certification_open")


def test_the_same_call_again_with_its_key_is_no_second_application(
    api: Gateway, wang: Person, world: World
) -> None:
    first = apply(api, wang, key="k")
    world.later(minutes=1)
    again = apply(api, wang, key="k")
    assert (again.status, again.json) == (202, first.json)
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_guest_is_asked_to_sign_in(api: Gateway, method: str) -> None:
    assert api.call(method, PATH).refusal == (401, "sign_in_first")


@pytest.mark.parametrize(
    "fields",
    [
        {"model": "M"},
        {"model": "M" * 40},
        {"plate_number": "沪A12345"},
        {"plate_number": "沪AD12345"},
        {
            "kind": "purchase_intention",
            "when": "later",
            "budget_fen_min": 0,
            "budget_fen_max": 1_000_000_000,
        },
    ],
    ids=["short model", "long model", "plate", "green plate", "budget"],
)
def test_what_is_at_its_bounds_is_taken(api: Gateway, wang: Person, fields: dict[str, Any]) -> None:
    assert apply(api, wang, **fields).status == 202


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"licence_media_id": "unknown"}, (422, "no_such_media")),
        ({"invitation_code": "ABCDEFGHJK"}, (422, "code_unknown")),
        ({"kind": "invitation", "invitation_code": "码" * 40}, (422, "code_unknown")),
    ],
)
def test_what_is_not_there_leaves_nothing_behind(
    api: Gateway, wang: Person, fields: dict[str, Any], refusal: tuple[int, str]
) -> None:
    assert apply(api, wang, **fields).refusal == refusal
    assert api.get(PATH, as_=wang).json["items"] == []


def test_a_sixth_application_of_a_day_is_too_many(api: Gateway, wang: Person, world: World) -> None:
    for number in range(5):
        assert apply(api, wang, vin=f"LSVAA49J13200002{number}").status == 202
    refused = apply(api, wang)
    assert refused.refusal == (429, "too_many_attempts")
    assert int(refused.headers["retry-after"]) > 0


def test_a_photo_is_uploaded_read_and_handed_in(api: Gateway, wang: Person, upload: Upload) -> None:
    photo = upload(wang, vin="LSVAA49J132000009", plate_num="沪B88888", model="启程牌")
    read = api.post("/v1/licence-readings", {"licence_media_id": photo}, as_=wang)
    assert (read.status, read.json) == (
        200,
        {"vin": "LSVAA49J132000009", "plate_number": "沪B88888", "model": "启程牌"},
    )
    assert read.headers["cache-control"] == "no-store"
    made = api.post(PATH, {"kind": "owner", "licence_media_id": photo}, as_=wang)
    assert (made.status, made.json["plate_number"]) == (202, "沪B***88")
    again = api.post("/v1/licence-readings", {"licence_media_id": photo}, as_=wang)
    assert again.refusal == (409, "media_used")


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        (101001, (422, "licence_unreadable")),
        (101003, (503, "ocr_quota_used_up")),
        (-1, (503, "unavailable")),
    ],
)
def test_what_cannot_be_read_says_why(
    api: Gateway,
    wang: Person,
    upload: Upload,
    world: World,
    answer: int,
    refusal: tuple[int, str],
) -> None:
    photo = upload(wang)
    world.platform.answers("/cv/ocr/driving", answer)
    body = {"licence_media_id": photo}
    assert api.post("/v1/licence-readings", body, as_=wang).refusal == refusal


@pytest.mark.parametrize("media_id", [None, "", 7, "m" * 65])
def test_a_reading_needs_a_photo(api: Gateway, wang: Person, media_id: Any) -> None:
    body = {"licence_media_id": media_id}
    reply = api.post("/v1/licence-readings", body, as_=wang)
    assert reply.wrong_fields == ["licence_media_id"]


# Supplements


def test_what_a_moderator_asked_for_is_put_there(api: Gateway, wang: Person, world: World) -> None:
    made = apply(api, wang).json
    path = f"{PATH}/{made['certification_id']}"
    assert api.put(path, {"model": "ID.4"}, as_=wang).refusal == (409, "supplement_not_asked")
    ask_more = CertificationDecision.ASK_MORE
    certifications.decide(made["certification_id"], ask_more, by="zhangsan", now=world.now)
    assert api.put(path, {}, as_=wang).refusal == (422, "invalid")
    assert api.put(path, {"vin": "x"}, as_=wang).wrong_fields == ["vin"]
    reply = api.put(path, {"model": "ID.4"}, as_=wang)
    assert (reply.status, reply.json["state"], reply.json["model"]) == (200, "submitted", "ID.4")


@pytest.mark.parametrize("certification_id", ["unknown", "x" * 3_000])
def test_what_is_not_mine_is_not_there(
    api: Gateway, li: Person, wang: Person, world: World, certification_id: str
) -> None:
    foreign = apply(api, li).json["certification_id"]
    for each in (certification_id, foreign):
        path = f"{PATH}/{each}"
        assert api.put(path, {"model": "x"}, as_=wang).refusal == (404, "no_such_certification")
        reply = api.post(f"{path}/transfer", {"answer": "hand_over"}, as_=wang)
        assert reply.refusal == (404, "no_such_certification")


# Transfers


def test_the_owner_hands_a_car_over(api: Gateway, wang: Person, world: World) -> None:
    zhao = world.joins("zhao")
    first = apply(api, zhao).json["certification_id"]
    certifications.decide(first, CertificationDecision.APPROVE, by="zhangsan", now=world.now)
    wanted = apply(api, wang).json
    assert wanted["transfer"] == {"due_at": "2026-11-29T04:00:00Z", "answer": None}
    path = f"{PATH}/{wanted['certification_id']}/transfer"
    assert api.post(path, {"answer": "yes"}, as_=zhao).wrong_fields == ["answer"]
    replies = [api.post(path, {"answer": "hand_over"}, as_=zhao, key="k") for _ in range(2)]
    assert [(r.status, r.json["answer"]) for r in replies] == [(200, "hand_over")] * 2
    assert api.post(path, {"answer": "refuse"}, as_=zhao).refusal == (409, "transfer_settled")
    (mine,) = api.get(PATH, as_=wang).json["items"]
    (theirs,) = api.get(PATH, as_=zhao).json["items"]
    assert (mine["state"], theirs["state"]) == ("approved", "transferred")
