"""Pictures: a ticket, an upload straight into the bucket, and nothing that the ticket does not say."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from community import facts
from community.facts import MediaDue
from local.players import Phone
from local.stack import Stack
from tests.events import queue_event

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def bucket(stack: Stack) -> str:
    outputs = stack.boto("lambda").get_function_configuration(
        FunctionName=stack.function("api_handler")
    )
    name: str = outputs["Environment"]["Variables"]["MEDIA_BUCKET"]
    return name


def a_ticket(phone: Phone, **fields: Any) -> dict[str, Any]:
    wanted = {"purpose": "licence", "content_type": "image/png", "bytes": len(PNG), **fields}
    ticket: dict[str, Any] = phone.did("POST", "/v1/media", wanted)
    return ticket


def upload(http: httpx.Client, ticket: dict[str, Any], body: bytes = PNG, **changed: str) -> Any:
    """As `wx.uploadFile` does: all fields, then the file. Gives status and what S3 calls it."""
    fields = ticket["upload"]["fields"] | changed
    answer = http.post(ticket["upload"]["url"], data=fields, files={"file": ("p.png", body)})
    _, _, rest = answer.text.partition("<Code>")
    return answer.status_code, rest.partition("</Code>")[0]


def stored(stack: Stack, bucket: str, ticket: dict[str, Any]) -> bytes | None:
    try:
        key = ticket["upload"]["fields"]["key"]
        body: bytes = stack.boto("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return body
    except ClientError:
        return None


def test_a_picture_goes_straight_into_the_bucket(
    stack: Stack, bucket: str, prospect: Phone, http: httpx.Client
) -> None:
    ticket = a_ticket(prospect)
    assert ticket["upload"]["url"].startswith(stack.emulator_url)
    assert upload(http, ticket) == (204, "")
    assert stored(stack, bucket, ticket) == PNG


def test_the_sandbox_s_page_may_upload_and_no_other_page(
    stack: Stack, prospect: Phone, http: httpx.Client
) -> None:
    upload = a_ticket(prospect)["upload"]
    for origin, allowed in ((stack.base, stack.base), ("https://elsewhere.example", None)):
        files = {"file": ("p.png", PNG)}
        answer = http.post(
            upload["url"], data=upload["fields"], files=files, headers={"Origin": origin}
        )
        assert answer.headers.get("access-control-allow-origin") == allowed


@pytest.mark.parametrize(
    ("body", "changed", "refused"),
    [
        (PNG + b"x", {}, (400, "EntityTooLarge")),
        (b"", {}, (400, "EntityTooSmall")),
        (PNG, {"Content-Type": "text/html"}, (403, "AccessDenied")),
        (PNG, {"key": "exports/somebody"}, (403, "AccessDenied")),
        (PNG, {"x-amz-signature": "0" * 64}, (403, "SignatureDoesNotMatch")),
    ],
    ids=["too large", "empty", "another type", "another place", "signed by another"],
)
def test_what_the_ticket_does_not_say_is_refused(
    stack: Stack,
    bucket: str,
    prospect: Phone,
    http: httpx.Client,
    body: bytes,
    changed: dict[str, str],
    refused: tuple[int, str],
) -> None:
    ticket = a_ticket(prospect)
    assert upload(http, ticket, body, **changed) == refused
    assert stored(stack, bucket, ticket) is None


def test_a_ticket_ends_after_ten_minutes(
    stack: Stack, bucket: str, prospect: Phone, http: httpx.Client
) -> None:
    ticket = a_ticket(prospect)
    policy = json.loads(base64.b64decode(ticket["upload"]["fields"]["policy"]))
    ends = datetime.fromisoformat(policy["expiration"])
    # The storage goes by its own clock, which no test moves.
    assert abs(ends - datetime.now(UTC) - timedelta(minutes=10)) < timedelta(seconds=30)
    ended = stack.boto("s3").generate_presigned_post(
        bucket, ticket["upload"]["fields"]["key"], ExpiresIn=-1
    )
    assert upload(http, {"upload": ended}) == (403, "AccessDenied")
    assert stored(stack, bucket, ticket) is None


def test_what_nobody_used_is_deleted(
    stack: Stack, bucket: str, prospect: Phone, http: httpx.Client
) -> None:
    ticket = a_ticket(prospect)
    upload(http, ticket)
    due = MediaDue(
        fact_id="due", at=datetime.now(UTC), media_id=ticket["media_id"], purpose="licence"
    )
    assert stack.invoke("follow_facts", queue_event(facts.written(due))) == {
        "batchItemFailures": []
    }
    assert stored(stack, bucket, ticket) is None


def test_nobody_reads_the_bucket_without_a_link(
    stack: Stack, bucket: str, prospect: Phone, http: httpx.Client
) -> None:
    ticket = a_ticket(prospect)
    upload(http, ticket)
    place = f"{stack.emulator_url}/{bucket}"
    assert http.get(f"{place}/licence/{ticket['media_id']}").status_code == 403
    assert http.get(place).status_code == 403
