"""The contract of the HTTP doors as an OpenAPI 3.1 document, made from what the routes declare."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import msgspec

from chalicelib import partners, problems
from chalicelib.errors import Conflict, Invalid, Refusal, Unavailable
from chalicelib.http import Answer, Door, Incoming, Route, Who

_SCHEMA = "#/components/schemas/{name}"
_PATH_VALUE = re.compile(r"\{(\w+)\}")


def document(doors: Iterable[Door], *, version: str) -> bytes:
    """All routes of these doors but callbacks, whose shape the platforms decide."""
    routes = [route for door in doors for route in door.routes if route.takes is not Incoming]
    types = [kind for route in routes for kind in (route.takes, route.gives) if _is_model(kind)]
    schemas, components = msgspec.json.schema_components(
        [*types, problems.Problem], ref_template=_SCHEMA
    )
    schema_of = dict(zip(map(str, [*types, problems.Problem]), schemas, strict=True))
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schema_of)
    contract = {
        "openapi": "3.1.0",
        "info": {
            "title": "Member community",
            "version": version,
            "description": "What the mini program and partners' systems call. Errors are problem "
            "documents (RFC 9457).",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "session": {"type": "http", "scheme": "bearer"},
                "partner": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Partner-Signature",
                    "description": "HMAC-SHA256, see docs/partner-signing.md.",
                },
            },
        },
    }
    return msgspec.json.format(msgspec.json.encode(contract), indent=2)


def _is_model(kind: Any) -> bool:
    return kind is not None and kind is not Answer


def _operation(route: Route, schema_of: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.handler.__name__,
        "summary": inspect.getdoc(route.handler),
        "parameters": [*_path_values(route), *_asked(route), *_key(route), *_signed(route)],
        "responses": _responses(route, schema_of),
    }
    if route.takes:
        content = {"application/json": {"schema": schema_of[str(route.takes)]}}
        operation["requestBody"] = {"required": True, "content": content}
    if route.who is Who.PARTNER:
        operation["security"] = [{"partner": []}]
    elif route.who is not Who.ANYONE:
        operation["security"] = [{"session": []}, *([{}] if route.who is Who.GUEST else [])]
    return operation


def _path_values(route: Route) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PATH_VALUE.findall(route.path)
    ]


def _asked(route: Route) -> list[dict[str, Any]]:
    if route.asks is None:
        return []
    _, components = msgspec.json.schema_components([route.asks])
    properties = components[route.asks.__name__]["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": schema}
        for name, schema in properties.items()
    ]


def _key(route: Route) -> list[dict[str, Any]]:
    if not route.keyed:
        return []
    schema = {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[ -~]+$"}
    return [{"name": "Idempotency-Key", "in": "header", "required": False, "schema": schema}]


def _signed(route: Route) -> list[dict[str, Any]]:
    """What has to come beside the signature."""
    if route.who is not Who.PARTNER:
        return []
    return [
        {
            "name": name,
            "in": "header",
            "required": True,
            "schema": {"type": "string", "pattern": f"^{shape}$"},
        }
        for name, shape in partners.SHAPES.items()
        if name != partners.SCHEME
    ]


def _responses(route: Route, schema_of: dict[str, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": HTTPStatus(route.status).phrase}
    if route.gives is Answer:
        good["content"] = {"application/json": {"schema": {"type": "object"}}}
    elif route.gives is not None:
        good["content"] = {"application/json": {"schema": schema_of[str(route.gives)]}}
    responses = {str(route.status): good}
    if _is_model(route.gives) and route.method == "GET" and route.who is Who.GUEST:
        responses["304"] = {"description": "Not Modified"}
    content = {problems.MEDIA_TYPE: {"schema": schema_of[str(problems.Problem)]}}
    for status, codes in sorted(_codes_by_status(route).items()):
        description = f"{HTTPStatus(status).phrase}: {', '.join(sorted(codes))}"
        responses[str(status)] = {"description": description, "content": content}
    return responses


def _codes_by_status(route: Route) -> dict[int, set[str]]:
    codes: dict[int, set[str]] = {500: {"internal_error"}}
    refuses: set[type[Refusal]] = {*route.refuses, Unavailable}
    if route.takes or route.asks or route.keyed:
        refuses.add(Invalid)
    if route.takes:
        refuses |= {problems.TooLarge, problems.WrongMediaType}
    if route.keyed:
        refuses.add(Conflict)
    if route.who is Who.PARTNER:
        refuses |= set(partners.REFUSALS)
    elif route.who is not Who.ANYONE:
        codes[401] = {problems.SIGN_IN_FIRST.code}
    for refusal in refuses:
        codes.setdefault(problems.status_of(refusal), set()).add(refusal.code)
    return codes
