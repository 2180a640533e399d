"""The queue loops: one broken message does not sink its batch, nor one failing job the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
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
    dead-letter queue. Only here, and for groups and jobs below, every exception is caught.
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


def each_group(
    records: Iterable[Record],
    group_of: Callable[[str], str],
    handle: Callable[[Sequence[str]], None],
) -> BatchReply:
    """Handle the messages that belong together at once, and tell which ones must come again.

    A group that is refused, or meets a bug, comes again as a whole: it has to stand that.
    """
    groups: dict[str, list[Record]] = {}
    failed: list[Record] = []
    for record in records:
        try:
            groups.setdefault(group_of(record.body), []).append(record)
        except Exception as bug:
            logs.error("message failed", bug, message_id=record.to_dict()["messageId"])
            failed.append(record)
    for group, together in groups.items():
        logs.bind(group=group)
        try:
            handle([record.body for record in together])
        except Unavailable as unavailable:
            logs.warning("messages come again", code=unavailable.code, messages=len(together))
            failed += together
        except Exception as bug:
            logs.error("messages failed", bug, messages=len(together))
            failed += together
    return {
        "batchItemFailures": [{"itemIdentifier": each.to_dict()["messageId"]} for each in failed]
    }


def each_job(jobs: Mapping[str, Callable[..., int]], *, now: datetime) -> dict[str, int]:
    """Run jobs of which none waits for another: whichever fails, the others have their turn.

    Gives what each gave. Then the first failure is raised: whoever is on call has to hear of it.
    """
    gave: dict[str, int] = {}
    failures: list[Exception] = []
    for name, job in jobs.items():
        logs.bind(job=name)
        try:
            gave[name] = job(now=now)
        except Exception as failure:
            logs.error("job failed", failure)
            failures.append(failure)
    if failures:
        raise failures[0]
    return gave
