"""Messages of the WeCom app to colleagues, and what becomes of the cards among them."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from sandbox import cards, looks, sent
from sandbox.apis import Call, Refused, ok
from sandbox.events import Event
from sandbox.state import Duplicate, Look, ResponseCode, Sent
from sandbox.world import World, new_id

RECEIVERS_MAX = 1_000
RESPONSE_CODE_LIFE_S = 72 * 3600
DUPLICATE_WITHIN_S, DUPLICATE_WITHIN_S_MAX = 1_800, 14_400
# In bytes for text and markdown, in characters for the others. Source: wechat.md C2.
TEXT_BYTES_MAX = 2048
TEXTCARD_CHARS_MAX = {"title": 128, "description": 512, "url": 2048, "btntxt": 4}


def send(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/message/send

    Source: wechat.md C2. Not imitated: the silent drop of more than 30 messages a minute to one colleague.
    """
    world, asked = call.world, call.json()
    _check_agent(world, asked)
    kind = str(asked.get("msgtype"))
    if kind not in CHECKS:
        raise Refused(40008, "invalid message type")
    receivers, unknown = _receivers(world, asked)
    CHECKS[kind](asked.get(kind))
    fingerprint = _fingerprint(asked)
    repeated = world.state.duplicates.get(fingerprint)
    if (
        asked.get("enable_duplicate_check") == 1
        and repeated is not None
        and repeated.ends_at > world.now()
    ):
        return repeated.answer
    look = _take_card(world, asked["template_card"]) if kind == "template_card" else None
    message = sent.record(
        world, channel="wecom_app", kind=kind, to=receivers, body=asked, look=look
    )
    answer = ok(invaliduser="|".join(unknown), invalidparty="", invalidtag="", unlicenseduser="")
    answer["msgid"] = message.message_id
    if look is not None:
        _note_task(world, message)
        if cards.has_callback(look.card):
            answer["response_code"] = new_response_code(world, message)
    if asked.get("enable_duplicate_check") == 1:
        _note_duplicate(world, asked, fingerprint, answer)
    return answer


def update_card(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/message/update_template_card

    Source: wechat.md C3. The code for a response_code that is unknown, used or too old (42045) is unverified.
    """
    world, asked = call.world, call.json()
    _check_agent(world, asked)
    value = str(asked.get("response_code") or "")
    if not value:
        raise cards.bad("response_code is missing")
    code = world.state.response_codes.get(value)
    if code is None or code.used or code.ends_at <= world.now():
        raise Refused(42045, "response_code expired or used")
    message = sent.find(world, code.message_id)
    if message is None:
        raise Refused(42045, "response_code expired or used")
    change = _change(asked)
    shown_to, unknown = _shown_to(message, asked)
    code.used = True
    for userid in shown_to:
        message.looks[userid] = change(message.looks[userid])
    if asked.get("atall") == 1 and message.look is not None:
        message.look = change(message.look)
    world.tell(Event("look", message.channel, message.message_id, shown_to))
    return ok(invaliduser=unknown)


def new_response_code(world: World, message: Sent) -> str:
    """A code with which the card can be changed once, within 72 hours."""
    for old in [
        value for value, code in world.state.response_codes.items() if code.ends_at <= world.now()
    ]:
        del world.state.response_codes[old]
    value = new_id("response_")
    world.state.response_codes[value] = ResponseCode(
        message.message_id, world.now() + RESPONSE_CODE_LIFE_S
    )
    world.changed()
    return value


def _check_agent(world: World, asked: dict[str, Any]) -> None:
    if asked.get("agentid") is None:
        raise Refused(41011, "missing agentid")
    if str(asked["agentid"]) != str(world.identity.agentid):
        raise Refused(40056, "invalid agentid")


def _receivers(world: World, asked: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Who gets it, and (in lower case, as WeCom writes them) who is not there."""
    touser = asked.get("touser") or ""
    if not isinstance(touser, str):
        raise cards.bad("touser is not a string")
    if touser == "@all":
        return list(world.state.staff), []
    named = list(dict.fromkeys(userid for userid in touser.split("|") if userid))
    if not named and not asked.get("toparty") and not asked.get("totag"):
        raise Refused(82001, "all touser, toparty and totag are empty")
    if len(named) > RECEIVERS_MAX:
        raise cards.bad(f"touser has more than {RECEIVERS_MAX} names")
    # WeCom takes no notice of upper and lower case in a userid.
    known = {userid.lower(): userid for userid in world.state.staff}
    receivers = [known[userid.lower()] for userid in named if userid.lower() in known]
    if not receivers:
        raise Refused(81013, "user & party & tag all invalid")
    return receivers, [userid.lower() for userid in named if userid.lower() not in known]


def _check_text(text: Any) -> None:
    content = text.get("content") if isinstance(text, dict) else None
    if not isinstance(content, str) or not content:
        raise Refused(44004, "empty content")
    if len(content.encode()) > TEXT_BYTES_MAX:
        raise cards.too_long(f"content has more than {TEXT_BYTES_MAX} bytes")


def _check_textcard(card: Any) -> None:
    if not isinstance(card, dict):
        raise cards.bad("textcard is missing")
    for name in ("title", "description", "url"):
        if not isinstance(card.get(name), str) or not card[name]:
            raise cards.bad(f"textcard.{name} is missing")
    for name, chars_max in TEXTCARD_CHARS_MAX.items():
        if len(str(card.get(name, ""))) > chars_max:
            raise cards.too_long(f"textcard.{name} has more than {chars_max} characters")


def _check_template_card(card: Any) -> None:
    cards.check_new(card)


CHECKS: dict[str, Callable[[Any], None]] = {
    "text": _check_text,
    "markdown": _check_text,
    "textcard": _check_textcard,
    "template_card": _check_template_card,
}


def _take_card(world: World, card: dict[str, Any]) -> Look:
    if card.get("task_id") in world.state.task_ids:
        raise cards.bad_task("was used before")
    return Look(card, replaced_text=card.get("replace_text"))


def _note_task(world: World, message: Sent) -> None:
    task_id = message.body["template_card"].get("task_id")
    if task_id is not None:
        world.state.task_ids[task_id] = message.message_id


def _fingerprint(asked: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _note_duplicate(
    world: World, asked: dict[str, Any], fingerprint: str, answer: dict[str, Any]
) -> None:
    within_s = asked.get("duplicate_check_interval", DUPLICATE_WITHIN_S)
    if not isinstance(within_s, int) or within_s <= 0:
        within_s = DUPLICATE_WITHIN_S
    duplicates = world.state.duplicates
    for old in [
        print_ for print_, duplicate in duplicates.items() if duplicate.ends_at <= world.now()
    ]:
        del duplicates[old]
    duplicates[fingerprint] = Duplicate(answer, world.now() + min(within_s, DUPLICATE_WITHIN_S_MAX))


def _change(asked: dict[str, Any]) -> Callable[[Look], Look]:
    """What is to become of the card: other buttons, or another card."""
    if "template_card" in asked:
        card = cards.check(asked["template_card"])
        return lambda look: looks.replace_card(look, card)
    button = asked.get("button")
    text = button.get("replace_name") if isinstance(button, dict) else None
    if not isinstance(text, str) or not text:
        raise cards.bad("one of button.replace_name and template_card is needed")
    return lambda look: looks.replace_buttons(look, text)


def _shown_to(message: Sent, asked: dict[str, Any]) -> tuple[list[str], list[str]]:
    """For whom the card changes, and who never got it."""
    if asked.get("atall") == 1:
        return list(message.looks), []
    userids = asked.get("userids")
    if not isinstance(userids, list) or not userids:
        raise Refused(82001, "one of userids and atall is needed")
    got = {userid.lower(): userid for userid in message.looks}
    named = [str(userid).lower() for userid in userids]
    return [got[userid] for userid in named if userid in got], [
        userid for userid in named if userid not in got
    ]
