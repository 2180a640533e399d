"""Passes the community's own API through to the emulated API Gateway, unchanged, under one stable address."""

import hashlib
import json
from typing import Any

import httpx
import msgspec
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from sandbox import subscribe
from sandbox.control import ControlError, answer, read, world_of
from sandbox.world import World

# API Gateway itself gives up after 29 seconds.
PATIENCE = httpx.Timeout(35.0, connect=3.0)
# They belong to one connection, not to the message (RFC 9110, section 7.6.1).
HOP_BY_HOP = {
    b"connection",
    b"keep-alive",
    b"proxy-authenticate",
    b"proxy-authorization",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
}
SESSIONS = "/v1/session"
SUBSCRIPTIONS = "/v1/subscriptions"
SESSIONS_MAX = 5_000


class Upstream(msgspec.Struct, forbid_unknown_fields=True):
    api: str


async def set_upstream(request: Request) -> Response:
    """Learn where the community's API is."""
    world, asked = world_of(request), await read(request, Upstream)
    try:
        url = httpx.URL(asked.api)
    except httpx.InvalidURL as error:
        raise ControlError(400, f"api is not a URL: {error}") from None
    if url.scheme != "http" or not url.host or url.query or url.fragment:
        raise ControlError(400, "api is an http:// base address without a query")
    world.state.upstream = asked.api.rstrip("/")
    world.changed()
    return await show_upstream(request)


async def show_upstream(request: Request) -> Response:
    return answer({"api": world_of(request).state.upstream})


async def relay(request: Request) -> Response:
    """Pass one request on; its answer comes back as it is: status, headers, bytes."""
    world = world_of(request)
    if world.state.upstream is None:
        return _problem(503, "not_started", "社区后端还没有启动，请先运行 make up")
    body = await request.body()
    if request.method == "POST" and request.url.path == SUBSCRIPTIONS:
        _note_acceptance(world, request, body)
    # Not client.build_request: that would add headers of its own.
    passed_on = httpx.Request(
        request.method,
        world.state.upstream + request.scope["raw_path"].decode("ascii") + _query(request),
        headers=[(k, v) for k, v in request.headers.raw if k not in HOP_BY_HOP and k != b"host"],
        content=body,
        extensions={"timeout": PATIENCE.as_dict()},
    )
    try:
        reply = await world.http.send(passed_on, stream=True)
    except httpx.TimeoutException:
        return _problem(504, "no_answer_in_time", "社区后端没有及时应答，请稍后再试")
    except httpx.TransportError:
        return _problem(502, "not_reachable", "暂时连不上社区后端，请稍后再试")
    if request.method == "POST" and request.url.path == SESSIONS:
        return await _signed_in(world, reply, body)
    closing = BackgroundTask(reply.aclose)
    return _as_received(
        reply, StreamingResponse(reply.aiter_raw(), reply.status_code, background=closing)
    )


async def _signed_in(world: World, reply: httpx.Response, body: bytes) -> Response:
    """Remember whose session this is, by the code with which it was asked for."""
    raw = b"".join([chunk async for chunk in reply.aiter_raw()])
    code = world.state.login_codes.get(str(_json_object(body).get("code")))
    if reply.is_success and code is not None:
        # httpx decodes what aiter_raw leaves as it came.
        decoded = httpx.Response(reply.status_code, headers=reply.headers, content=raw).content
        token = _json_object(decoded).get("token")
        if isinstance(token, str):
            world.state.sessions[_fingerprint(token)] = code.openid
            for oldest in list(world.state.sessions)[:-SESSIONS_MAX]:
                del world.state.sessions[oldest]
            world.changed()
    await reply.aclose()
    return _as_received(reply, Response(raw, reply.status_code))


def _note_acceptance(world: World, request: Request, body: bytes) -> None:
    """A mini program calls this API only after the member accepted on the phone: so the member did."""
    _, _, token = request.headers.get("authorization", "").partition(" ")
    openid = world.state.sessions.get(_fingerprint(token.strip()))
    asked = _json_object(body)
    template = world.identity.templates.get(str(asked.get("template")))
    times = asked.get("accepted")
    if (
        openid in world.state.users
        and template is not None
        and isinstance(times, int)
        and times > 0
    ):
        subscribe.accept(world, world.state.users[openid], template.id, times=int(times))


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _query(request: Request) -> str:
    query = request.scope["query_string"].decode("ascii")
    return f"?{query}" if query else ""


def _as_received(reply: httpx.Response, response: Response) -> Response:
    response.raw_headers = [
        (k.lower(), v) for k, v in reply.headers.raw if k.lower() not in HOP_BY_HOP
    ]
    return response


def _problem(status: int, code: str, detail: str) -> Response:
    problem = {
        "type": "about:blank",
        "title": "Upstream unavailable",
        "status": status,
        "code": code,
        "detail": detail,
    }
    return Response(msgspec.json.encode(problem), status, media_type="application/problem+json")
