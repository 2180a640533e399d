"""What is written down of everything that a colleague or the system does to somebody's things."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

SYSTEM = "system"
"""`by` where a rule did it."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One deed: who, what, before, after, why. `about` is `<kind>#<id>`; nothing personal but ids."""

    what: str
    about: str
    by: str
    at: datetime
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    why: str = ""
