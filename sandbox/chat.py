"""A member writes in the customer-service chat: pushed to the backend as WeChat does, repeats and swaps included."""

import re
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox import callbacks, conversations, customer_service, media, privacy, sent, users
from sandbox.callbacks import Outcome
from sandbox.control import ControlError, answer, read, world_of
from sandbox.envelopes import Format, MemberPush, Mode
from sandbox.state import User
from sandbox.world import World

ENTERED = "user_enter_tempsession"
FIELD_NAME = re.compile(r"[A-Za-z]\w*")
# 17 digits, as WeChat's are: more than a JavaScript number holds.
FIRST_MSG_ID = 24_000_000_000_000_000
REPEAT_MAX = 20
WAIT_S_MAX = 60
TEXT_CHARS_MAX = 2_000


class Say(msgspec.Struct, forbid_unknown_fields=True):
    """What the member does: a text, an image (base64, else one grey pixel), or an event with its fields."""

    type: str
    text: str | None = None
    image: str | None = None
    event: str | None = None
    fields: dict[str, Any] = {}
    repeat: int = 1
    reorder: bool = False
    mode: Mode | None = None
    format: Format = "json"
    wait_s: float = 3.0


async def say(request: Request) -> Response:
    """Push a message or event; answer how that went and what came back to the member."""
    world, asked = world_of(request), await read(request, Say)
    user = users.find(world, request.path_params["openid"])
    _check(asked)
    callbacks.upstream(world)
    fields = _fields(world, user, asked, base_url=str(request.base_url))
    said = conversations.note(
        world, channel="customer_service", who=user.openid, kind=asked.type, body=fields
    )
    if asked.type != "event":
        customer_service.message_came(world, user)
    elif asked.event == ENTERED:
        customer_service.chat_entered(world, user)
    push = MemberPush(
        fields["FromUserName"],
        fields,
        mode=asked.mode or world.identity.push_mode,
        format=asked.format,
    )
    if asked.reorder and user.openid not in world.held:
        world.held[user.openid] = push
        return answer({"status": None, "attempts": 0, "error": None, "held": True, "replies": []})
    held_back = world.held.pop(user.openid, None)
    outcome = await _deliver(world, [push] * asked.repeat + ([held_back] if held_back else []))
    nobody_answers = outcome.error is not None or asked.event in privacy.EVENTS
    wait_s = 0 if nobody_answers else asked.wait_s
    replies = await sent.replies(
        world, channel="customer_service", to=user.openid, after_seq=said.seq, wait_s=wait_s
    )
    return answer({**outcome.shown(), "held": False, "replies": [sent.shown(m) for m in replies]})


async def _deliver(world: World, pushes: list[MemberPush]) -> Outcome:
    """One after the other, each sealed anew."""
    outcomes = [await callbacks.push(world, push) for push in pushes]
    return outcomes[-1]


def _fields(world: World, user: User, asked: Say, *, base_url: str) -> dict[str, Any]:
    common: dict[str, Any] = {
        "ToUserName": world.identity.original_id,
        "FromUserName": user.openid,
        "CreateTime": int(world.now()),
    }
    if asked.type == "event":
        common |= {"MsgType": "event", "Event": asked.event}
        if asked.event in privacy.EVENTS:
            return common | privacy.fields(world, user, asked.event, asked.fields)
        session = {"SessionFrom": ""} if asked.event == ENTERED else {}
        return {**common, **session, **asked.fields}
    message_id = FIRST_MSG_ID + world.next_seq()
    if asked.type == "text":
        return {**common, "MsgType": "text", "Content": asked.text, "MsgId": message_id}
    picture = media.from_phone(world, asked.image)
    address = f"{base_url}_sandbox/media/{picture.media_id}"
    return {
        **common,
        "MsgType": "image",
        "PicUrl": address,
        "MediaId": picture.media_id,
        "MsgId": message_id,
    }


def _check(asked: Say) -> None:
    if asked.type not in ("text", "image", "event"):
        raise ControlError(400, "type is text, image or event")
    if asked.type == "text" and not 1 <= len(asked.text or "") <= TEXT_CHARS_MAX:
        raise ControlError(400, f"text has 1 to {TEXT_CHARS_MAX} characters")
    if asked.type == "event" and not asked.event:
        raise ControlError(400, f"event is the event's name, for example {ENTERED}")
    if not all(FIELD_NAME.fullmatch(name) for name in asked.fields):
        raise ControlError(400, "the names in fields have letters, digits and _ only")
    if not 1 <= asked.repeat <= REPEAT_MAX:
        raise ControlError(400, f"repeat is from 1 to {REPEAT_MAX}")
    if not 0 <= asked.wait_s <= WAIT_S_MAX:
        raise ControlError(400, f"wait_s is from 0 to {WAIT_S_MAX}")
