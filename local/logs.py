"""`make logs`: follows what the Lambdas and the servers say, one readable line each."""

import json
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local import say
from local.stack import Stack
from local.usual import stack_that_is_up

LOOK_EVERY_S = 0.5
SHOWN_FROM_BEFORE_S = 60
OVERLAP_MS = 5_000
STREAMS_SEEN_MAX = 10_000
PLAIN = ("START ", "END ", "REPORT ", "INIT_START ")
"""What Lambda itself writes around every call; the emulator as well."""


def main() -> None:
    up = stack_that_is_up()
    lambdas = LambdaLogs(up)
    servers = [Tail("sandbox", up.sandbox.keeper.log), Tail("emulator", up.emulator.keeper.log)]
    say.line("Following the logs; stop with Ctrl-C.")
    while up.emulator.keeper.running():
        for text in lambdas.news():
            say.line(text)
        for server in servers:
            for text in server.news():
                say.line(text)
        time.sleep(LOOK_EVERY_S)


@dataclass
class Tail:
    """What a server's log file gains; of the emulator's, only what is out of order."""

    name: str
    file: Path
    read_to: int = field(init=False)

    def __post_init__(self) -> None:
        self.read_to = self.file.stat().st_size if self.file.exists() else 0

    def news(self) -> Iterator[str]:
        if not self.file.exists():
            return
        with self.file.open("rb") as file:
            file.seek(self.read_to)
            lines = file.read().splitlines(keepends=True)
        for line in lines:
            if not line.endswith(b"\n"):
                break
            self.read_to += len(line)
            text = line.decode(errors="replace").rstrip()
            if self.name != "emulator" or " ERROR " in text:
                yield f"{'':8} {self.name:14} {text}"


@dataclass
class LambdaLogs:
    """New lines of every Lambda; the emulator gives each call a log stream of its own, complete at once."""

    up: Stack
    seen: deque[str] = field(default_factory=lambda: deque(maxlen=STREAMS_SEEN_MAX))
    since_ms: int = field(default_factory=lambda: _now_ms() - SHOWN_FROM_BEFORE_S * 1000)

    def news(self) -> Iterator[str]:
        looked_at_ms = _now_ms()
        with suppress(BotoCoreError, ClientError):
            fresh = [event for event in self._events() if event["logStreamName"] not in self.seen]
            self.since_ms = looked_at_ms - OVERLAP_MS
            for event in sorted(fresh, key=lambda event: event["timestamp"]):
                if not event["message"].startswith(PLAIN):
                    yield readable(event["function"], event["timestamp"], event["message"])
            self.seen.extend({event["logStreamName"] for event in fresh})

    def _events(self) -> Iterator[dict[str, Any]]:
        logs, prefix = self.up.boto("logs"), f"/aws/lambda/{self.up.name}-"
        for group in logs.describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]:
            name = group["logGroupName"]
            pages = logs.get_paginator("filter_log_events")
            for event in pages.paginate(logGroupName=name, startTime=self.since_ms).search(
                "events[]"
            ):
                yield {**event, "function": name.removeprefix(prefix)}


def _now_ms() -> int:
    return int(time.time() * 1000)


def readable(function: str, timestamp_ms: int, message: str) -> str:
    """A JSON log line as time, function, level, message and the other fields; anything else as it is."""
    at = datetime.fromtimestamp(timestamp_ms / 1000).astimezone().strftime("%H:%M:%S")
    try:
        line = json.loads(message)
    except ValueError:
        line = None
    if not isinstance(line, dict):
        return f"{at} {function:14} {message.rstrip()}"
    level = "metric" if line.pop("_aws", None) else line.pop("level", "")
    text = line.pop("message", "")
    fields = " ".join(f"{key}={value}" for key, value in line.items())
    return f"{at} {function:14} {level:7} {text}  {fields}".rstrip()


if __name__ == "__main__":
    say.run(main)
