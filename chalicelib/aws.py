"""The few AWS clients that we hold ourselves; DynamoDB goes through PynamoDB (see `tables`)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session, get_session

from chalicelib.errors import Unavailable

_QUICK = Config(
    connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
)
QUEUE_BATCH_MAX = 10


@cache
def session() -> Session:
    return get_session()


@cache
def _client(service: str) -> Any:
    return session().create_client(service, config=_QUICK)


def parameters_under(path: str) -> dict[str, str]:
    """The decrypted SSM parameters right under a path, by their last name."""
    pages = _client("ssm").get_paginator("get_parameters_by_path")
    found = pages.paginate(Path=path, WithDecryption=True).search("Parameters[]")
    return {parameter["Name"].removeprefix(path): parameter["Value"] for parameter in found}


def enqueue(queue_url: str, bodies: Sequence[str], *, delay_s: int = 0) -> None:
    """Put messages on a queue, all or nothing from the caller's view: any failure refuses.

    Refuses: Unavailable — then some messages may be on the queue already; consumers know repeats
    """
    for start in range(0, len(bodies), QUEUE_BATCH_MAX):
        batch = bodies[start : start + QUEUE_BATCH_MAX]
        entries = [
            {"Id": str(number), "MessageBody": body, "DelaySeconds": delay_s}
            for number, body in enumerate(batch)
        ]
        try:
            answer = _client("sqs").send_message_batch(QueueUrl=queue_url, Entries=entries)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable from error
        if answer.get("Failed"):
            raise Unavailable
