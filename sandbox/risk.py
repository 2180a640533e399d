"""Ranks how risky a user is: 0, unless the control API said otherwise (PUT /_sandbox/users/{openid} risk_rank)."""

import secrets
from typing import Any

from sandbox.apis import Call, Refused
from sandbox.safety import check_active

SCENES = (0, 1, 2)


def rank(call: Call) -> dict[str, Any]:
    """POST /wxa/getuserriskrank

    Source: wechat.md A5, and the API's page for the codes and for the spelling of `unoin_id`.
    """
    world, asked = call.world, call.json()
    if not all(asked.get(name) for name in ("appid", "openid", "client_ip")):
        raise Refused(44002, "empty post data")
    if asked["appid"] != world.identity.appid:
        raise Refused(43104, "appid does not match the openid")
    # True is 1 in Python.
    if type(asked.get("scene")) is not int or asked["scene"] not in SCENES:
        raise Refused(40129, "invalid scene")
    user = check_active(world, str(asked["openid"]))
    return {
        "errcode": 0,
        "errmsg": "getuserriskrank succ",
        "risk_rank": user.risk_rank,
        "unoin_id": secrets.randbelow(10**9),
    }
