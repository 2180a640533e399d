"""Exchanges a code of wx.login for the user's openid and session key."""

import base64
import secrets
from typing import Any

from sandbox import quotas
from sandbox.apis import Call, Refused
from sandbox.tokens import check_app

EXCHANGES_PER_MINUTE = 100
REQUIRED = (("appid", 41002), ("secret", 41004), ("js_code", 41008))


def exchange(call: Call) -> dict[str, Any]:
    """GET /sns/jscode2session: each code is good once, for 5 minutes.

    Source: wechat.md A1.
    """
    world, query = call.world, call.query
    for name, errcode in REQUIRED:
        if not query.get(name):
            raise Refused(errcode, f"{name} missing")
    if query.get("grant_type") != "authorization_code":
        raise Refused(40002, "invalid grant_type")
    check_app(world, query["appid"], query["secret"])
    code = world.state.login_codes.get(query["js_code"])
    if code is None or code.ends_at <= world.now():
        raise Refused(40029, "invalid code")
    if not quotas.take_minute(world, f"jscode2session {code.openid}", limit=EXCHANGES_PER_MINUTE):
        raise Refused(45011, "api minute-quota reach limit, must slower, retry next minute")
    if code.used:
        raise Refused(40029, "code been used")
    code.used = True
    user = world.state.users[code.openid]
    if user.blocked:
        raise Refused(40226, "code blocked")
    user.session_key = base64.b64encode(secrets.token_bytes(16)).decode()
    user.active_at = world.now()
    return {"session_key": user.session_key, "openid": user.openid, "unionid": user.unionid}
