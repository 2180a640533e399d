"""Certification: its states, and what of it is shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib import ids
from chalicelib.wechat.fields import CHARS_MAX
from community.commons.staff.rules import Role, Staff
from community.facts import CertificationDecision
from community.people.certifications import cards, rules, steps, texts
from community.people.certifications.rules import DecidedAlready, State
from tests.builders import a_certification

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
ZHANGSAN = Staff("zhangsan", "张三", (Role.MODERATOR,))
LISI = Staff("lisi", "李四", (Role.MODERATOR,))


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
    decided = steps.decided(a_certification(), decision, by=ZHANGSAN, now=NOW)
    assert (decided.state, decided.decided_by, decided.decided_at) == (state, "张三", NOW)
    assert rules.words_for(decided) == words


@pytest.mark.parametrize("first", CertificationDecision)
def test_the_second_to_decide_is_told_who_was_first(first: CertificationDecision) -> None:
    decided = steps.decided(a_certification(), first, by=ZHANGSAN, now=NOW)
    with pytest.raises(DecidedAlready) as refused:
        steps.decided(decided, CertificationDecision.REJECT, by=LISI, now=NOW)
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
