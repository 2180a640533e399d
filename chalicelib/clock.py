"""The time, asked once at the door and passed inward from there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from chalicelib.settings import settings


def utc_now() -> datetime:
    """Now, in UTC. On the local stage the sandbox may have moved time ahead."""
    now = datetime.now(UTC)
    return now + _ahead() if settings().sandbox_url else now


def _ahead() -> timedelta:
    # Settings refuse a sandbox address in every stage but local, so no one else gets here.
    from urllib.request import urlopen

    address = f"{settings().sandbox_url}/_sandbox/clock"
    with urlopen(address, timeout=2) as answer:  # noqa: S310 - settings allow http(s) only
        return timedelta(seconds=json.load(answer)["ahead_s"])
