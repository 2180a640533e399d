"""Cards with buttons: within the platform's limits, whatever people wrote."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from community.commons.outbound.cards import (
    KEY_CHARS_MAX,
    LINES_MAX,
    TEXT_CHARS_MAX,
    TITLE_CHARS_MAX,
    VALUE_CHARS_MAX,
    button,
    shortened,
    task_card,
)


def a_card(**fields: Any) -> dict[str, Any]:
    return task_card(
        **{
            "task_id": "case-1",
            "area": "内容审核",
            "title": "帖子待审核",
            "about": {"作者": "车友一"},
            "text": "首保多少钱",
            "buttons": [button("通过", "moderation.pass", style=1)],
            **fields,
        }
    )


def test_a_card_says_what_it_is_about() -> None:
    card = a_card()
    assert card["card_type"] == "button_interaction"
    assert card["source"] == {"desc": "会员社区 · 内容审核"}
    assert card["main_title"] == {"title": "帖子待审核"}
    assert card["horizontal_content_list"] == [{"keyname": "作者", "value": "车友一"}]
    assert card["button_list"] == [{"text": "通过", "style": 1, "key": "moderation.pass"}]


@given(st.text(), st.text(), st.dictionaries(st.text(), st.text()))
def test_no_text_is_longer_than_the_platform_takes(
    title: str, text: str, about: dict[str, str]
) -> None:
    card = a_card(title=title, text=text, about=about)
    lines = card["horizontal_content_list"]
    assert len(card["main_title"]["title"]) <= TITLE_CHARS_MAX
    assert len(card["sub_title_text"]) <= TEXT_CHARS_MAX
    assert len(lines) <= LINES_MAX
    assert all(len(line["keyname"]) <= KEY_CHARS_MAX for line in lines)
    assert all(len(line["value"]) <= VALUE_CHARS_MAX for line in lines)


@given(st.text(), st.integers(1, 40))
def test_a_text_that_fits_stays_and_a_longer_one_shows_that_it_was_cut(
    text: str, chars_max: int
) -> None:
    cut = shortened(text, chars_max)
    assert cut == text if len(text) <= chars_max else cut == f"{text[: chars_max - 1]}…"
    assert len(cut) <= chars_max
