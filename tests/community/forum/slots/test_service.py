"""What operators put before members: for whom, when, in which order; written down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib import ids
from chalicelib.errors import Invalid
from chalicelib.tables import Overtaken
from community.commons.audience.rules import OWNERS
from community.commons.audit import service as audit
from community.commons.staff.rules import NotStaff
from community.forum.posts.rules import NoSuchPost
from community.forum.slots import rules
from community.forum.slots import service as slots
from community.forum.slots.rules import Entry, EntryOver, Kind, NoSuchEntry, Slot, SlotsFull
from tests.world import START, Person, World


def an_entry(number: int = 1, **fields: Any) -> Entry:
    return Entry(
        **{
            "entry_id": rules.new_entry_id("zhangsan", request_id=f"r{number}", now=START),
            "slot": Slot.HOME_BANNER,
            "kind": Kind.ACTIVITY,
            "ref_id": "activity-1",
            "title": "周末试驾",
            "picture_media_id": ids.new_id(START, "picture"),
            "link": "pages/activity/activity?id=1",
            "from_at": START,
            "until_at": START + timedelta(days=7),
            **fields,
        }
    )


def put(world: World, number: int = 1, **fields: Any) -> Entry:
    return slots.put(an_entry(number, **fields), by="zhangsan", now=world.now)


def shown(world: World, who: Person | None = None, slot: Slot = Slot.HOME_BANNER) -> list[str]:
    found = slots.shown(who.member if who else None, now=world.now)
    return [entry.title for entry in found[slot]]


def test_it_stands_in_its_slot_and_in_no_other(world: World) -> None:
    put(world)
    assert shown(world) == ["周末试驾"]
    assert shown(world, slot=Slot.MEMBERS_ONLY) == []


def test_it_is_shown_from_its_time_until_before_its_end(world: World) -> None:
    put(world, from_at=START + timedelta(hours=1), until_at=START + timedelta(hours=2))
    seen = []
    for _ in range(4):
        seen.append(len(shown(world)))
        world.later(hours=1)
    assert seen == [0, 1, 0, 0]


def test_it_is_shown_to_whom_it_is_for(world: World, li: Person, wang: Person) -> None:
    put(world, audience=OWNERS)
    assert [shown(world, who) for who in (li, wang, None)] == [["周末试驾"], [], []]


def test_they_stand_in_their_order(world: World) -> None:
    for number, place in ((1, 5), (2, 0), (3, 5)):
        put(world, number, title=f"第{number}条", place=place)
    ones = sorted([an_entry(1).entry_id, an_entry(3).entry_id])
    names = {an_entry(number).entry_id: f"第{number}条" for number in (1, 3)}
    assert shown(world) == ["第2条", *(names[each] for each in ones)]


def test_put_twice_it_is_there_once_and_another_of_that_id_is_refused(world: World) -> None:
    put(world)
    put(world)
    assert len(slots.everything()) == 1
    with pytest.raises(Overtaken):
        put(world, title="别的")


def test_it_can_be_changed_and_ended_and_everything_is_written_down(world: World) -> None:
    entry = put(world)
    world.later(minutes=1)
    slots.change(an_entry(title="国庆试驾", place=3), by="lisi", now=world.now)
    assert shown(world) == ["国庆试驾"]
    world.later(minutes=1)
    slots.end(entry.entry_id, by="lisi", now=world.now)
    assert shown(world) == []
    deeds = audit.about(f"slot#{entry.entry_id}")
    assert [(each.what, each.by) for each in deeds] == [
        ("slots.end", "lisi"),
        ("slots.change", "lisi"),
        ("slots.put", "zhangsan"),
    ]
    assert (deeds[1].before["title"], deeds[1].after["title"]) == ("周末试驾", "国庆试驾")
    for deed in (
        lambda: slots.end(entry.entry_id, by="lisi", now=world.now),
        lambda: slots.change(an_entry(title="又来"), by="lisi", now=world.now),
    ):
        with pytest.raises(EntryOver):
            deed()


def test_what_has_not_begun_ends_as_it_begins(world: World) -> None:
    entry = put(world, from_at=START + timedelta(days=1))
    slots.end(entry.entry_id, by="lisi", now=world.now)
    world.later(days=1, hours=1)
    assert shown(world) == []


def test_only_staff_put_something_there(world: World) -> None:
    with pytest.raises(NotStaff):
        slots.put(an_entry(), by="nobody", now=world.now)
    with pytest.raises(NoSuchEntry):
        slots.end("nothing", by="zhangsan", now=world.now)


def test_every_wrong_field_is_named(world: World) -> None:
    wrong = {
        "title": " ",
        "ref_id": "活动 1",
        "picture_media_id": "x",
        "link": "https://evil.example",
        "until_at": START,
        "place": 1_000,
    }
    with pytest.raises(Invalid) as refused:
        put(world, **wrong)
    assert [error.field for error in refused.value.errors] == [
        "title",
        "ref_id",
        "picture_media_id",
        "link",
        "until_at",
        "place",
    ]
    assert slots.everything() == []


def test_a_post_has_to_be_there(world: World) -> None:
    with pytest.raises(NoSuchPost):
        put(world, kind=Kind.POST, ref_id=ids.new_id(START, "no post"))


def test_there_is_an_end_to_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "STANDING_MAX", 2)
    put(world, 1)
    put(world, 2, until_at=START + timedelta(hours=1))
    with pytest.raises(SlotsFull):
        put(world, 3)
    world.later(hours=2)
    put(world, 3)


def test_others_see_it_within_a_minute(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(world) == []
    monkeypatch.setattr(slots, "_forget", lambda: None)
    put(world)
    assert shown(world) == []
    world.later(minutes=1)
    assert shown(world) == ["周末试驾"]
