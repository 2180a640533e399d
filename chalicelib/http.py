"""The door frame: everything that all HTTP doors do the same way, so that a door only says what it opens.

A door declares routes; `mount` hangs them on the Chalice app. For every call the frame tells who calls
and when, decodes and checks what was sent, joins retries by Idempotency-Key, encodes the answer, turns
refusals into problem documents (RFC 9457) and bugs into a 500 with an id, and writes one log line.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import unquote

import msgspec
from chalice.app import Chalice, Response

from chalicelib import clock, idempotency, logs, partners, problems, reading
from chalicelib.errors import Refusal, Unavailable

Caller = TypeVar("Caller")
Body = TypeVar("Body", covariant=True)
Asked = TypeVar("Asked", covariant=True)

JSON = "application/json"
PUBLIC_FOR_S = 10
Handler = Callable[..., Any]


class Who(Enum):
    """Whom a route is for."""

    ANYONE = "anyone"
    """Nobody is asked who they are."""
    GUEST = "guest"
    """Members, and people who have not signed in."""
    MEMBER = "member"
    """Only those who signed in; others get 401."""
    PARTNER = "partner"
    """Only partners' systems, which sign every call (see `partners`); others get 401."""


class Known(Protocol):
    """Who calls, as far as the frame cares."""

    @property
    def caller_id(self) -> str: ...


class Call(msgspec.Struct, Generic[Caller, Body, Asked], frozen=True):
    """One call, understood: who, what, when. `query` is what was asked for beside the path.

    `token` is how the caller proved who they are: only for ending its session.
    """

    caller: Caller
    body: Body
    query: Asked
    request_id: str
    now: datetime
    token: str = ""


class Route(msgspec.Struct, frozen=True):
    """One line of the contract."""

    method: str
    path: str
    handler: Handler
    who: Who
    takes: Any
    asks: Any
    gives: Any
    status: int
    refuses: tuple[type[Refusal], ...]

    @property
    def keyed(self) -> bool:
        """Whether an Idempotency-Key means something here."""
        return self.method == "POST" and self.who in (Who.MEMBER, Who.PARTNER)


class Answer(msgspec.Struct, frozen=True):
    """What goes back, ready for the wire."""

    status: int
    body: str = ""
    headers: dict[str, str] = {}


class Incoming(msgspec.Struct, frozen=True):
    """A request as it came, before anybody looked at it."""

    headers: Mapping[str, str]
    query: Mapping[str, str]
    path: Mapping[str, str]
    body: bytes
    request_id: str


class Recognised(msgspec.Struct, frozen=True):
    """Who calls, and what they are told in headers of the answer: a fresh token, say."""

    caller: Known
    headers: Mapping[str, str] = {}


Identify = Callable[[str, datetime], Recognised | None]


class Door:
    """A set of routes for one kind of caller."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.routes: list[Route] = []

    def route(
        self,
        method: str,
        path: str,
        *,
        who: Who = Who.MEMBER,
        takes: Any = None,
        asks: Any = None,
        gives: Any = None,
        status: int | None = None,
        refuses: tuple[type[Refusal], ...] = (),
    ) -> Callable[[Handler], Handler]:
        """Declare a route: the function below it is called with a Call and the path's values."""

        def declare(handler: Handler) -> Handler:
            usual = 200 if gives else 204
            self.routes.append(
                Route(method, path, handler, who, takes, asks, gives, status or usual, refuses)
            )
            return handler

        return declare


def mount(app: Chalice, door: Door, *, identify: Identify) -> None:
    """Hang a door's routes on the app. `identify` tells whose token a call carries."""
    for route in door.routes:
        # Every media type comes in here, so that a wrong one gets our own answer.
        app.route(route.path, methods=[route.method], content_types=["*/*"])(
            _view(app, route, identify)
        )


def _view(app: Chalice, route: Route, identify: Identify) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        request = app.current_request
        assert request is not None
        raw = request.raw_body
        incoming = Incoming(
            headers=request.headers,
            query=request.query_params or {},
            # Chalice hands path values over as they were in the address.
            path={name: unquote(value) for name, value in path.items()},
            body=raw if isinstance(raw, bytes) else raw.encode(),
            request_id=request.context.get("requestId", "-"),
        )
        answer = serve(route, incoming, identify)
        return Response(answer.body, headers={**answer.headers}, status_code=answer.status)

    return view


def serve(route: Route, incoming: Incoming, identify: Identify) -> Answer:
    """Answer one call. Never raises."""
    started = time.perf_counter()
    logs.bind(request_id=incoming.request_id)
    try:
        answer = _answered(route, incoming, identify)
    except Refusal as refusal:
        logs.bind(request_id=incoming.request_id, code=refusal.code)
        if isinstance(refusal, Unavailable):
            logs.metric("unavailable", code=refusal.code)
        answer = _problem(problems.of_refusal(refusal), refusal.retry_after_s)
    except Exception as bug:
        logs.error("call failed", bug, route=route.path)
        logs.metric("bug", route=route.path)
        answer = _problem(problems.of_bug(incoming.request_id))
    took_ms = round((time.perf_counter() - started) * 1000, 2)
    logs.info("call", method=route.method, route=route.path, status=answer.status, ms=took_ms)
    return answer


def _answered(route: Route, incoming: Incoming, identify: Identify) -> Answer:
    now = clock.utc_now()
    recognised = _recognised(route, incoming, identify, now)
    if isinstance(recognised, Answer):
        return recognised
    if recognised is None:
        return _handled(route, incoming, None, now)
    answer = _handled(route, incoming, recognised.caller, now)
    answer.headers.update(recognised.headers)
    return answer


def _handled(route: Route, incoming: Incoming, caller: Known | None, now: datetime) -> Answer:
    query = reading.query(route.asks, incoming.query)
    body = _body(route, incoming)
    _, token = _credentials(incoming)
    call: Call[Any, Any, Any] = Call(caller, body, query, incoming.request_id, now, token)
    key = incoming.headers.get("idempotency-key")
    if key is not None and route.keyed and caller is not None:
        return _answered_once(route, incoming, call, key, caller.caller_id)
    return _encoded(route, route.handler(call, **incoming.path), incoming, caller)


def _body(route: Route, incoming: Incoming) -> Any:
    if route.takes is Incoming:
        return incoming  # A callback: the door opens it itself.
    return reading.body(route.takes, incoming.body, incoming.headers.get("content-type", ""))


def _answered_once(
    route: Route, incoming: Incoming, call: Call[Any, Any, Any], key: str, whose: str
) -> Answer:
    held = idempotency.claim(
        key,
        whose=whose,
        what=f"{route.path} {sorted(incoming.path.items())}",
        body=incoming.body,
        request_id=call.request_id,
        now=call.now,
    )
    call = msgspec.structs.replace(call, request_id=held.request_id, now=held.now)
    result = route.handler(call, **incoming.path)
    answer = _encoded(route, result, incoming, call.caller)
    if held.replayed:
        answer.headers["Idempotency-Replayed"] = "true"
    return answer


def _recognised(
    route: Route, incoming: Incoming, identify: Identify, now: datetime
) -> Recognised | Answer | None:
    """Who calls; an answer of 401 where that had to be known and is not."""
    if route.who is Who.PARTNER:
        return _partner(route, incoming, now)
    scheme, token = _credentials(incoming)
    if route.who is Who.ANYONE or (route.who is Who.GUEST and not token):
        return None
    found = identify(token, now) if scheme.lower() == "bearer" and token else None
    return found or _problem(problems.SIGN_IN_FIRST, headers={"WWW-Authenticate": "Bearer"})


def _partner(route: Route, incoming: Incoming, now: datetime) -> Recognised | Answer:
    path = route.path.format(**incoming.path)
    signed = partners.Signed(route.method, path, incoming.query, incoming.body)
    try:
        return Recognised(partners.recognised(signed, incoming.headers, now=now))
    except problems.NotRecognised as refusal:
        told = problems.of_refusal(refusal)
        return _problem(told, headers={"WWW-Authenticate": partners.SCHEME})


def _credentials(incoming: Incoming) -> tuple[str, str]:
    scheme, _, token = incoming.headers.get("authorization", "").partition(" ")
    return scheme, token


def _encoded(route: Route, result: Any, incoming: Incoming, caller: Known | None) -> Answer:
    if isinstance(result, Answer):
        return result
    if route.gives is None:
        return Answer(route.status)
    body = msgspec.json.encode(result)
    headers = {"Content-Type": JSON}
    if route.method == "GET" and route.who is Who.GUEST:
        etag = f'W/"{hashlib.sha1(body, usedforsecurity=False).hexdigest()[:20]}"'
        shared = f"public, max-age={PUBLIC_FOR_S}"
        headers["Cache-Control"] = "private, no-cache" if caller else shared
        headers["ETag"] = etag
        headers["Vary"] = "Authorization"
        if etag in incoming.headers.get("if-none-match", ""):
            return Answer(304, headers=headers)
    else:
        headers["Cache-Control"] = "no-store"
    return Answer(route.status, body.decode(), headers)


def _problem(
    problem: problems.Problem,
    retry_after_s: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    all_headers = {"Content-Type": problems.MEDIA_TYPE, "Cache-Control": "no-store"}
    if retry_after_s is not None:
        all_headers["Retry-After"] = str(retry_after_s)
    return Answer(
        problem.status, msgspec.json.encode(problem).decode(), {**all_headers, **(headers or {})}
    )
