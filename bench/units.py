"""DynamoDB's published arithmetic: how large an item is, and what it costs to read and to write it.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html,
         .../read-write-operations.html, .../GSI.html#GSI.ThroughputConsiderations, .../transaction-apis.html
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

READ_UNIT_BYTES = 4096
WRITE_UNIT_BYTES = 1024
_AS_KEPT = Context(prec=38)

Value = Mapping[str, Any]
"""A value as DynamoDB's JSON writes it: `{"S": "text"}`."""
Item = Mapping[str, Value]


@dataclass(frozen=True)
class Index:
    """A global secondary index that holds whole items (projection ALL)."""

    name: str
    keys: tuple[str, ...]


def size_of(item: Item) -> int:
    """Units: bytes, of names and values"""
    return sum(len(name.encode()) + _size_of_value(value) for name, value in item.items())


def read_units(size_bytes: int, *, consistent: bool) -> float:
    """What it costs to read so many bytes at once; also to find that there is nothing."""
    units = max(1, _rounded_up(size_bytes, READ_UNIT_BYTES))
    return units if consistent else units / 2


def write_units(old: Item | None, new: Item | None) -> int:
    """What it costs the table to turn one image of an item into another: the larger one counts."""
    return max(1, *(_rounded_up(size_of(item or {}), WRITE_UNIT_BYTES) for item in (old, new)))


def index_write_units(index: Index, old: Item | None, new: Item | None) -> int:
    """What the same costs an index: nothing if it sees no change, twice if its key changes."""
    before, after = _seen_by(index, old), _seen_by(index, new)
    if before == after:
        return 0
    if before and after and _key(index, before) != _key(index, after):
        return write_units(before, None) + write_units(None, after)
    return write_units(before, after)


def _seen_by(index: Index, item: Item | None) -> Item | None:
    return item if item and all(name in item for name in index.keys) else None


def _key(index: Index, item: Item) -> tuple[Value, ...]:
    return tuple(item[name] for name in index.keys)


def _size_of_value(value: Value) -> int:
    ((kind, held),) = value.items()
    return _SIZES[kind](held)


def _size_of_text(text: str) -> int:
    return len(text.encode())


def _size_of_number(number: str) -> int:
    """One byte, one for each pair of digits (pairs meet at the decimal point), and one for a minus."""
    sign, digits, exponent = Decimal(number).normalize(_AS_KEPT).as_tuple()
    assert isinstance(exponent, int)
    pairs = _rounded_up(len(digits) + exponent % 2, 2) if any(digits) else 0
    return 1 + pairs + sign


def _size_of_bytes(held: bytes | str) -> int:
    return len(held if isinstance(held, bytes) else base64.b64decode(held))


def _size_of_list(values: Iterable[Value]) -> int:
    return 3 + sum(1 + _size_of_value(value) for value in values)


def _size_of_map(values: Mapping[str, Value]) -> int:
    return 3 + sum(
        1 + _size_of_text(name) + _size_of_value(value) for name, value in values.items()
    )


_SIZES: dict[str, Callable[[Any], int]] = {
    "S": _size_of_text,
    "N": _size_of_number,
    "B": _size_of_bytes,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "L": _size_of_list,
    "M": _size_of_map,
    "SS": lambda held: sum(map(_size_of_text, held)),
    "NS": lambda held: sum(map(_size_of_number, held)),
    "BS": lambda held: sum(map(_size_of_bytes, held)),
}


def _rounded_up(amount: int, step: int) -> int:
    return -(-amount // step)
