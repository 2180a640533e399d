"""`make tags`: a file of entries goes into the catalogue, or the file says what is wrong with it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from community.people.tag_catalogue import service as tag_catalogue
from local import say, tags
from tests.world import World

ENTRY = {
    "tag_id": "track-day",
    "name": "赛道日",
    "group": "偏好",
    "meaning": "参加过赛道日",
    "owner": "lisi",
    "source": "hand",
    "half_life_days": 90,
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tags.json"


def test_the_entries_of_a_file_are_put_into_the_catalogue(world: World, file: Path) -> None:
    file.write_text(json.dumps([ENTRY]))
    assert tags.put(file, by="lisi", now=world.now) == ["track-day"]
    assert tags.put(file, by="lisi", now=world.now) == []
    assert tag_catalogue.get("track-day", now=world.now).half_life_days == 90


@pytest.mark.parametrize(
    ("entries", "by", "says"),
    [
        ("[", "lisi", "could not be read: Input data was truncated"),
        ([{**ENTRY, "name": ""}], "lisi", r"could not be read: .*`\$\[0\].name`"),
        ([{**ENTRY, "source": "behaviour", "half_life_days": None}], "lisi", "track-day: .*半衰期"),
        ([ENTRY], "nobody", "只有工作人员可以操作"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_the_reason(
    world: World, file: Path, entries: Any, by: str, says: str
) -> None:
    file.write_text(entries if isinstance(entries, str) else json.dumps(entries))
    before = world.rows("people")
    with pytest.raises(say.Failure, match=says):
        tags.put(file, by=by, now=world.now)
    assert world.rows("people") == before


def test_a_file_that_is_not_there_is_named(world: World, file: Path) -> None:
    with pytest.raises(say.Failure, match=r"tags\.json could not be read"):
        tags.put(file, by="lisi", now=world.now)


@pytest.mark.parametrize("said", [["", "lisi", "local"], ["tags.json", "", "local"], []])
def test_who_says_too_little_is_told_what_to_say(
    monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["tags", *said])
    with pytest.raises(say.Failure, match=r"make tags FILE="):
        tags.main()
