"""Calls the API's Lambda in this process, with the events that API Gateway gives it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

Event = dict[str, Any]

# What a phone sends, and what API Gateway adds.
_USUAL_HEADERS = {
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate, br",
    "Host": "api.example.com",
    "Referer": "https://servicewechat.com/wx0123456789abcdef/12/page-frame.html",
    "User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50 NetType/WIFI Language/zh_CN",
    "X-Amzn-Trace-Id": "Root=1-67400000-000000000000000000000000",
    "X-Forwarded-For": "192.0.2.1",
    "X-Forwarded-Port": "443",
    "X-Forwarded-Proto": "https",
}
_PATH_VALUE = re.compile(r"\{(\w+)\}")
_numbers = count(1)


@dataclass(frozen=True)
class Reply:
    status: int
    body: str
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def event(
    method: str,
    route: str,
    *path: str,
    query: Mapping[str, str] | None = None,
    body: Any = None,
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Event:
    """What API Gateway gives the Lambda. `path` are the values of the route's names, in order.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """
    values = dict(zip(_PATH_VALUE.findall(route), path, strict=True))
    sent = {**_USUAL_HEADERS, **(headers or {})}
    if token:
        sent["authorization"] = f"Bearer {token}"
    if body is not None and not isinstance(body, str):
        body, sent["content-type"] = json.dumps(body, ensure_ascii=False), "application/json"
    return {
        "resource": route,
        "path": route.format(**values),
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": dict(query) if query else None,
        "multiValueQueryStringParameters": {n: [v] for n, v in (query or {}).items()} or None,
        "pathParameters": values or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": route,
            "httpMethod": method,
            "path": f"/api{route.format(**values)}",
            "requestId": f"bench-{next(_numbers)}",
            "identity": {"sourceIp": "192.0.2.1"},
            "stage": "api",
        },
        "body": body,
        "isBase64Encoded": False,
    }


def call(method: str, route: str, *path: str, **more: Any) -> Reply:
    """Answer one request as the deployed Lambda does."""
    from app import app

    answer = app(event(method, route, *path, **more), None)
    return Reply(answer["statusCode"], answer["body"], answer["headers"])
