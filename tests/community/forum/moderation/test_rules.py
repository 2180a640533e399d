"""Cases: decided once, with the name of who was first; cards and words for them."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.wechat.fields import CHARS_MAX
from chalicelib.wecom.client import TEXT_BYTES_MAX
from community.commons.audit.rules import Entry
from community.commons.staff.rules import Role, Staff
from community.facts import CaseDecision
from community.forum.moderation import cards, rules, texts
from community.forum.moderation.contents import TITLE_CHARS_MAX
from community.forum.moderation.rules import Case, CaseDecidedAlready
from community.forum.posts.rules import State
from tests.world import START

ZHANGSAN = Staff("zhangsan", "张三", (Role.MODERATOR,))
LISI = Staff("lisi", "李四", (Role.MODERATOR,))
OF_CASE: dict[str, Any] = {"author_id": "m", "opened_at": START}
CASE = Case(case_id="c", post_id="c", comment_id=None, **OF_CASE)


@pytest.mark.parametrize(
    ("decision", "words"),
    [(CaseDecision.PASS, "已由 张三 通过"), (CaseDecision.REMOVE, "已由 张三 删除")],
)
def test_a_decision_says_whose_it_was(decision: CaseDecision, words: str) -> None:
    decided = rules.decided(CASE, decision, by=ZHANGSAN, now=START)
    assert (decided.decision, decided.decided_by, decided.decided_at) == (decision, "张三", START)
    assert rules.words_for(decided) == words


@pytest.mark.parametrize("second", CaseDecision)
def test_the_second_to_decide_is_told_who_was_first(second: CaseDecision) -> None:
    decided = rules.decided(CASE, CaseDecision.REMOVE, by=ZHANGSAN, now=START)
    with pytest.raises(CaseDecidedAlready) as refused:
        rules.decided(decided, second, by=LISI, now=START)
    assert refused.value.detail == "已由 张三 删除"


def test_a_card_shows_the_content_and_two_answers() -> None:
    card = cards.card("c", what="评论", author="老李", title="同问", text="同问\n我也想知道")
    assert card["main_title"]["title"] == "评论待审核"
    assert [line["value"] for line in card["horizontal_content_list"]] == ["老李", "同问"]
    assert card["sub_title_text"] == "同问\n我也想知道"
    assert [button["text"] for button in card["button_list"]] == ["通过", "删除"]
    assert cards.subject_of(card["task_id"]) == "c"


@pytest.mark.parametrize("state", texts.TOLD)
def test_what_an_author_is_told_fits_into_a_wechat_notice(state: State) -> None:
    assert len(texts.TOLD[state].result) <= CHARS_MAX["phrase"]
    assert len(texts.TOLD[state].notice) <= CHARS_MAX["thing"]
    assert CHARS_MAX["thing"] >= TITLE_CHARS_MAX


@pytest.mark.parametrize("letter", ["a", "é", "字", "🚗", "𠮷"])
@pytest.mark.parametrize("before", ["", "a", "字"])
def test_a_text_in_parts_is_whole_and_each_has_room_in_a_message(letter: str, before: str) -> None:
    text = before + letter * 5_000
    parts = rules.parts_of(text)
    assert "".join(parts) == text
    headings = [
        texts.PART.format(what="视频", title="🚗" * TITLE_CHARS_MAX, number=12, of=12, text=part)
        for part in parts
    ]
    assert max(len(heading.encode()) for heading in headings) <= TEXT_BYTES_MAX


@pytest.mark.parametrize(
    ("what", "about"),
    [
        ({}, "post#p"),
        ({"comment_id": "c"}, "comment#c"),
        ({"media_id": "m"}, "media#m"),
    ],
)
def test_a_decision_is_written_down_about_what_was_decided(
    what: dict[str, str], about: str
) -> None:
    case = Case(**{"case_id": "p-2", "post_id": "p", "comment_id": None, **what}, **OF_CASE)
    decided = rules.decided(case, CaseDecision.REMOVE, by=ZHANGSAN, now=START)
    assert rules.written_down(decided, by="zhangsan") == Entry(
        what="moderation.remove",
        about=about,
        by="zhangsan",
        at=START,
        before={"case_id": "p-2", "decision": None},
        after={"case_id": "p-2", "decision": "remove"},
    )
