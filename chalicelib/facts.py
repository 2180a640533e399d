"""Facts on their way: from the row that carries one, through the stream, to the facts queue.

Which facts there are is the community's business; here they are JSON texts in a row's `fact`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from chalicelib import aws
from chalicelib.settings import settings


class _Typed(msgspec.Struct):
    type: str


def relay(records: Iterable[Mapping[str, Any]], *, counted: Collection[str] = ()) -> int:
    """Put the facts that these stream records bring on the facts queue, all or nothing.

    Those of which many together make a count go to the counts queue, too: there they wait for each other.

    Shape:   records of a DynamoDB stream with new and old images; `counted` are types of facts
    Refuses: Unavailable — then the stream delivers the batch again
    """
    news = [fact for record in records if (fact := _news(record["dynamodb"]))]
    aws.enqueue(settings().facts_queue_url, news)
    together = [fact for fact in news if counted and _type_of(fact) in counted]
    aws.enqueue(settings().counts_queue_url, together)
    return len(news)


def _type_of(fact: str) -> str:
    return msgspec.json.decode(fact, type=_Typed).type


def _news(change: Mapping[str, Any]) -> str | None:
    """The fact of a changed row, unless the row carried the same one before."""
    new = change.get("NewImage", {}).get("fact", {}).get("S")
    old = change.get("OldImage", {}).get("fact", {}).get("S")
    return new if new != old else None
