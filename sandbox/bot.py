"""The bot in the moderators' group: a webhook whose key is its only secret, 20 messages a minute."""

import secrets
from typing import Any

from sandbox import quotas, sent
from sandbox.apis import Call, Refused, ok

PER_MINUTE = 20
# Source: wechat.md C4.
CONTENT_BYTES_MAX = {"text": 2048, "markdown": 4096}
GROUP = "group"


def send(call: Call) -> dict[str, Any]:
    """POST /cgi-bin/webhook/send?key="""
    world, key = call.world, call.query.get("key", "")
    if not secrets.compare_digest(key.encode(), world.identity.wecom_bot_key.encode()):
        raise Refused(93000, "invalid webhook url")
    asked = call.json()
    kind = str(asked.get("msgtype"))
    if kind not in CONTENT_BYTES_MAX:
        raise Refused(40008, "invalid message type")
    inner = asked.get(kind)
    content = inner.get("content") if isinstance(inner, dict) else None
    if not isinstance(content, str) or not content:
        raise Refused(44004, "empty content")
    if len(content.encode()) > CONTENT_BYTES_MAX[kind]:
        raise Refused(45002, f"content exceed max length {CONTENT_BYTES_MAX[kind]}")
    if not quotas.take_minute(world, "webhook", limit=PER_MINUTE):
        raise Refused(45009, "api freq out of limit")
    sent.record(world, channel="wecom_bot", kind=kind, to=[GROUP], body=asked)
    return ok()
