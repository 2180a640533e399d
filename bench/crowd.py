"""Rows like those that are there, many times over: what the tables look like after years."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

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
    since: datetime = LONG_AGO

    @classmethod
    def like(
        cls, rows: Rows, district: str, count: int, *, pk: str, sk: str = "", **changed: str
    ) -> Many:
        """Rows like the first whose key begins so, with some of its texts `changed`."""
        item = next(
            row
            for row in rows[district]
            if row["pk"]["S"].startswith(pk) and row["sk"]["S"].startswith(sk)
        )
        texts = {name: {"S": text} for name, text in changed.items()}
        pattern = json.dumps({**item, **texts}, ensure_ascii=False)
        return cls(district, pattern.replace(_own_id(item), PLACE), count)

    def items(self) -> Iterator[Item]:
        for number in range(self.count):
            row_id = ids.new_id(self.since + number * STEP, "crowd")
            yield json.loads(self.pattern.replace(PLACE, row_id))


def _own_id(item: Item) -> str:
    """The id that a row is about: at the end of its sort key or, if there is none, of its partition."""
    last = [item[name]["S"][-ids.ULID_CHARS :] for name in ("sk", "pk")]
    return next(text for text in last if ids.is_id(text))
