"""How a platform API is called: faults first, then the method, the access token, the body; errors are HTTP 200."""

import asyncio
import inspect
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sandbox import connections, faults
from sandbox.control import world_of
from sandbox.state import ApiCount, Fault
from sandbox.world import World

log = logging.getLogger(__name__)


class Refused(Exception):
    """What a platform answers instead of doing what it was asked."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errmsg)
        self.errcode = errcode
        self.errmsg = errmsg


@dataclass(frozen=True)
class Call:
    world: World
    query: Mapping[str, str]
    body: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """The body as a JSON object, or 47001."""
        try:
            value = json.loads(self.body)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise Refused(47001, "data format error")
        return value


Given = dict[str, Any] | Response


@dataclass(frozen=True)
class Api:
    """One API of a platform. `authorize` checks the access token; None means that the API needs none.

    `handle` gives the JSON to answer with, or an answer that is no JSON.
    """

    method: str
    path: str
    handle: Callable[[Call], Given | Awaitable[Given]]
    authorize: Callable[[Call], None] | None = None
    media_type: str = "application/json; encoding=utf-8"


class Dropped(Response):
    """Closes the connection without an answer."""

    async def __call__(self, scope: Scope, receive: Receive, _: Send) -> None:
        connections.abort(scope)
        while (await receive())["type"] != "http.disconnect":
            pass


def endpoint(api: Api) -> Callable[[Request], Awaitable[Response]]:
    async def respond(request: Request) -> Response:
        world = world_of(request)
        # Read first: a call that is delayed is still carried out when its caller has hung up.
        body = await request.body()
        count = world.state.apis.setdefault(api.path, ApiCount())
        count.calls += 1
        world.changed()
        fault = faults.take(world, api.path)
        if fault is not None:
            count.faults += 1
            if fault.delay_ms is not None:
                await asyncio.sleep(fault.delay_ms / 1000)
            struck = _struck(fault, api)
            if struck is not None:
                return struck
        value = await _answer(
            api, Call(world, request.query_params, body, await _files(request)), request.method
        )
        errcode = 0 if isinstance(value, Response) else int(value.get("errcode", 0))
        if errcode:
            count.errcodes[str(errcode)] = count.errcodes.get(str(errcode), 0) + 1
        log.info("%s %s errcode=%d", request.method, api.path, errcode)
        return value if isinstance(value, Response) else _json(value, api)

    return respond


async def unknown(request: Request) -> Response:
    """Answer for a path that is no API of the sandbox."""
    log.info("%s %s is not an API of the sandbox", request.method, request.url.path)
    return Response(
        json.dumps({"errcode": 40066, "errmsg": "invalid url"}), media_type="application/json"
    )


def ok(**fields: Any) -> dict[str, Any]:
    return {"errcode": 0, "errmsg": "ok", **fields}


async def _answer(api: Api, call: Call, method: str) -> Given:
    try:
        if method != api.method:
            raise (
                Refused(43002, "require POST method")
                if api.method == "POST"
                else Refused(43001, "require GET method")
            )
        if api.authorize is not None:
            api.authorize(call)
        given = api.handle(call)
        return await given if inspect.isawaitable(given) else given
    except Refused as refused:
        return {
            "errcode": refused.errcode,
            "errmsg": f"{refused.errmsg} rid: {secrets.token_hex(4)}",
        }


def _struck(fault: Fault, api: Api) -> Response | None:
    log.info("%s struck by a scripted fault", api.path)
    if fault.drop:
        return Dropped()
    if fault.status is not None:
        return Response("scripted fault", fault.status, media_type="text/html")
    if fault.errcode is not None:
        return _json({"errcode": fault.errcode, "errmsg": "scripted fault"}, api)
    return None


async def _files(request: Request) -> dict[str, bytes]:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return {}
    async with request.form(max_files=4, max_fields=16) as form:
        return {
            name: await part.read() for name, part in form.items() if isinstance(part, UploadFile)
        }


def _json(value: dict[str, Any], api: Api) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), headers={"content-type": api.media_type})
