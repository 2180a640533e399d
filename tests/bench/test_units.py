"""DynamoDB's arithmetic, against numbers worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from bench.units import Index, index_write_units, read_units, size_of, write_units

GSI = Index("gsi1", ("gsi1pk", "gsi1sk"))


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "abc"}, 3),
        ({"S": "养车"}, 6),
        ({"S": "🚗"}, 4),
        ({"N": "0"}, 1),
        ({"N": "7"}, 2),
        ({"N": "42"}, 2),
        ({"N": "-42"}, 3),
        ({"N": "100"}, 2),
        ({"N": "1234567"}, 5),
        ({"N": "1810872000"}, 5),
        ({"N": "0.25"}, 2),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"B": b"1234"}, 4),
        ({"B": "MTIzNA=="}, 4),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"N": "1"}]}, 3 + 1 + 2 + 1 + 2),
        ({"M": {"k": {"S": "ab"}}}, 3 + 1 + 1 + 2),
        ({"SS": ["a", "bc"]}, 3),
        ({"NS": ["1", "42"]}, 4),
    ],
)
def test_a_value_takes_what_the_developer_guide_says(value: dict[str, Any], size: int) -> None:
    assert size_of({"name": value}) == len("name") + size


def test_names_count_in_utf_8() -> None:
    assert size_of({"名": {"S": "a"}, "b": {"S": ""}}) == 3 + 1 + 1


@pytest.mark.parametrize(
    ("size_bytes", "eventually", "consistently"),
    [(0, 0.5, 1), (1, 0.5, 1), (4096, 0.5, 1), (4097, 1, 2), (8192, 1, 2), (20 * 614, 1.5, 3)],
)
def test_reads_are_rounded_up_to_4_kb(
    size_bytes: int, eventually: float, consistently: float
) -> None:
    assert read_units(size_bytes, consistent=False) == eventually
    assert read_units(size_bytes, consistent=True) == consistently


def item(size_bytes: int, **texts: str) -> dict[str, dict[str, str]]:
    """An item of so many bytes."""
    fixed = {"pk": {"S": "p"}, **{name: {"S": text} for name, text in texts.items()}}
    padding = size_bytes - size_of(fixed) - len("x")
    assert padding >= 0
    return {**fixed, "x": {"S": "x" * padding}}


@pytest.mark.parametrize(
    ("old", "new", "units"),
    [
        (None, None, 1),
        (None, item(1024), 1),
        (None, item(1025), 2),
        (item(3000), item(100), 3),
        (item(100), item(3073), 4),
        (item(2048), None, 2),
    ],
)
def test_the_larger_image_of_a_write_counts(old: Any, new: Any, units: int) -> None:
    assert write_units(old, new) == units


def placed(size_bytes: int, at: str) -> dict[str, dict[str, str]]:
    return item(size_bytes, gsi1pk="list", gsi1sk=at)


@pytest.mark.parametrize(
    ("old", "new", "units"),
    [
        (None, item(100), 0),  # It is not in the index.
        (None, item(100, gsi1pk="list"), 0),  # Half a key is none.
        (None, placed(1025, "1"), 2),
        (placed(2000, "1"), item(100), 2),  # It leaves.
        (placed(2000, "1"), None, 2),
        (placed(2000, "1"), placed(100, "1"), 2),  # It stays where it is.
        (placed(100, "1"), placed(2000, "2"), 1 + 2),  # It moves: out here, in there.
        (placed(100, "1"), placed(100, "1"), 0),  # Nothing that the index sees has changed.
    ],
)
def test_an_index_is_written_when_it_sees_a_change(old: Any, new: Any, units: int) -> None:
    assert index_write_units(GSI, old, new) == units
