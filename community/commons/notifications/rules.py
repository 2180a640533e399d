"""What a member is told in the notification centre."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

UNREAD_COUNTED_MAX = 100
"""After reading, what is left is counted up to this: counting reads every row, and more is just many."""


class Kind(StrEnum):
    CERTIFICATION = "certification"
    MODERATION = "moderation"
    PRIVACY = "privacy"


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a member is told. `link` is a page of the mini program."""

    notification_id: str
    kind: Kind
    title: str
    text: str
    link: str | None
    created_at: datetime
