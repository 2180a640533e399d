"""A WeChat user adds a colleague as a contact: WeCom tells the backend, with a code for one welcome message."""

import secrets
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox import callbacks, staff, users
from sandbox.control import ControlError, answer, read, world_of
from sandbox.envelopes import CompanyPush
from sandbox.events import Event
from sandbox.state import Contact
from sandbox.world import World

STATE_CHARS_MAX = 30


class External(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    openid: str | None = None


class NewContact(msgspec.Struct, forbid_unknown_fields=True):
    userid: str
    external: External
    state: str | None = None


async def add(request: Request) -> Response:
    """Push add_external_contact."""
    world, asked = world_of(request), await read(request, NewContact)
    colleague = staff.find(world, asked.userid)
    if asked.external.openid is not None:
        users.find(world, asked.external.openid)
    if asked.state is not None and not 1 <= len(asked.state) <= STATE_CHARS_MAX:
        raise ControlError(400, f"state has 1 to {STATE_CHARS_MAX} characters")
    callbacks.upstream(world)
    contact = Contact(
        external_userid=_external_userid(world, asked.external),
        name=asked.external.name,
        openid=asked.external.openid,
        userid=colleague.userid,
        state=asked.state,
        welcome_code=secrets.token_urlsafe(32),
        added_at=world.now(),
    )
    world.state.contacts[f"{contact.userid} {contact.external_userid}"] = contact
    world.tell(Event("people", who=[colleague.userid]))
    outcome = await callbacks.push(world, CompanyPush(_event(world, contact)))
    return answer({**outcome.shown(), "external_userid": contact.external_userid})


def _external_userid(world: World, external: External) -> str:
    """The same person is the same contact for every colleague."""
    known = (
        c.external_userid
        for c in world.state.contacts.values()
        if external.openid and c.openid == external.openid
    )
    return next(known, "wm" + secrets.token_urlsafe(24)[:30])


def _event(world: World, contact: Contact) -> dict[str, Any]:
    state = {"State": contact.state} if contact.state is not None else {}
    return {
        "ToUserName": world.identity.corpid,
        "FromUserName": "sys",
        "CreateTime": int(world.now()),
        "MsgType": "event",
        "Event": "change_external_contact",
        "ChangeType": "add_external_contact",
        "UserID": contact.userid,
        "ExternalUserID": contact.external_userid,
        **state,
        "WelcomeCode": contact.welcome_code,
    }
