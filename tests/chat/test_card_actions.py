"""The table of buttons: every button of every card has its action, and nothing else has."""

from __future__ import annotations

from typing import Any

from chat.card_actions import CARD_ACTIONS
from community.forum.moderation import cards as case_cards
from community.people.certifications import cards as certification_cards
from tests.community.people.certifications.test_rules import a_certification


def keys_of(card: dict[str, Any]) -> set[str]:
    return {button["key"] for button in card["button_list"]}


def test_every_button_of_every_card_has_an_action_and_nothing_else_has() -> None:
    cards = (
        certification_cards.card(a_certification(), nickname="老李"),
        case_cards.card("c", what="帖子", author="老李", title="首保", text="多少钱"),
    )
    assert set().union(*map(keys_of, cards)) == set(CARD_ACTIONS)
