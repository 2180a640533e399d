"""The file of an export: valid JSON whatever is in it, and no list has to fit into memory."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from community.people.exports import packing

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
MB = 1024 * 1024

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def packed(kept: dict[str, Any], *pictures: packing.Picture) -> zipfile.ZipFile:
    file = io.BytesIO()
    packing.pack(file, kept, pictures, at=AT)
    return zipfile.ZipFile(file)


@given(values)
def test_whatever_is_kept_can_be_read_again(value: Any) -> None:
    assert json.loads(packed({"x": value}).read("data/x.json")) == value


@given(st.lists(values), st.dictionaries(st.text(), st.lists(values)))
def test_lists_may_come_one_by_one(items: list[Any], lists: dict[str, list[Any]]) -> None:
    file = packed({"x": iter(items), "y": {name: iter(many) for name, many in lists.items()}})
    assert json.loads(file.read("data/x.json")) == items
    assert json.loads(file.read("data/y.json")) == lists


def test_values_of_ours_can_be_packed() -> None:
    class Car(msgspec.Struct):
        model: str
        at: datetime

    file = packed({"cars": iter([Car("途观 L", AT)])})
    assert json.loads(file.read("data/cars.json")) == [
        {"model": "途观 L", "at": "2026-11-22T04:00:00Z"}
    ]
    assert "途观" in file.read("data/cars.json").decode()


def test_the_file_says_what_is_in_it() -> None:
    file = packed({"posts": [], "something_new": []}, ("1.jpg", b"picture"))
    assert file.namelist() == [
        "说明.txt",
        "data/posts.json",
        "data/something_new.json",
        "media/1.jpg",
    ]
    words = file.read("说明.txt").decode()
    assert "整理于 2026-11-22 12:00（北京时间）" in words
    assert "data/posts.json　发布的帖子" in words
    assert "data/something_new.json" in words
    assert file.read("media/1.jpg") == b"picture"
    assert file.testzip() is None


def test_the_same_things_make_the_same_file() -> None:
    def made() -> bytes:
        file = io.BytesIO()
        packing.pack(file, {"posts": [{"text": "正文"}]}, [("1.jpg", b"x")], at=AT)
        return file.getvalue()

    assert made() == made()


def test_memory_stays_flat_however_much_there_is(tmp_path: Any) -> None:
    def posts(number: int) -> Iterator[dict[str, str]]:
        return ({"post_id": f"{n:08}", "text": f"{n} 正文" * 100} for n in range(number))

    def needed(number: int) -> int:
        with (tmp_path / "export.zip").open("wb") as file:
            tracemalloc.start()
            packing.pack(file, {"posts": posts(number)}, [], at=AT)
            _, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        return most

    needed(10)
    assert needed(5_000) < needed(50) + MB
