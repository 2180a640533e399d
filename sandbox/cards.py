"""Checks a template_card as WeCom does before it takes one.

Source: wechat.md C2; codes from WeCom's list of errors (42014 task_id, 42018 and 42019 key of a button, 42020 its name).
Unverified: which of them a template_card gets, that all else is 40058 (bad parameter) or 45002 (too long), and that
a title above the recommended length is refused and not cut.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from sandbox.apis import Refused

CARD_TYPES = (
    "text_notice",
    "news_notice",
    "button_interaction",
    "vote_interaction",
    "multiple_interaction",
)
WITH_CALLBACK = ("button_interaction", "vote_interaction", "multiple_interaction")
TASK_ID = re.compile(r"[0-9A-Za-z_\-@]+")
TASK_ID_BYTES_MAX = 128
KEY_BYTES_MAX = 1024
OPTION_ID_BYTES_MAX = 128
CHARS_MAX = {
    "main_title.title": 36,
    "main_title.desc": 44,
    "sub_title_text": 160,
    "quote_area.title": 36,
    "quote_area.quote_text": 160,
    "emphasis_content.title": 14,
    "emphasis_content.desc": 22,
    "source.desc": 20,
    "replace_text": 36,
}
LISTS_MAX = {
    "horizontal_content_list": 6,
    "jump_list": 3,
    "button_list": 6,
    "vertical_content_list": 4,
    "select_list": 3,
}
OBJECTS = ("main_title", "action_menu", "submit_button", "card_action")
ACTIONS_MAX = 3
OPTIONS_MAX = 10
VOTE_OPTIONS_MAX = 20


def check_new(card: Any) -> dict[str, Any]:
    """Refuse a card that cannot be sent."""
    checked = check(card)
    needs_task = checked["card_type"] in WITH_CALLBACK or "action_menu" in checked
    if needs_task and "task_id" not in checked:
        raise bad_task("is missing")
    return checked


def check(card: Any) -> dict[str, Any]:
    """Refuse a card that cannot be shown."""
    if not isinstance(card, dict):
        raise bad("template_card is missing")
    if card.get("card_type") not in CARD_TYPES:
        raise bad("template_card.card_type is unknown")
    if "task_id" in card:
        _check_task_id(card["task_id"])
    for path, chars_max in CHARS_MAX.items():
        _check_text(card, path, chars_max)
    for name in OBJECTS:
        if not isinstance(card.get(name, {}), dict):
            raise bad(f"{name} is not an object")
    for name, count_max in LISTS_MAX.items():
        _check_list(card.get(name, []), name, count_max)
    for row in card.get("horizontal_content_list", []):
        _check_row(row)
    if "action_menu" in card:
        _check_menu(card["action_menu"])
    PARTS[card["card_type"]](card)
    return card


def has_callback(card: dict[str, Any]) -> bool:
    return card["card_type"] in WITH_CALLBACK


def bad(what: str) -> Refused:
    return Refused(40058, f"invalid request parameter, {what}")


def bad_task(what: str) -> Refused:
    return Refused(42014, f"invalid task_id, template_card.task_id {what}")


def too_long(what: str) -> Refused:
    return Refused(45002, f"content size out of limit, {what}")


def _check_notice(card: dict[str, Any]) -> None:
    if not _main_title(card) and not card.get("sub_title_text"):
        raise bad("one of main_title.title and sub_title_text is needed")
    if not isinstance(card.get("card_action"), dict):
        raise bad("card_action is missing")


def _check_buttons(card: dict[str, Any]) -> None:
    _need_main_title(card)
    buttons = card.get("button_list")
    if not buttons and not card.get("replace_text"):
        raise bad("button_list is missing")
    if any(not button.get("url") for button in buttons or [] if button.get("type") == 1):
        raise bad("button_list.url is missing")
    _check_keys(button for button in buttons or [] if button.get("type", 0) == 0)
    if "button_selection" in card:
        _check_question(card["button_selection"], OPTIONS_MAX)


def _check_vote(card: dict[str, Any]) -> None:
    _need_main_title(card)
    _check_question(card.get("checkbox"), VOTE_OPTIONS_MAX)
    _check_submit(card)


def _check_choices(card: dict[str, Any]) -> None:
    _need_main_title(card)
    if not card.get("select_list"):
        raise bad("select_list is missing")
    for question in card["select_list"]:
        _check_question(question, OPTIONS_MAX)
    _check_submit(card)


PARTS: dict[str, Callable[[dict[str, Any]], None]] = {
    "text_notice": _check_notice,
    "news_notice": _check_notice,
    "button_interaction": _check_buttons,
    "vote_interaction": _check_vote,
    "multiple_interaction": _check_choices,
}


def _check_task_id(task_id: Any) -> None:
    if not isinstance(task_id, str) or not TASK_ID.fullmatch(task_id):
        raise bad_task("has characters other than 0-9 A-Z a-z _ - @")
    if len(task_id) > TASK_ID_BYTES_MAX:
        raise bad_task(f"has more than {TASK_ID_BYTES_MAX} bytes")


def _main_title(card: dict[str, Any]) -> Any:
    title = card.get("main_title", {})
    return title.get("title") if isinstance(title, dict) else None


def _need_main_title(card: dict[str, Any]) -> None:
    if not _main_title(card):
        raise bad("main_title.title is missing")


def _check_text(card: dict[str, Any], path: str, chars_max: int) -> None:
    value: Any = card
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    if value is None:
        return
    if not isinstance(value, str):
        raise bad(f"{path} is not a string")
    if len(value) > chars_max:
        raise too_long(f"{path} has more than {chars_max} characters")


def _check_list(items: Any, name: str, count_max: int) -> None:
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise bad(f"{name} is not a list of objects")
    if len(items) > count_max:
        raise bad(f"{name} has more than {count_max} items")


def _check_row(row: dict[str, Any]) -> None:
    if not isinstance(row.get("keyname"), str) or not row["keyname"]:
        raise bad("horizontal_content_list.keyname is missing")
    if row.get("type", 0) not in (0, 1, 2, 3):
        raise bad("horizontal_content_list.type is from 0 to 3")
    needed = {1: "url", 2: "media_id", 3: "userid"}.get(row.get("type", 0))
    if needed is not None and not row.get(needed):
        raise bad(f"horizontal_content_list.{needed} is missing")


def _check_menu(menu: dict[str, Any]) -> None:
    actions = menu.get("action_list")
    _check_list(actions, "action_menu.action_list", ACTIONS_MAX)
    if not actions:
        raise bad("action_menu.action_list is empty")
    _check_keys(actions)


def _check_keys(buttons: Iterable[dict[str, Any]]) -> None:
    keys = [_button_key(button) for button in buttons]
    if len(set(keys)) < len(keys):
        raise Refused(42018, "invalid button key, it is not unique")


def _button_key(button: dict[str, Any]) -> str:
    if not isinstance(button.get("text"), str) or not button["text"]:
        raise Refused(42020, "missing button name")
    if button.get("style", 1) not in (1, 2, 3, 4):
        raise bad("a button's style is from 1 to 4")
    key = button.get("key")
    if not isinstance(key, str) or not key:
        raise Refused(42019, "missing button key")
    if len(key.encode()) > KEY_BYTES_MAX:
        raise Refused(42018, f"invalid button key, it has more than {KEY_BYTES_MAX} bytes")
    return key


def _check_question(question: Any, options_max: int) -> None:
    if not isinstance(question, dict) or not question.get("question_key"):
        raise bad("question_key is missing")
    options = question.get("option_list")
    _check_list(options, "option_list", options_max)
    if not options:
        raise bad("option_list is empty")
    for option in options:
        if not option.get("id") or not option.get("text"):
            raise bad("an option's id or text is missing")
        if len(str(option["id"]).encode()) > OPTION_ID_BYTES_MAX:
            raise too_long(f"an option's id has more than {OPTION_ID_BYTES_MAX} bytes")
    if len({str(option["id"]) for option in options}) < len(options):
        raise bad("an option's id is not unique")


def _check_submit(card: dict[str, Any]) -> None:
    if "submit_button" in card:
        _button_key(card["submit_button"])
    elif not card.get("replace_text"):
        raise bad("submit_button is missing")
