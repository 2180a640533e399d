"""A DynamoDB that says what it said before: at the HTTP seam, so that no engine's time is measured."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSRequest, AWSResponse

_HEADERS = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-RequestId": "0" * 52}


@dataclass(frozen=True)
class Canned:
    """Answers by what was asked."""

    answers: dict[str, bytes] = field(default_factory=dict)

    @contextmanager
    def learning(self, client: Any) -> Iterator[None]:
        """Remember what this client is answered."""
        asked = _registered(client, "before-call.dynamodb", _note_request)
        told = _registered(client, "after-call.dynamodb", self._learn)
        with asked, told:
            yield

    @contextmanager
    def answering(self, client: Any) -> Iterator[None]:
        """Answer this client in the place of its HTTP connection."""
        with _registered(client, "before-send.dynamodb", self._answer, first=True):
            yield

    def _learn(self, *, http_response: Any, context: dict[str, Any], **_: object) -> None:
        # Like DynamoDB itself, and unlike moto: UTF-8 as it is.
        said = json.loads(http_response.content)
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        self.answers[context["request"]] = body

    def _answer(self, *, request: AWSRequest, **_: object) -> AWSResponse:
        body = self.answers[_key(request.body)]
        return canned_answer(request.url, body)


def canned_answer(url: str, body: bytes) -> AWSResponse:
    """An answer of DynamoDB that no engine gave."""
    headers = {**_HEADERS, "x-amz-crc32": str(zlib.crc32(body))}
    return AWSResponse(url, 200, headers, _Raw(body))


class _Raw(io.BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


def _note_request(*, params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    context["request"] = _key(params["body"])


def _key(body: bytes) -> str:
    """What is asked for, however the request words it: the values, without the names of the places."""
    asked = json.loads(body)
    if "RequestItems" in asked:
        return json.dumps(asked["RequestItems"], sort_keys=True)
    values = asked.get("ExpressionAttributeValues") or asked.get("Key") or asked["Item"]
    return json.dumps([asked["TableName"], *sorted(map(str, values.values()))])


@contextmanager
def _registered(
    client: Any, event: str, hook: Callable[..., Any], *, first: bool = False
) -> Iterator[None]:
    events = client.meta.events
    (events.register_first if first else events.register)(event, hook)
    try:
        yield
    finally:
        events.unregister(event, hook)
