"""Events as AWS hands them to the Lambdas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

MESSAGE_ATTRIBUTES = {"ApproximateReceiveCount": "1"}


def queue_event(*bodies: str) -> dict[str, Any]:
    """Messages of a queue, with the ids "m0", "m1", …"""
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "receiptHandle": f"handle-{number}",
                "body": body,
                "attributes": MESSAGE_ATTRIBUTES,
                "eventSource": "aws:sqs",
            }
            for number, body in enumerate(bodies)
        ]
    }


def failed_in(reply: Mapping[str, list[dict[str, str]]]) -> list[str]:
    """The ids of the messages that are to come again."""
    return [failure["itemIdentifier"] for failure in reply["batchItemFailures"]]


def stream_event(records: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {"Records": list(records)}


def changed(*, new: str | None = None, old: str | None = None, name: str = "MODIFY") -> Any:
    """A row's change in a stream: which fact it carries, and which it carried before."""
    images = {"NewImage": new, "OldImage": old}
    keys = {"pk": {"S": "post#1"}, "sk": {"S": "post"}}
    return {
        "eventName": name,
        "dynamodb": {
            "Keys": keys,
            **{image: {**keys, "fact": {"S": fact}} for image, fact in images.items() if fact},
        },
    }


def http_event(
    method: str,
    resource: str,
    *,
    path: Mapping[str, str],
    query: Mapping[str, str],
    headers: Mapping[str, str],
    body: str | None,
    request_id: str,
) -> dict[str, Any]:
    """A call as API Gateway's REST proxy hands it over. Values of the path stay encoded."""
    return {
        "resource": resource,
        "path": resource.format(**path),
        "httpMethod": method,
        "headers": dict(headers),
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": {k: [v] for k, v in query.items()} or None,
        "pathParameters": dict(path) or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "requestId": request_id,
            "identity": {"sourceIp": "203.0.113.7"},
        },
        "body": body,
        "isBase64Encoded": False,
    }
