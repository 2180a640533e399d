"""Checks text as msgSecCheck v2 does, with the verdicts that were scripted; everything else passes."""

import secrets
from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from sandbox import quotas
from sandbox.apis import Call, Refused, ok
from sandbox.control import ControlError, answer, read, world_of
from sandbox.state import User
from sandbox.world import World

ACTIVE_WITHIN_S = 2 * 3600
CONTENT_CHARS_MAX = 2_500
PER_MINUTE = 4_000
PER_DAY = 2_000_000
STRICTEST_FIRST = ("risky", "review", "pass")
LABELS = {"pass": 100, "review": 21000, "risky": 20006}
CHECKED = ("content", "title", "nickname", "signature")


class NewVerdict(msgspec.Struct, forbid_unknown_fields=True):
    suggest: Literal["pass", "review", "risky"]
    text: str | None = None
    media: str | None = None


def check_text(call: Call) -> dict[str, Any]:
    """POST /wxa/msg_sec_check

    Source: wechat.md A4. The codes for a wrong version (40097) and for too long a content (45002) are unverified.
    """
    world, asked = call.world, call.json()
    if asked.get("version") != 2:
        raise Refused(40097, "invalid args, version must be 2")
    if asked.get("scene") not in (1, 2, 3, 4):
        raise Refused(40129, "invalid scene")
    texts = [asked.get(name, "") for name in CHECKED]
    if not all(isinstance(text, str) for text in texts):
        raise Refused(47001, "data format error")
    content = texts[0]
    if not content.strip():
        raise Refused(44002, "empty post data")
    if len(content) > CONTENT_CHARS_MAX:
        raise Refused(45002, "content size out of limit")
    check_active(world, str(asked.get("openid")))
    if not quotas.take_minute(world, "msg_sec_check", limit=PER_MINUTE):
        raise Refused(44991, "reach max api minute frequence limit")
    if not quotas.take_day(world, "msg_sec_check", limit=PER_DAY):
        raise Refused(45009, "reach max api daily quota limit")
    return _judged(world, texts)


async def script_verdict(request: Request) -> Response:
    """Fix what is answered for content (or, for media, an address) that contains a text."""
    world, asked = world_of(request), await read(request, NewVerdict)
    if bool(asked.text) == bool(asked.media):
        raise ControlError(400, "one of text and media is needed")
    if asked.text:
        world.state.text_verdicts[asked.text] = asked.suggest
    elif asked.media:
        world.state.media_verdicts[asked.media] = asked.suggest
    world.changed()
    return await show_verdicts(request)


async def show_verdicts(request: Request) -> Response:
    state = world_of(request).state
    return answer({"text": state.text_verdicts, "media": state.media_verdicts})


async def clear_verdicts(request: Request) -> Response:
    world = world_of(request)
    world.state.text_verdicts.clear()
    world.state.media_verdicts.clear()
    world.changed()
    return await show_verdicts(request)


def check_active(world: World, openid: str) -> User:
    """The user, if the mini program was used within 2 hours."""
    user = world.state.users.get(openid)
    if user is None:
        raise Refused(40003, "invalid openid")
    if user.active_at is None or world.now() - user.active_at > ACTIVE_WITHIN_S:
        raise Refused(
            61010, "code is expired: the user has not used the mini program within 2 hours"
        )
    return user


def _judged(world: World, texts: list[str]) -> dict[str, Any]:
    """The strictest of the scripted verdicts whose text occurs."""
    hits = [
        (words, suggest)
        for words, suggest in world.state.text_verdicts.items()
        if any(words in t for t in texts)
    ]
    words, suggest = min(hits, key=lambda hit: STRICTEST_FIRST.index(hit[1]), default=("", "pass"))
    verdict = {"suggest": suggest, "label": LABELS[suggest]}
    detail: list[dict[str, Any]] = [
        {"strategy": "content_model", "errcode": 0, **verdict, "prob": 90}
    ]
    if words:
        detail.append(
            {"strategy": "keyword", "errcode": 0, **verdict, "keyword": words, "level": 90}
        )
    trace_id = f"{secrets.token_hex(4)}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
    return ok(trace_id=trace_id, result=verdict, detail=detail)
