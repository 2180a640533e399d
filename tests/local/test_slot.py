"""`make slot`: what stands in the slots, on the stage at hand."""

from __future__ import annotations

import pytest

from chalicelib import ids
from community.commons.audience.rules import OWNERS
from community.commons.staff import service as staff
from community.commons.staff.rules import Role, Staff
from community.forum.slots import service as slots
from local import say, slot
from tests.pictures import shown
from tests.world import START, World

NO_PICTURE = ids.new_id(START, "picture")
BANNER = {
    "BY": "chen",
    "SLOT": "home-banner",
    "KIND": "activity",
    "REF": "activity-1",
    "TITLE": "周末试驾",
    "LINK": "pages/activity/activity?id=1",
    "FROM": "2026-11-22T08:00",
    "UNTIL": "2026-11-30T20:00",
}
Banner = dict[str, str]


@pytest.fixture
def banner(world: World) -> Banner:
    """What Chen, an operator, wants there, with a picture that members see in a post."""
    staff.appoint(Staff("chen", "运营小陈", (Role.OPERATOR,)))
    return {**BANNER, "PICTURE": shown(world)}


def does(world: World, deed: str, **said: str) -> list[str]:
    return slot.done({"DO": deed, **said}, now=world.now)


def test_one_is_added_changed_listed_and_ended(world: World, banner: Banner) -> None:
    assert does(world, "list") == ["Nothing stands in any slot, or will."]
    (told,) = does(world, "add", **banner, AUDIENCE='{"identity": ["owner"]}', PLACE="2")
    (entry,) = slots.everything()
    assert told == f"✓ {entry.entry_id} added: 周末试驾"
    assert (entry.audience, entry.place) == (OWNERS, 2)
    assert entry.from_at.isoformat() == "2026-11-22T08:00:00+08:00"
    does(world, "add", **banner, AUDIENCE='{"identity": ["owner"]}', PLACE="2")
    assert slots.everything() == [entry]
    world.later(minutes=1)
    does(world, "change", BY="chen", ID=entry.entry_id, TITLE="国庆试驾")
    (listed,) = does(world, "list")
    assert "国庆试驾" in listed
    assert "2026-11-22 08:00 – 2026-11-30 20:00" in listed
    (changed,) = slots.everything()
    assert (changed.audience, changed.place) == (OWNERS, 2)
    world.later(minutes=1)
    assert does(world, "end", BY="chen", ID=entry.entry_id) == [
        f"✓ {entry.entry_id} ended: 国庆试驾"
    ]
    assert "over" in does(world, "list")[0]


@pytest.mark.parametrize("deed", ["", "remove"])
def test_who_does_not_say_what_to_do_is_told_what_there_is(world: World, deed: str) -> None:
    with pytest.raises(say.Failure, match="DO=list"):
        does(world, deed)


@pytest.mark.parametrize("missing", sorted([*BANNER, "PICTURE"]))
def test_what_is_missing_is_named(world: World, banner: Banner, missing: str) -> None:
    said = {name: value for name, value in banner.items() if name != missing}
    with pytest.raises(say.Failure, match=f"^{missing} is missing"):
        does(world, "add", **said)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"SLOT": "door"}, "That is no entry: .*slot"),
        ({"KIND": "song"}, "That is no entry: .*kind"),
        ({"PLACE": "first"}, "That is no entry: .*place"),
        ({"FROM": "soon"}, "soon is no time"),
        ({"AUDIENCE": "owners"}, "AUDIENCE is no JSON"),
        ({"AUDIENCE": '{"identity": ["boss"]}'}, "That is no entry: .*audience"),
        ({"UNTIL": "2026-11-01T00:00"}, "until_at: "),
        ({"PICTURE": NO_PICTURE}, "picture_media_id: 请选择一张已发布帖子中通过审核的图片"),
        ({"BY": "nobody"}, "只有运营人员可以操作"),
        ({"BY": "wangwu"}, "只有运营人员可以操作"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(
    world: World, banner: Banner, wrong: dict[str, str], sentence: str
) -> None:
    with pytest.raises(say.Failure, match=sentence):
        does(world, "add", **{**banner, **wrong})
    assert slots.everything() == []
