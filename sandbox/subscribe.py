"""Subscribe messages: one for each time that the member accepted, and only as the template says."""

import re
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox import callbacks, sent, templates, users
from sandbox.apis import Call, Refused, ok
from sandbox.callbacks import Outcome
from sandbox.control import ControlError, answer, read, world_of
from sandbox.envelopes import MemberPush
from sandbox.events import Event
from sandbox.state import User
from sandbox.world import World

TIMES_MAX = 100
PAGE = re.compile(r"/?pages/[\w\-/]+(\?\S*)?")
STATES = ("developer", "trial", "formal")


class Acceptance(msgspec.Struct, forbid_unknown_fields=True):
    template_id: str
    times: int = 1


def accept(world: World, user: User, template_id: str, *, times: int) -> None:
    """The member taps 允许 in the popup: one more message may be sent, for each time."""
    user.accepted[template_id] = min(TIMES_MAX, user.accepted.get(template_id, 0) + times)
    world.tell(Event("people", who=[user.openid]))


def send(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/message/subscribe/send

    Source: wechat.md A6. What is refused for its form costs nothing of the member's grant.
    """
    world, asked = call.world, call.json()
    user = world.state.users.get(str(asked.get("touser")))
    if user is None:
        raise Refused(40003, "invalid openid")
    template = world.identity.template_of(str(asked.get("template_id")))
    if template is None:
        raise Refused(40037, "invalid template_id")
    page = asked.get("page", "")
    if page and not (isinstance(page, str) and PAGE.fullmatch(page)):
        raise Refused(41030, "invalid page")
    if asked.get("miniprogram_state", "formal") not in STATES:
        raise Refused(40097, "invalid args, miniprogram_state is one of developer, trial, formal")
    templates.check(asked.get("data"), template.fields)
    granted = user.accepted.get(template.id, 0)
    if granted < 1:
        raise Refused(43101, "user refuse to accept the msg")
    user.accepted[template.id] = granted - 1
    message = sent.record(
        world, channel="subscribe", kind="subscribe", to=[user.openid], body=asked
    )
    _tell_sent(world, user, template.id, message.seq)
    return ok(msgid=message.seq)


async def accepted_on_phone(request: Request) -> Response:
    """What wx.requestSubscribeMessage does when the member taps 允许: the grant, and the popup event."""
    world, asked = world_of(request), await read(request, Acceptance)
    user = users.find(world, request.path_params["openid"])
    if world.identity.template_of(asked.template_id) is None:
        raise ControlError(404, f"no template has the id {asked.template_id}")
    if not 1 <= asked.times <= TIMES_MAX:
        raise ControlError(400, f"times is from 1 to {TIMES_MAX}")
    accept(world, user, asked.template_id, times=asked.times)
    popup = {"TemplateId": asked.template_id, "SubscribeStatusString": "accept", "PopupScene": "0"}
    outcome = Outcome(None, 0, "there is no backend yet that could be told")
    if world.state.upstream is not None:
        message = event(world, user, "subscribe_msg_popup_event", [popup] * asked.times)
        outcome = await callbacks.push(world, message)
    return answer({**outcome.shown(), "left": user.accepted[asked.template_id]})


def event(world: World, user: User, name: str, items: list[dict[str, str]]) -> MemberPush:
    """A subscribe-message event: XML nests its list; JSON has it at the top, as an object if there is only one."""
    common = {
        "ToUserName": world.identity.original_id,
        "FromUserName": user.openid,
        "CreateTime": int(world.now()),
        "MsgType": "event",
        "Event": name,
    }
    nest = "".join(part.capitalize() for part in name.split("_"))
    return MemberPush(
        user.openid,
        {**common, "List": items[0] if len(items) == 1 else items},
        xml_fields={**common, nest: {"List": items}},
        mode=world.identity.push_mode,
    )


def _tell_sent(world: World, user: User, template_id: str, message_number: int) -> None:
    item = {
        "TemplateId": template_id,
        "MsgID": str(message_number),
        "ErrorCode": "0",
        "ErrorStatus": "success",
    }
    callbacks.push_later(world, event(world, user, "subscribe_msg_sent_event", [item]))
