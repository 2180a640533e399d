"""`make tags`: a file of entries goes into the catalogue, or the file says what is wrong with it."""

from __future__ import annotations

import json
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


def test_the_command_says_what_it_changed(world: World, file: Path) -> None:
    file.write_text(json.dumps([ENTRY]))
    said = {"FILE": str(file), "BY": "lisi"}
    for told in ("1 entries added or changed: track-day", "0 entries added or changed: none"):
        assert tags.done(said, now=world.now) == [f"✓ {told}"]


@pytest.mark.parametrize("said", [{"BY": "lisi"}, {"FILE": "tags.json"}, {}])
def test_who_says_too_little_is_told_what_to_say(world: World, said: dict[str, str]) -> None:
    with pytest.raises(say.Failure, match=r"is missing.\n.*make tags FILE="):
        tags.done(said, now=world.now)


def test_it_works_on_a_stage_with_the_settings_of_its_lambdas(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STAGE", "test")
    with pytest.raises(say.Failure, match="STAGE=test is none"):
        tags.main()
