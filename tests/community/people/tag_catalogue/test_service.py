"""The catalogue of tags: installed once, changed by files, filled by WeCom, never overfull."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from chalicelib.errors import Invalid
from community.commons.audit import service as audit
from community.commons.staff.rules import NotStaff
from community.people.tag_catalogue import records, rules
from community.people.tag_catalogue import service as catalogue
from community.people.tag_catalogue.rules import (
    CATALOGUE_FROM_THE_START,
    CatalogueFull,
    NoSuchTag,
    Source,
    Tag,
)
from tests.world import World


def a_tag(**fields: Any) -> Tag:
    return Tag(
        **{
            "tag_id": "track-day",
            "name": "赛道日",
            "group": "偏好",
            "meaning": "参加过赛道日",
            "owner": "lisi",
            "source": Source.HAND,
            **fields,
        }
    )


def test_the_first_entries_are_sound() -> None:
    for tag in CATALOGUE_FROM_THE_START:
        rules.check_tag(tag)
        assert msgspec.convert(msgspec.to_builtins(tag), Tag) == tag
    assert len({tag.tag_id for tag in CATALOGUE_FROM_THE_START}) == len(CATALOGUE_FROM_THE_START)


def test_installing_again_changes_nothing(world: World) -> None:
    before = world.rows("people")
    assert catalogue.install() == []
    assert world.rows("people") == before


def test_an_entry_that_is_missing_is_installed(world: World) -> None:
    records.TagRow("tags", "vip").delete()
    assert catalogue.install() == ["vip"]


def test_entries_are_added_and_changed_and_it_is_written_down(world: World) -> None:
    assert catalogue.put([a_tag()], by="lisi", now=world.now) == ["track-day"]
    world.later(seconds=1)
    changed = a_tag(half_life_days=90)
    assert catalogue.put([changed], by="lisi", now=world.now) == ["track-day"]
    assert catalogue.get("track-day", now=world.now) == changed
    deeds = audit.about("tag#track-day")
    assert [(deed.by, deed.before.get("half_life_days")) for deed in deeds] == [
        ("lisi", None),
        ("lisi", None),
    ]
    assert deeds[0].after["half_life_days"] == 90


def test_the_same_file_again_changes_nothing(world: World) -> None:
    catalogue.put([a_tag()], by="lisi", now=world.now)
    assert catalogue.put([a_tag()], by="lisi", now=world.now) == []
    assert len(audit.about("tag#track-day")) == 1


def test_only_colleagues_change_it(world: World) -> None:
    with pytest.raises(NotStaff):
        catalogue.put([a_tag()], by="nobody", now=world.now)


def test_what_follows_from_behaviour_has_to_fade(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        catalogue.put([a_tag(), a_tag(source=Source.BEHAVIOUR)], by="lisi", now=world.now)
    assert [error.field for error in refused.value.errors] == ["track-day"]
    with pytest.raises(NoSuchTag):
        catalogue.get("track-day", now=world.now)


def test_a_member_of_a_family_goes_by_the_familys_entry(world: World) -> None:
    entry = catalogue.get("city:上海", now=world.now)
    assert (entry.tag_id, rules.name_of("city:上海", entry)) == ("city:*", "上海")
    assert catalogue.get("identity:owner", now=world.now).name == "认证车主"
    with pytest.raises(NoSuchTag):
        catalogue.get("identity:king", now=world.now)


@pytest.mark.parametrize(
    ("value", "tag_id"),
    [
        ("途观 L 2024 款", "model:途观l2024款"),
        ("ID.4 X", "model:id.4x"),
        ("长" * 40, "model:" + "长" * 24),
    ],
)
def test_spelling_makes_no_other_tag(value: str, tag_id: str) -> None:
    assert rules.id_in("model", value) == tag_id


@pytest.mark.parametrize(
    "fields",
    [
        {"tag_id": ""},
        {"tag_id": "a b"},
        {"tag_id": "*"},
        {"tag_id": "x" * 31},
        {"name": ""},
        {"group": "x" * 31},
        {"meaning": "x" * 201},
        {"owner": ""},
        {"source": "guess"},
        {"lifetime_days": 0},
        {"half_life_days": 3_651},
        {"colour": "red"},
    ],
)
def test_an_entry_out_of_bounds_is_not_read(fields: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**msgspec.to_builtins(a_tag()), **fields}, Tag)


# Full


@pytest.fixture
def almost_full(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """There is room for one more."""
    monkeypatch.setattr(rules, "ENTRIES_MAX", len(CATALOGUE_FROM_THE_START) + 1)
    return world


def test_a_catalogue_that_is_full_takes_no_more(almost_full: World) -> None:
    two = [a_tag(), a_tag(tag_id="test-drive")]
    with pytest.raises(CatalogueFull):
        catalogue.put(two, by="lisi", now=almost_full.now)
    assert catalogue.put(two[:1], by="lisi", now=almost_full.now) == ["track-day"]


def test_wecom_adds_what_there_is_room_for(almost_full: World) -> None:
    names = [("意向", "一周内"), ("意向", "两周内"), ("意向", "一周内")]
    for _ in range(2):
        found = catalogue.with_wecom_tags(names, now=almost_full.now)
        assert {tag.name for tag in found} == {"一周内"}


# Kept in the container


def test_a_new_entry_is_seen_elsewhere_within_a_minute(world: World) -> None:
    catalogue.everything(now=world.now)
    records.add_if_new(a_tag())
    world.later(seconds=59)
    assert "track-day" not in catalogue.everything(now=world.now)
    world.later(seconds=1)
    assert "track-day" in catalogue.everything(now=world.now)


def test_facts_of_a_moment_ago_do_not_read_it_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.everything(now=world.now)
    monkeypatch.setattr(records, "everything", lambda: pytest.fail("It was read again."))
    world.later(seconds=-30)
    assert "vip" in catalogue.everything(now=world.now)
