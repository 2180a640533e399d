"""WeCom cards with buttons, as the platform wants them.

Source: https://developer.work.weixin.qq.com/document/path/90236 (template card button_interaction)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

TITLE_CHARS_MAX = 36
TEXT_CHARS_MAX = 160
KEY_CHARS_MAX = 5
VALUE_CHARS_MAX = 30
LINES_MAX = 6
SOURCE = "会员社区"


def task_card(
    *,
    task_id: str,
    area: str,
    title: str,
    about: Mapping[str, str],
    text: str,
    buttons: Sequence[dict[str, Any]],
    choice: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A card that asks for a decision: what it is about line by line, and a button for each answer.

    `choice` is told with whichever button is pressed.
    """
    lines = [
        {"keyname": key[:KEY_CHARS_MAX], "value": shortened(value, VALUE_CHARS_MAX)}
        for key, value in about.items()
    ]
    return {
        "card_type": "button_interaction",
        "source": {"desc": f"{SOURCE} · {area}"},
        "main_title": {"title": shortened(title, TITLE_CHARS_MAX)},
        "sub_title_text": shortened(text, TEXT_CHARS_MAX),
        "horizontal_content_list": lines[:LINES_MAX],
        "task_id": task_id,
        "button_list": list(buttons),
        **({"button_selection": choice} if choice else {}),
    }


def button(text: str, key: str, *, style: int) -> dict[str, Any]:
    """`key` names the action; who presses it is checked again when it is pressed."""
    return {"text": text, "style": style, "key": key}


def choice(key: str, title: str, options: Mapping[str, str]) -> dict[str, Any]:
    """A list to choose one option from, by id; the first is chosen until somebody chooses another."""
    return {
        "question_key": key,
        "title": title,
        "option_list": [{"id": each, "text": text} for each, text in options.items()],
        "selected_id": next(iter(options)),
    }


def shortened(text: str, chars_max: int) -> str:
    return text if len(text) <= chars_max else f"{text[: chars_max - 1]}…"
