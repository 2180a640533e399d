"""The WeChat users of the sandbox and what their phones do: sign-in codes, phone codes, accepted templates."""

import secrets
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox.control import ControlError, answer, read, world_of
from sandbox.events import Event
from sandbox.state import Code, User
from sandbox.world import World

CODE_LIFE_S = 300
CODE_KEPT_S = 3600
NICKNAME_CHARS_MAX = 32
RISK_RANK_MAX = 4


class NewUser(msgspec.Struct, forbid_unknown_fields=True):
    nickname: str | None = None
    unionid: str | None = None


class UserChange(msgspec.Struct, forbid_unknown_fields=True):
    nickname: str | None = None
    blocked: bool | None = None
    risk_rank: int | None = None


class Phone(msgspec.Struct, forbid_unknown_fields=True):
    """A number without its country's code."""

    phone: str
    country_code: str = "86"


def find(world: World, openid: str) -> User:
    user = world.state.users.get(openid)
    if user is None:
        raise ControlError(404, f"no user has the openid {openid}")
    return user


async def create(request: Request) -> Response:
    world, asked = world_of(request), await read(request, NewUser)
    if asked.unionid is not None and any(
        u.unionid == asked.unionid for u in world.state.users.values()
    ):
        raise ControlError(409, f"there is a user with the unionid {asked.unionid} already")
    user = User(
        openid="o" + secrets.token_urlsafe(20)[:27],
        unionid=asked.unionid or "u" + secrets.token_urlsafe(20)[:27],
        nickname=_nickname(asked.nickname or f"微信用户{len(world.state.users) + 1}"),
    )
    world.state.users[user.openid] = user
    world.tell(Event("people", who=[user.openid]))
    return answer(_shown(world, user))


async def show_all(request: Request) -> Response:
    world = world_of(request)
    return answer({"items": [_shown(world, user) for user in world.state.users.values()]})


async def show(request: Request) -> Response:
    world = world_of(request)
    return answer(_shown(world, find(world, request.path_params["openid"])))


async def change(request: Request) -> Response:
    """Change the nickname or risk rank, or mark the user as one whom WeChat blocks (40226)."""
    world, asked = world_of(request), await read(request, UserChange)
    user = find(world, request.path_params["openid"])
    if asked.nickname is not None:
        user.nickname = _nickname(asked.nickname)
    if asked.blocked is not None:
        user.blocked = asked.blocked
    if asked.risk_rank is not None:
        if not 0 <= asked.risk_rank <= RISK_RANK_MAX:
            raise ControlError(400, f"risk_rank is from 0 to {RISK_RANK_MAX}")
        user.risk_rank = asked.risk_rank
    world.tell(Event("people", who=[user.openid]))
    return answer(_shown(world, user))


async def login_code(request: Request) -> Response:
    """What wx.login gives to the mini program."""
    world = world_of(request)
    user = find(world, request.path_params["openid"])
    return answer({"code": _new_code(world, world.state.login_codes, user)})


async def phone_code(request: Request) -> Response:
    """What the phone-number button gives to the mini program."""
    world, asked = world_of(request), await read(request, Phone)
    user = find(world, request.path_params["openid"])
    for name, digits in (("phone", asked.phone), ("country_code", asked.country_code)):
        if not digits.isascii() or not digits.isdigit():
            raise ControlError(400, f"{name} is digits only")
    return answer({"code": _new_code(world, world.state.phone_codes, user, given=asked)})


def _new_code(world: World, codes: dict[str, Code], user: User, given: Phone | None = None) -> str:
    for old in [value for value, code in codes.items() if code.ends_at + CODE_KEPT_S < world.now()]:
        del codes[old]
    value = "0" + secrets.token_urlsafe(24)[:31]
    code = codes[value] = Code(openid=user.openid, ends_at=world.now() + CODE_LIFE_S)
    if given is not None:
        code.phone, code.country_code = given.phone, given.country_code
    world.changed()
    return value


def _nickname(nickname: str) -> str:
    if not 1 <= len(nickname) <= NICKNAME_CHARS_MAX:
        raise ControlError(400, f"a nickname has 1 to {NICKNAME_CHARS_MAX} characters")
    return nickname


def _shown(world: World, user: User) -> dict[str, Any]:
    accepted = {name: user.accepted.get(t.id, 0) for name, t in world.identity.templates.items()}
    return {
        "openid": user.openid,
        "unionid": user.unionid,
        "nickname": user.nickname,
        "blocked": user.blocked,
        "risk_rank": user.risk_rank,
        "accepted": accepted,
    }
