"""Certification: what an application must say, its states, what of it is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from chalicelib import ids
from chalicelib.errors import Invalid
from chalicelib.wechat.fields import CHARS_MAX
from community.commons.staff.rules import Role, Staff
from community.facts import CertificationDecision
from community.people.certifications import cards, rules, texts
from community.people.certifications.rules import Application, Certification, DecidedAlready, State

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
ZHANGSAN = Staff("zhangsan", "张三", (Role.MODERATOR,))
LISI = Staff("lisi", "李四", (Role.MODERATOR,))


def an_application(**fields: Any) -> Application:
    return Application(
        **{
            "kind": "owner",
            "vin": "LSVAA49J132000001",
            "plate_number": "沪A12345",
            "model": "Model X",
            **fields,
        }
    )


def a_certification() -> Certification:
    certification_id = rules.new_certification_id("m", request_id="r1", now=NOW)
    return rules.submitted(
        an_application(), certification_id=certification_id, member_id="m", now=NOW
    )


def wrong_fields(**fields: Any) -> list[str]:
    with pytest.raises(Invalid) as refused:
        rules.tidied(an_application(**fields))
    assert refused.value.detail == "认证信息有误，请检查后重新提交"
    return [error.field for error in refused.value.errors]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"vin": " lsvaa49j132000001 "}, "LSVAA49J132000001"),
        ({"vin": "LSVAA49J132000001"}, "LSVAA49J132000001"),
    ],
)
def test_a_vin_is_kept_as_it_stands_on_the_car(given: dict[str, str], kept: str) -> None:
    assert rules.tidied(an_application(**given)).vin == kept


@pytest.mark.parametrize(
    "vin",
    [
        "",
        "LSVAA49J13200000",
        "LSVAA49J1320000011",
        "LSVAA49J13200000O",
        "ISVAA49J132000001",
        "LSVAA49J13200Q001",
        "LSVAA49J13200000一",
        "LSVAA49J 32000001",
    ],
)
def test_what_is_no_vin_is_refused(vin: str) -> None:
    assert wrong_fields(vin=vin) == ["vin"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("沪A12345", "沪A12345"),
        ("沪a·12345", "沪A12345"),
        (" 沪A-123 45 ", "沪A12345"),
        ("沪AD12345", "沪AD12345"),
        ("京A12345F", "京A12345F"),
        ("粤B1234挂", "粤B1234挂"),
        ("沪A1234学", "沪A1234学"),
        ("粤Z1234港", "粤Z1234港"),
        ("鄂A1234警", "鄂A1234警"),
    ],
)
def test_a_plate_is_kept_as_it_stands_on_the_car(given: str, kept: str) -> None:
    assert rules.tidied(an_application(plate_number=given)).plate_number == kept


@pytest.mark.parametrize(
    "plate",
    [
        "",
        "沪A1234",
        "沪A1234567",
        "沪I12345",
        "沪A1234O",
        "沪112345",
        "A123456",
        "日A12345",
        "沪A1挂345",
    ],
)
def test_what_is_no_plate_is_refused(plate: str) -> None:
    assert wrong_fields(plate_number=plate) == ["plate_number"]


def test_a_model_of_blanks_is_refused() -> None:
    assert wrong_fields(model="  ") == ["model"]


def test_every_wrong_field_is_named_at_once() -> None:
    assert wrong_fields(vin="x", plate_number="x", model="") == ["vin", "plate_number", "model"]


@pytest.mark.parametrize(
    "fields",
    [{"kind": "buyer"}, {"model": "x" * 41}, {"vin": "L" * 41}, {"plate_number": "沪" * 21}],
)
def test_an_application_out_of_bounds_is_refused_at_the_door(fields: dict[str, str]) -> None:
    whole = {**msgspec.to_builtins(an_application()), **fields}
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(whole), type=Application)


def test_a_submitted_application_waits_for_a_decision() -> None:
    certification = a_certification()
    assert (certification.state, certification.decided_by) == (State.SUBMITTED, None)
    assert ids.time_of(certification.certification_id) == certification.created_at == NOW


@pytest.mark.parametrize(
    ("decision", "state", "words"),
    [
        (CertificationDecision.APPROVE, State.APPROVED, "已由 张三 通过"),
        (CertificationDecision.REJECT, State.REJECTED, "已由 张三 驳回"),
        (CertificationDecision.ASK_MORE, State.NEEDS_MORE, "已由 张三 要求补充资料"),
    ],
)
def test_a_decision_ends_the_waiting_and_says_whose_it_was(
    decision: CertificationDecision, state: State, words: str
) -> None:
    decided = rules.decided(a_certification(), decision, by=ZHANGSAN, now=NOW)
    assert (decided.state, decided.decided_by, decided.decided_at) == (state, "张三", NOW)
    assert rules.words_for(decided) == words


@pytest.mark.parametrize("first", CertificationDecision)
def test_the_second_to_decide_is_told_who_was_first(first: CertificationDecision) -> None:
    decided = rules.decided(a_certification(), first, by=ZHANGSAN, now=NOW)
    with pytest.raises(DecidedAlready) as refused:
        rules.decided(decided, CertificationDecision.REJECT, by=LISI, now=NOW)
    assert refused.value.detail == rules.words_for(decided)


@pytest.mark.parametrize(
    ("plate", "shown"),
    [("沪A12345", "沪A***45"), ("沪AD12345", "沪A***45"), ("粤B1234挂", "粤B***4挂")],
)
def test_a_plate_is_shown_so_that_only_its_owner_knows_it(plate: str, shown: str) -> None:
    assert rules.shown_plate(plate) == shown


# What moderators and members read


def test_a_card_shows_what_a_moderator_needs_and_three_answers() -> None:
    certification = a_certification()
    card = cards.card(certification, nickname="老李")
    assert [line["value"] for line in card["horizontal_content_list"]] == [
        "老李",
        "Model X",
        "沪A12345",
        "LSVAA49J132000001",
    ]
    assert [button["text"] for button in card["button_list"]] == ["通过", "驳回", "补充资料"]
    assert cards.subject_of(card["task_id"]) == certification.certification_id


def test_there_are_words_for_every_decision() -> None:
    assert set(texts.TOLD) == set(rules.STATE_AFTER) == set(CertificationDecision)


@pytest.mark.parametrize("told", texts.TOLD.values(), ids=lambda told: told.result)
def test_what_a_member_is_told_fits_into_a_wechat_notice(told: texts.Told) -> None:
    assert len(told.result) <= CHARS_MAX["phrase"]
    assert len(told.text) <= CHARS_MAX["thing"]
