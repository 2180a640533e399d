"""Facts on their way: from the row that carries one, through the stream, to the facts queue.

Which facts there are is the community's business; here they are JSON texts in a row's `fact`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib import aws
from chalicelib.settings import settings


def relay(records: Iterable[Mapping[str, Any]]) -> int:
    """Put the facts that these stream records bring on the facts queue, all or nothing.

    Shape:   records of a DynamoDB stream with new and old images
    Refuses: Unavailable — then the stream delivers the batch again
    """
    news = [fact for record in records if (fact := _news(record["dynamodb"]))]
    aws.enqueue(settings().facts_queue_url, news)
    return len(news)


def _news(change: Mapping[str, Any]) -> str | None:
    """The fact of a changed row, unless the row carried the same one before."""
    new = change.get("NewImage", {}).get("fact", {}).get("S")
    old = change.get("OldImage", {}).get("fact", {}).get("S")
    return new if new != old else None
