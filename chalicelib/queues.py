"""The queue loop: one broken message does not sink its batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from chalicelib import logs
from chalicelib.errors import Refusal, Unavailable


class Record(Protocol):
    body: str

    def to_dict(self) -> dict[str, Any]: ...


BatchReply = dict[str, list[dict[str, str]]]


def each_record(records: Iterable[Record], handle: Callable[[str], None]) -> BatchReply:
    """Handle the messages one by one and tell which ones must come again.

    A refusal is an answer: logged and dropped. Unavailable and bugs come again, and end in the
    dead-letter queue. This is the one place that catches every exception.
    """
    failed = []
    for record in records:
        message_id = record.to_dict()["messageId"]
        logs.bind(message_id=message_id)
        try:
            handle(record.body)
        except Unavailable as unavailable:
            logs.warning("message comes again", code=unavailable.code)
            failed.append(message_id)
        except Refusal as refusal:
            logs.info("message refused", code=refusal.code)
        except Exception as bug:
            logs.error("message failed", bug)
            failed.append(message_id)
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}
