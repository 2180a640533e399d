"""Dates and times as people in China read them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

# China keeps one time zone without daylight saving.
BEIJING = timezone(timedelta(hours=8))


def in_beijing(at: datetime) -> str:
    """To the minute: 2026-11-22 18:05."""
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
