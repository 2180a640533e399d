"""Access tokens of three families that never touch each other: stable and plain ones of WeChat, those of WeCom."""

import secrets
from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox import quotas
from sandbox.apis import Call, Refused
from sandbox.control import answer, read, world_of
from sandbox.state import Token
from sandbox.world import World

LIFE_S = 7200
# In the last 5 minutes of a token the next one is given out; both are good until the first ends.
OVERLAP_S = 300
FORCED_PER_DAY = 20
FORCED_APART_S = 30
FETCHES_PER_MINUTE = 10_000
KEPT_PER_FAMILY = 50
FAMILIES = {"wechat": ("stable", "plain"), "wecom": ("wecom",)}

Platform = Literal["wechat", "wecom"]


def authorize_wechat(call: Call) -> None:
    _authorize(call, "wechat")


def authorize_wecom(call: Call) -> None:
    _authorize(call, "wecom")


def stable(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/stable_token: the same token again until its last 5 minutes.

    Source: wechat.md A2. Two forced refreshes less than 30 s apart: the second changes nothing.
    """
    world, asked = call.world, call.json()
    _check_wechat(world, asked)
    if not quotas.take_minute(world, "stable_token", limit=FETCHES_PER_MINUTE):
        raise Refused(45009, "reach max api minute frequence limit")
    current = _current(world, "stable")
    if asked.get("force_refresh") is True:
        current = _forced(world, current)
    if current is None or current.ends_at - world.now() <= OVERLAP_S:
        current = _issue(world, "stable")
    return _given(world, current)


def plain(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/token: a new token at every call; the one before is good for 5 more minutes."""
    world = call.world
    _check_wechat(world, dict(call.query))
    current = _current(world, "plain")
    if current is not None:
        current.superseded_at = world.now() + OVERLAP_S
    return _given(world, _issue(world, "plain"))


def wecom(call: Call) -> dict[str, Any]:
    """GET /cgi-bin/gettoken: the same token until it ends."""
    world, query = call.world, call.query
    for name, errcode in (("corpid", 41002), ("corpsecret", 41004)):
        if not query.get(name):
            raise Refused(errcode, f"{name} missing")
    if query["corpid"] != world.identity.corpid:
        raise Refused(40013, "invalid corpid")
    if not secrets.compare_digest(
        query["corpsecret"].encode(), world.identity.wecom_secret.encode()
    ):
        raise Refused(40001, "invalid credential")
    current = _current(world, "wecom") or _issue(world, "wecom")
    return {"errcode": 0, "errmsg": "ok", **_given(world, current)}


class Expiry(msgspec.Struct, forbid_unknown_fields=True):
    """errcode: what the tokens that are good now shall be answered with from now on."""

    platform: Platform | None = None
    errcode: Literal[40001, 40014, 42001] = 42001


async def expire(request: Request) -> Response:
    """End tokens before their time: 42001 expired, 40001 superseded, 40014 forgotten."""
    world, asked = world_of(request), await read(request, Expiry)
    ended = 0
    for family in FAMILIES[asked.platform] if asked.platform else sum(FAMILIES.values(), ()):
        for token in [t for t in world.state.tokens.get(family, []) if _is_good(world, t)]:
            ended += 1
            if asked.errcode == 42001:
                token.ends_at = world.now()
            elif asked.errcode == 40001:
                token.superseded_at = world.now()
            else:
                world.state.tokens[family].remove(token)
    world.changed()
    return answer({"ended": ended})


def _authorize(call: Call, platform: Platform) -> None:
    value = call.query.get("access_token")
    if not value:
        raise Refused(41001, "access_token missing")
    family_tokens = (
        t for family in FAMILIES[platform] for t in call.world.state.tokens.get(family, [])
    )
    token = next(
        (t for t in family_tokens if secrets.compare_digest(t.value.encode(), value.encode())), None
    )
    if token is None:
        raise Refused(40014, "invalid access_token")
    if token.superseded_at is not None and token.superseded_at <= call.world.now():
        raise Refused(40001, "invalid credential, access_token is invalid or not latest")
    if token.ends_at <= call.world.now():
        raise Refused(42001, "access_token expired")


def _check_wechat(world: World, asked: dict[str, Any]) -> None:
    if asked.get("grant_type") != "client_credential":
        raise Refused(40002, "invalid grant_type")
    if not asked.get("appid"):
        raise Refused(41002, "appid missing")
    if not asked.get("secret"):
        raise Refused(41004, "appsecret missing")
    check_app(world, str(asked["appid"]), str(asked["secret"]))


def check_app(world: World, appid: str, secret: str) -> None:
    """Refuse an appid that is not the mini program's, or a secret that is not its."""
    if appid != world.identity.appid:
        raise Refused(40013, "invalid appid")
    if not secrets.compare_digest(secret.encode(), world.identity.wechat_secret.encode()):
        raise Refused(40125, "invalid appsecret")


def _forced(world: World, current: Token | None) -> Token | None:
    forced = world.state.forced_refreshes
    if forced and world.now() - forced[-1] < FORCED_APART_S:
        return current
    if not quotas.take_day(world, "stable_token forced", limit=FORCED_PER_DAY):
        raise Refused(45009, "reach max api daily quota limit")
    world.state.forced_refreshes = [world.now()]
    if current is not None:
        current.superseded_at = world.now()
    return None


def _is_good(world: World, token: Token) -> bool:
    superseded = token.superseded_at is not None and token.superseded_at <= world.now()
    return not superseded and token.ends_at > world.now()


def _current(world: World, family: str) -> Token | None:
    latest = world.state.tokens.get(family, [])[-1:]
    return latest[0] if latest and _is_good(world, latest[0]) else None


def _issue(world: World, family: str) -> Token:
    issued = world.state.tokens.setdefault(family, [])
    token = Token(
        value=secrets.token_urlsafe(102), issued_at=world.now(), ends_at=world.now() + LIFE_S
    )
    issued.append(token)
    del issued[:-KEPT_PER_FAMILY]
    world.changed()
    return token


def _given(world: World, token: Token) -> dict[str, Any]:
    return {"access_token": token.value, "expires_in": round(token.ends_at - world.now())}
