"""What every fact says."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Fact(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Something that happened, at a time."""

    fact_id: str
    at: datetime
