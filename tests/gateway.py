"""API Gateway in front of the real app, in one process."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.events import http_event

if TYPE_CHECKING:
    from tests.world import Person


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def refusal(self) -> tuple[int, str]:
        """The status and the code of a problem document."""
        assert self.headers["content-type"] == "application/problem+json", self
        problem = self.json
        assert problem["status"] == self.status
        assert problem["detail"]
        return self.status, problem["code"]

    @property
    def wrong_fields(self) -> list[str]:
        assert self.refusal[0] == 422
        return [error["field"] for error in self.json["errors"]]


@dataclass
class Gateway:
    """Calls the app as the gateway does; a path that is not declared does not reach it."""

    new_request_id: Callable[[], str]

    def get(self, path: str, **told: Any) -> Reply:
        return self.call("GET", path, **told)

    def post(self, path: str, body: Any = None, **told: Any) -> Reply:
        return self.call("POST", path, body=body, **told)

    def put(self, path: str, body: Any = None, **told: Any) -> Reply:
        return self.call("PUT", path, body=body, **told)

    def delete(self, path: str, **told: Any) -> Reply:
        return self.call("DELETE", path, **told)

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        raw: str | None = None,
        as_: Person | None = None,
        key: str | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """`body` goes as JSON, `raw` as it is; `key` is the Idempotency-Key."""
        from app import app

        resource, values = _matched(app.routes, path)
        if resource is None or method not in app.routes[resource]:
            return Reply(403, {}, '{"message": "Missing Authentication Token"}')
        told = {
            "Content-Type": "application/json" if raw is not None or body is not None else None,
            "Authorization": f"Bearer {as_.token}" if as_ else None,
            "Idempotency-Key": key,
            **(headers or {}),
        }
        event = http_event(
            method,
            resource,
            path=values,
            query={name: str(value) for name, value in (query or {}).items()},
            headers={name: value for name, value in told.items() if value is not None},
            body=raw if body is None else json.dumps(body, ensure_ascii=False),
            request_id=self.new_request_id(),
        )
        answer = app(event, None)
        told_back = {name.lower(): value for name, value in answer["headers"].items()}
        assert not answer.get("isBase64Encoded")
        return Reply(answer["statusCode"], told_back, answer["body"])


def _matched(resources: Mapping[str, Any], path: str) -> tuple[str | None, dict[str, str]]:
    for resource in resources:
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(resource))
        if found := re.fullmatch(pattern, path):
            return resource, found.groupdict()
    return None, {}
