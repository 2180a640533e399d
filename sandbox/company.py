"""A colleague writes to the app or presses a card's button: pushed to the backend as WeCom does."""

import re
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox import callbacks, cards, conversations, looks, sent, staff, wecom_app
from sandbox.apis import Refused
from sandbox.callbacks import Outcome
from sandbox.control import ControlError, answer, read, world_of
from sandbox.envelopes import CompanyPush
from sandbox.events import Event
from sandbox.state import Colleague, Look, Sent
from sandbox.world import World

FIRST_MSG_ID = 7_000_000_000_000_000_000
WAIT_S_MAX = 60
# In the XML of a reply these are lists even when there is only one of them.
LISTS = {
    "horizontal_content_list",
    "vertical_content_list",
    "jump_list",
    "button_list",
    "action_list",
    "option_list",
    "select_list",
}
NUMBERS = {"type", "style", "desc_color", "mode"}
NAMES = {
    "key_name": "keyname",
    "pagepath": "pagepath",
    "page_path": "pagepath",
    "user_id": "userid",
}


class Say(msgspec.Struct, forbid_unknown_fields=True):
    text: str
    wait_s: float = 3.0


class Press(msgspec.Struct, forbid_unknown_fields=True):
    """selected: for cards with questions, the ids of the chosen options by question_key."""

    message_id: str
    key: str
    selected: dict[str, list[str]] = {}


async def say(request: Request) -> Response:
    """The colleague writes to the app."""
    world, asked = world_of(request), await read(request, Say)
    colleague = staff.find(world, request.path_params["userid"])
    if not asked.text:
        raise ControlError(400, "text is empty")
    if not 0 <= asked.wait_s <= WAIT_S_MAX:
        raise ControlError(400, f"wait_s is from 0 to {WAIT_S_MAX}")
    callbacks.upstream(world)
    fields = {
        **_common(world, colleague),
        "MsgType": "text",
        "Content": asked.text,
        "MsgId": FIRST_MSG_ID + world.next_seq(),
        "AgentID": world.identity.agentid,
    }
    said = conversations.note(
        world, channel="wecom_app", who=colleague.userid, kind="text", body=fields
    )
    outcome = await callbacks.push(world, CompanyPush(fields))
    if outcome.reply is not None:
        _deliver_text(world, colleague, outcome.reply)
    wait_s = asked.wait_s if outcome.error is None else 0
    replies = await sent.replies(
        world, channel="wecom_app", to=colleague.userid, after_seq=said.seq, wait_s=wait_s
    )
    return answer({**outcome.shown(), "replies": [sent.shown(m) for m in replies]})


async def press(request: Request) -> Response:
    """The colleague presses a button of a card that the app sent.

    A button that was on the card when it was sent can be pressed although the card has changed since: a phone
    may not have heard of that yet.
    """
    world, asked = world_of(request), await read(request, Press)
    colleague = staff.find(world, request.path_params["userid"])
    message = _card_of(world, colleague, asked.message_id)
    look = message.looks[colleague.userid]
    event = _event(look, Look(message.body["template_card"]), asked.key)
    callbacks.upstream(world)
    fields: dict[str, Any] = {
        **_common(world, colleague),
        "MsgType": "event",
        "Event": event,
        "EventKey": asked.key,
        "TaskId": look.card.get("task_id", ""),
        "CardType": look.card["card_type"],
        "ResponseCode": wecom_app.new_response_code(world, message),
        "AgentID": world.identity.agentid,
    }
    if asked.selected:
        fields["SelectedItems"] = {
            "SelectedItem": [_selected(*item) for item in asked.selected.items()]
        }
    outcome = await callbacks.push(world, CompanyPush(fields))
    applied = _apply(world, colleague, message, outcome)
    return answer(
        {
            **outcome.shown(),
            "error": outcome.error or applied,
            "replies": [outcome.reply] if outcome.reply is not None else [],
            "card": looks.show(message.looks[colleague.userid]),
        }
    )


def _common(world: World, colleague: Colleague) -> dict[str, Any]:
    return {
        "ToUserName": world.identity.corpid,
        "FromUserName": colleague.userid,
        "CreateTime": int(world.now()),
    }


def _card_of(world: World, colleague: Colleague, message_id: str) -> Sent:
    message = sent.find(world, message_id)
    if message is None:
        raise ControlError(404, f"no message has the message_id {message_id}")
    if colleague.userid not in message.looks:
        raise ControlError(409, f"{message_id} is no card that {colleague.userid} got")
    return message


def _event(now: Look, at_first: Look, key: str) -> str:
    """Which event the press makes: that of a button, or that of the menu at the card's corner."""
    buttons = [*looks.buttons(now), *looks.buttons(at_first)]
    menu = [*looks.menu(now), *looks.menu(at_first)]
    if any(button.get("key") == key for button in buttons):
        return "template_card_event"
    if any(action["key"] == key for action in menu):
        return "template_card_menu_event"
    there = dict.fromkeys(b["key"] for b in [*buttons, *menu] if b.get("key"))
    raise ControlError(
        409, f"the card has no button with the key {key}; there are: {', '.join(there) or 'none'}"
    )


def _selected(question_key: str, option_ids: list[str]) -> dict[str, Any]:
    return {"QuestionKey": question_key, "OptionIds": {"OptionId": option_ids}}


def _apply(world: World, colleague: Colleague, message: Sent, outcome: Outcome) -> str | None:
    """Do to the card of this colleague what the reply says; a sentence if it cannot be done."""
    reply = outcome.reply
    if reply is None:
        return None
    look = message.looks[colleague.userid]
    kind = reply.get("MsgType")
    if kind == "update_button":
        button = reply.get("Button")
        text = button.get("ReplaceName") if isinstance(button, dict) else None
        if not text:
            return "the reply has no Button.ReplaceName"
        look = looks.replace_buttons(look, text)
    elif kind == "update_template_card":
        card = from_camel_case(reply.get("TemplateCard"))
        try:
            look = looks.replace_card(look, cards.check(card))
        except Refused as refused:
            return f"the reply's TemplateCard is refused: {refused.errmsg}"
    else:
        return f"a press cannot be answered with {kind}"
    message.looks[colleague.userid] = look
    world.tell(Event("look", message.channel, message.message_id, [colleague.userid]))
    return None


def from_camel_case(value: Any) -> Any:
    """A card as the XML of a reply writes it, in the form of the JSON API."""
    if isinstance(value, list):
        return [from_camel_case(one) for one in value]
    if not isinstance(value, dict):
        return value
    card: dict[str, Any] = {}
    for tag, inner in value.items():
        snake = re.sub(r"(?<!^)(?=[A-Z])", "_", tag).lower()
        name = NAMES.get(snake, snake)
        converted = from_camel_case(inner)
        if name in LISTS and not isinstance(converted, list):
            converted = [converted]
        card[name] = int(converted) if name in NUMBERS and str(converted).isdigit() else converted
    return card


def _deliver_text(world: World, colleague: Colleague, reply: dict[str, Any]) -> None:
    """A reply to a message is a message of the app to whoever wrote."""
    body = {
        "touser": colleague.userid,
        "msgtype": "text",
        "text": {"content": reply.get("Content", "")},
    }
    if reply.get("MsgType") == "text":
        sent.record(world, channel="wecom_app", kind="text", to=[colleague.userid], body=body)
