"""The events by which WeChat tells what became of a user's consent: they come from the platform, about a user."""

from typing import Any

from sandbox.control import ControlError
from sandbox.state import User
from sandbox.world import World

MODIFIED = "user_info_modified"
REVOKED = "user_authorization_revoke"
CANCELLED = "user_authorization_cancellation"
EVENTS = (MODIFIED, REVOKED, CANCELLED)
# Source: wechat.md F, and the page of the event for 3 (invoice) and 4 (Bluetooth).
REVOKE_INFO = frozenset(map(str, (1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 14, 15, 16, 18, 19, 20)))
SENDER = "oPlatformPushService00000000"


def fields(world: World, user: User, event: str, given: dict[str, Any]) -> dict[str, Any]:
    """The fields of an event that are its own; what a user took back is given as RevokeInfo, for example "8"."""
    codes = given.get("RevokeInfo")
    if event == REVOKED and str(codes) not in REVOKE_INFO:
        known = ", ".join(sorted(REVOKE_INFO, key=int))
        raise ControlError(400, f"fields.RevokeInfo is what was taken back, one of {known}")
    own = {"OpenID": user.openid, "UnionID": user.unionid, "AppID": world.identity.appid}
    return {"FromUserName": SENDER, **own, **given, **_as_text(codes)}


def _as_text(codes: Any) -> dict[str, str]:
    return {"RevokeInfo": str(codes)} if codes is not None else {}
