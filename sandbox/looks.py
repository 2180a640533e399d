"""How a card looks now: the same for everybody until it is changed for one of them or for all."""

from typing import Any

from sandbox.state import Look, Sent


def replace_buttons(look: Look, text: str) -> Look:
    """One grey, dead button with the text takes the place of all buttons."""
    return Look(card=look.card, replaced_text=text)


def replace_card(look: Look, card: dict[str, Any]) -> Look:
    """Another card takes the place of this one; it stays the same task."""
    task_id = look.card.get("task_id")
    kept = {"task_id": task_id} if task_id is not None else {}
    return Look(card={**kept, **card}, replaced_text=card.get("replace_text"))


def buttons(look: Look) -> list[dict[str, Any]]:
    """The buttons below the card, among them the one that submits a choice."""
    if look.replaced_text is not None:
        return []
    submit = look.card.get("submit_button")
    listed: list[dict[str, Any]] = look.card.get("button_list", [])
    return listed + ([submit] if submit else [])


def menu(look: Look) -> list[dict[str, Any]]:
    """The entries of the menu at the card's corner."""
    actions: list[dict[str, Any]] = look.card.get("action_menu", {}).get("action_list", [])
    return actions


def show(look: Look) -> dict[str, Any]:
    return {
        "title": look.card.get("main_title", {}).get("title", ""),
        "buttons": buttons(look),
        "menu": menu(look),
        "replaced_text": look.replaced_text,
        "card": look.card,
    }


def state(message: Sent) -> dict[str, Any] | None:
    """A card's look for all, and for each receiver; nothing for what is no card."""
    if message.look is None:
        return None
    by_user = {userid: show(look) for userid, look in message.looks.items()}
    return {**show(message.look), "by_user": by_user}
