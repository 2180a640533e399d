"""What the running system says about itself: JSON lines and metrics, without private data.

A log line has a constant message and named fields. Texts of exceptions are not logged: they may carry
what a person wrote or an address with a token. Their type and the places they went through are.
"""

from __future__ import annotations

import sys
import time
import traceback
from contextvars import ContextVar
from types import TracebackType

import msgspec

from chalicelib.settings import settings

_context: ContextVar[dict[str, str] | None] = ContextVar("log_context", default=None)

Field = str | int | float | bool | None


def bind(**fields: str) -> None:
    """Fields that every further line of this request or message carries."""
    _context.set(fields)


def info(message: str, **fields: Field) -> None:
    _write("info", message, fields)


def warning(message: str, **fields: Field) -> None:
    _write("warning", message, fields)


def error(message: str, exception: BaseException, **fields: Field) -> None:
    """A bug or an outage: who is on call wants to know where, not what was said."""
    _write("error", message, fields | _story(exception))


def metric(name: str, value: float = 1, *, unit: str = "Count", **dimensions: str) -> None:
    """Count something, in CloudWatch's embedded metric format.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    dimensions = {"stage": settings().stage, **dimensions}
    directive = {
        "Namespace": "member-community",
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": name, "Unit": unit}],
    }
    stamp = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    line = {"_aws": stamp, name: value, **dimensions}
    print(msgspec.json.encode(line).decode(), file=sys.stdout, flush=True)


def _write(level: str, message: str, fields: dict[str, Field]) -> None:
    line = {"level": level, "message": message, **(_context.get() or {}), **fields}
    print(msgspec.json.encode(line).decode(), file=sys.stdout, flush=True)


def _story(exception: BaseException) -> dict[str, Field]:
    causes = [exception]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) and cause not in causes:
        causes.append(cause)
    return {
        "exception": " < ".join(type(cause).__name__ for cause in causes),
        "at": " > ".join(_places(exception.__traceback__)),
    }


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-8:]
    return [f"{'/'.join(f.filename.split('/')[-3:])}:{f.lineno} {f.name}" for f in frames]
