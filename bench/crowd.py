"""Rows like those that are there, many times over: what the tables look like after years."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.units import Item
from chalicelib import ids

PLACE = "@ID@"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
STEP = timedelta(seconds=1)

Rows = Mapping[str, list[Item]]
"""All rows, by district."""


@dataclass(frozen=True)
class Many:
    """So many rows after one pattern, which says PLACE where their ids go. The ids rise with time."""

    district: str
    pattern: str
    count: int
    since: datetime

    @classmethod
    def like(
        cls,
        rows: Rows,
        district: str,
        *,
        count: int,
        pk: str,
        sk: str = "",
        change: Mapping[str, str] | None = None,
        since: datetime = LONG_AGO,
    ) -> Many:
        """Rows like the first whose key begins so, with some of its texts changed."""
        item = next(
            row
            for row in rows[district]
            if row["pk"]["S"].startswith(pk) and row["sk"]["S"].startswith(sk)
        )
        texts = {name: {"S": text} for name, text in (change or {}).items()}
        pattern = json.dumps(item, ensure_ascii=False).replace(_own_id(item), PLACE)
        changed = json.dumps({**json.loads(pattern), **texts}, ensure_ascii=False)
        return cls(district, changed, count, since)

    def items(self) -> Iterator[Item]:
        for number in range(self.count):
            row_id = ids.new_id(self.since + number * STEP, "crowd")
            yield json.loads(self.pattern.replace(PLACE, row_id))


def _own_id(item: Item) -> str:
    """What tells a row from its like: behind the last mark of its sort key, or of its partition."""
    last = [str(item[name]["S"]).rpartition("#")[2] for name in ("sk", "pk")]
    return last[0] if ids.is_id(last[0]) else last[1]
