"""WeChat users whom colleagues have as contacts: added and changed on a colleague's phone, told by WeCom."""

import re
import secrets
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox import callbacks, corp_tags, staff, users
from sandbox.apis import Call, Refused, ok
from sandbox.control import ControlError, answer, read, world_of
from sandbox.envelopes import CompanyPush
from sandbox.events import Event
from sandbox.state import Contact
from sandbox.world import World

STATE_CHARS_MAX = 30
FOLLOWERS_PER_PAGE = 500
EXTERNAL_USERID = re.compile(r"w[mo][\w-]{1,62}", re.ASCII)
CURSOR = re.compile(r"from-(\d{1,9})", re.ASCII)
MOBILE = re.compile(r"[0-9+ -]{1,20}", re.ASCII)


class External(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    openid: str | None = None


class NewContact(msgspec.Struct, forbid_unknown_fields=True):
    """`state` is that of the code that was scanned; `tags` and `mobile` are the colleague's remarks."""

    userid: str
    external: External
    state: str | None = None
    tags: list[corp_tags.Named] = []
    mobile: str | None = None


class ContactChange(msgspec.Struct, forbid_unknown_fields=True):
    userid: str
    tags: list[corp_tags.Named] | None = None
    mobile: str | None = None


async def add(request: Request) -> Response:
    """Push add_external_contact."""
    world, asked = world_of(request), await read(request, NewContact)
    colleague = staff.find(world, asked.userid)
    if asked.external.openid is not None:
        users.find(world, asked.external.openid)
    if asked.state is not None and not 1 <= len(asked.state) <= STATE_CHARS_MAX:
        raise ControlError(400, f"state has 1 to {STATE_CHARS_MAX} characters")
    _check_mobile(asked.mobile)
    callbacks.upstream(world)
    contact = Contact(
        external_userid=_external_userid(world, asked.external),
        name=asked.external.name,
        openid=asked.external.openid,
        userid=colleague.userid,
        state=asked.state,
        welcome_code=secrets.token_urlsafe(32),
        added_at=world.now(),
        tags=corp_tags.ids_of(world, asked.tags),
        mobile=asked.mobile,
    )
    world.state.contacts[f"{contact.userid} {contact.external_userid}"] = contact
    state = {"State": contact.state} if contact.state is not None else {}
    more = {**state, "WelcomeCode": contact.welcome_code}
    return await _told(world, contact, "add_external_contact", **more)


async def change(request: Request) -> Response:
    """A colleague changes the tags or the mobile of a contact: push edit_external_contact."""
    world, asked = world_of(request), await read(request, ContactChange)
    external_userid = request.path_params["external_userid"]
    contact = world.state.contacts.get(f"{asked.userid} {external_userid}")
    if contact is None:
        raise ControlError(404, f"{asked.userid} has no contact {external_userid}")
    _check_mobile(asked.mobile)
    callbacks.upstream(world)
    if asked.tags is not None:
        contact.tags = corp_tags.ids_of(world, asked.tags)
    if asked.mobile is not None:
        contact.mobile = asked.mobile
    return await _told(world, contact, "edit_external_contact")


def get(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/externalcontact/get: a contact, and the colleagues who have it, 500 at a time.

    Source: wechat.md C6. `unionid` is there for users of the mini program, as for a company bound to it.
    """
    external_userid = call.query.get("external_userid", "")
    if not EXTERNAL_USERID.fullmatch(external_userid):
        raise Refused(40096, "invalid external userid")
    followers = [
        c for c in call.world.state.contacts.values() if c.external_userid == external_userid
    ]
    if not followers:
        raise Refused(84061, "not external contact")
    cursor = CURSOR.fullmatch(call.query.get("cursor") or "from-0")
    if cursor is None:
        raise Refused(40058, "invalid cursor")
    start = int(cursor[1])
    end = start + FOLLOWERS_PER_PAGE
    return ok(
        external_contact=_person(call.world, followers[0]),
        follow_user=[_follow(call.world, contact) for contact in followers[start:end]],
        **({"next_cursor": f"from-{end}"} if end < len(followers) else {}),
    )


async def _told(world: World, contact: Contact, change_type: str, **more: str) -> Response:
    world.tell(Event("people", who=[contact.userid]))
    fields = {
        "ToUserName": world.identity.corpid,
        "FromUserName": "sys",
        "CreateTime": int(world.now()),
        "MsgType": "event",
        "Event": "change_external_contact",
        "ChangeType": change_type,
        "UserID": contact.userid,
        "ExternalUserID": contact.external_userid,
        **more,
    }
    outcome = await callbacks.push(world, CompanyPush(fields))
    return answer({**outcome.shown(), "external_userid": contact.external_userid})


def _check_mobile(mobile: str | None) -> None:
    if mobile is not None and not MOBILE.fullmatch(mobile):
        raise ControlError(400, "mobile is 1 to 20 digits, with + - and blanks between them")


def _external_userid(world: World, external: External) -> str:
    """The same person is the same contact for every colleague."""
    known = (
        c.external_userid
        for c in world.state.contacts.values()
        if external.openid and c.openid == external.openid
    )
    return next(known, "wm" + secrets.token_urlsafe(24)[:30])


def _person(world: World, contact: Contact) -> dict[str, Any]:
    person = {
        "external_userid": contact.external_userid,
        "name": contact.name,
        "avatar": "",
        "type": 1,
        "gender": 0,
    }
    if contact.openid is not None:
        person["unionid"] = world.state.users[contact.openid].unionid
    return person


def _follow(world: World, contact: Contact) -> dict[str, Any]:
    follow = {
        "userid": contact.userid,
        "remark": contact.name,
        "description": "",
        "createtime": int(contact.added_at),
        "tags": corp_tags.shown(world, contact.tags),
        "remark_mobiles": [contact.mobile] if contact.mobile is not None else [],
        "add_way": 1,
        "oper_userid": contact.userid,
    }
    return follow | ({"state": contact.state} if contact.state is not None else {})
