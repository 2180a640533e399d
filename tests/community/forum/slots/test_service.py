"""What operators put before members: for whom, when, in which order; written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import ids
from chalicelib.errors import Invalid
from chalicelib.tables import Overtaken
from community.commons.audience.rules import OWNERS
from community.commons.audit import service as audit
from community.commons.media import service as media
from community.commons.media.rules import State
from community.commons.staff import service as staff
from community.commons.staff.rules import NotAnOperator, Role, Staff
from community.facts import CaseDecision, MediaDecided
from community.forum.posts import editing
from community.forum.posts import service as posts
from community.forum.posts.rules import NoSuchPost, Post
from community.forum.slots import rules
from community.forum.slots import service as slots
from community.forum.slots.rules import Entry, EntryOver, Kind, NoSuchEntry, Slot, SlotsFull
from community.people.leaving import service as leaving
from tests.builders import a_draft
from tests.community.forum.bylines.test_service import calls_of
from tests.pictures import shown as shown_picture
from tests.pictures import uploaded, wechat_says
from tests.world import START, Person, World

AnEntry = Callable[..., Entry]
Put = Callable[..., Entry]


def an_entry_with(picture: str, number: int = 1, **fields: Any) -> Entry:
    return Entry(
        **{
            "entry_id": rules.new_entry_id("chen", request_id=f"r{number}", now=START),
            "slot": Slot.HOME_BANNER,
            "kind": Kind.ACTIVITY,
            "ref_id": "activity-1",
            "title": "周末试驾",
            "picture_media_id": picture,
            "link": "pages/activity/activity?id=1",
            "from_at": START,
            "until_at": START + timedelta(days=7),
            **fields,
        }
    )


@pytest.fixture
def an_entry(world: World) -> AnEntry:
    """With a picture that members see in a post. Chen and Ma are operators."""
    for userid in ("chen", "ma"):
        staff.appoint(Staff(userid, userid, (Role.OPERATOR,)))
    picture = shown_picture(world)
    return lambda number=1, **fields: an_entry_with(picture, number, **fields)


@pytest.fixture
def put(world: World, an_entry: AnEntry) -> Put:
    return lambda *number, **fields: slots.put(
        an_entry(*number, **fields), by="chen", now=world.now
    )


def shown(world: World, who: Person | None = None, slot: Slot = Slot.HOME_BANNER) -> list[str]:
    found = slots.shown(who.member if who else None, now=world.now)
    return [entry.title for entry in found[slot]]


def test_it_stands_in_its_slot_and_in_no_other(world: World, put: Put) -> None:
    put()
    assert shown(world) == ["周末试驾"]
    assert shown(world, slot=Slot.MEMBERS_ONLY) == []


def test_it_is_shown_from_its_time_until_before_its_end(world: World, put: Put) -> None:
    put(from_at=START + timedelta(hours=1), until_at=START + timedelta(hours=2))
    seen = []
    for _ in range(4):
        seen.append(len(shown(world)))
        world.later(hours=1)
    assert seen == [0, 1, 0, 0]


def test_it_is_shown_to_whom_it_is_for(world: World, li: Person, wang: Person, put: Put) -> None:
    put(audience=OWNERS)
    assert [shown(world, who) for who in (li, wang, None)] == [["周末试驾"], [], []]


def test_they_stand_in_their_order(world: World, put: Put, an_entry: AnEntry) -> None:
    for number, place in ((1, 5), (2, 0), (3, 5)):
        put(number, title=f"第{number}条", place=place)
    ones = sorted([an_entry(1).entry_id, an_entry(3).entry_id])
    names = {an_entry(number).entry_id: f"第{number}条" for number in (1, 3)}
    assert shown(world) == ["第2条", *(names[each] for each in ones)]


def picture_of(world: World) -> tuple[str, Post]:
    """A picture that others see, and the post that has it."""
    picture = shown_picture(world, by="zhao")
    found = media.find(picture)
    assert found
    assert found.post_id
    return picture, posts.get(found.post_id)


def test_a_picture_whose_post_its_author_deleted_is_shown_no_longer(world: World, put: Put) -> None:
    picture, post = picture_of(world)
    put(picture_media_id=picture)
    put(2, title="别的")
    assert sorted(shown(world)) == ["别的", "周末试驾"]
    zhao = world.joins("zhao")
    editing.delete(zhao.member, post.post_id, now=world.now)
    world.later(minutes=1)
    assert shown(world) == ["别的"]
    assert len(slots.everything()) == 2
    editing.restore(zhao.member, post.post_id, now=world.now)
    world.later(minutes=1)
    assert sorted(shown(world)) == ["别的", "周末试驾"]


def test_a_picture_that_its_author_took_out_of_the_post_is_shown_no_longer(
    world: World, put: Put
) -> None:
    picture, post = picture_of(world)
    put(picture_media_id=picture)
    editing.edit(world.joins("zhao").member, post.post_id, a_draft(), now=world.now)
    world.later(minutes=1)
    assert shown(world) == []


def test_a_picture_whose_author_is_erased_is_shown_no_longer(world: World, put: Put) -> None:
    picture, _ = picture_of(world)
    put(picture_media_id=picture)
    leaving.erase_closed(world.joins("zhao").member, now=world.now)
    world.settle()
    world.later(minutes=1)
    assert shown(world) == []


def test_a_post_that_others_do_not_see_is_led_to_no_longer(
    world: World, li: Person, put: Put
) -> None:
    request_id = world.new_request_id()
    led_to = posts.publish(
        li.member, "car-care", a_draft(), request_id=request_id, now=world.now
    ).post_id
    put(kind=Kind.POST, ref_id=led_to)
    put(2, title="活动", kind=Kind.ACTIVITY, ref_id=led_to)
    assert sorted(shown(world)) == ["周末试驾", "活动"]
    editing.delete(li.member, led_to, now=world.now)
    world.later(minutes=1)
    assert shown(world) == ["活动"]


def test_whatever_stands_is_looked_at_in_three_reads_a_minute(world: World, put: Put) -> None:
    for number in range(5):
        put(number)
    assert calls_of(lambda: shown(world)) == ["Query", "BatchGetItem", "BatchGetItem"]
    assert calls_of(lambda: shown(world)) == []


def test_put_twice_it_is_there_once_and_another_of_that_id_is_refused(
    world: World, put: Put
) -> None:
    put()
    put()
    assert len(slots.everything()) == 1
    with pytest.raises(Overtaken):
        put(title="别的")


def test_it_can_be_changed_and_ended_and_everything_is_written_down(
    world: World, put: Put, an_entry: AnEntry
) -> None:
    entry = put()
    world.later(minutes=1)
    slots.change(an_entry(title="国庆试驾", place=3), by="ma", now=world.now)
    assert shown(world) == ["国庆试驾"]
    world.later(minutes=1)
    slots.end(entry.entry_id, by="ma", now=world.now)
    assert shown(world) == []
    deeds = audit.about(f"slot#{entry.entry_id}")
    assert [(each.what, each.by) for each in deeds] == [
        ("slots.end", "ma"),
        ("slots.change", "ma"),
        ("slots.put", "chen"),
    ]
    assert (deeds[1].before["title"], deeds[1].after["title"]) == ("周末试驾", "国庆试驾")
    for deed in (
        lambda: slots.end(entry.entry_id, by="ma", now=world.now),
        lambda: slots.change(an_entry(title="又来"), by="ma", now=world.now),
    ):
        with pytest.raises(EntryOver):
            deed()


def test_what_has_not_begun_ends_as_it_begins(world: World, put: Put) -> None:
    entry = put(from_at=START + timedelta(days=1))
    slots.end(entry.entry_id, by="ma", now=world.now)
    world.later(days=1, hours=1)
    assert shown(world) == []


@pytest.mark.parametrize("userid", ["nobody", "zhangsan", "wangwu"])
def test_only_operators_put_change_and_end(
    world: World, put: Put, an_entry: AnEntry, userid: str
) -> None:
    entry = put()
    for deed in (
        lambda: slots.put(an_entry(2), by=userid, now=world.now),
        lambda: slots.change(an_entry(title="国庆试驾"), by=userid, now=world.now),
        lambda: slots.end(entry.entry_id, by=userid, now=world.now),
    ):
        with pytest.raises(NotAnOperator):
            deed()
    assert slots.everything() == [entry]


def test_what_is_not_there_cannot_be_ended(world: World, an_entry: AnEntry) -> None:
    with pytest.raises(NoSuchEntry):
        slots.end(an_entry().entry_id, by="chen", now=world.now)


def unknown(_world: World, _li: Person) -> str:
    return ids.new_id(START, "picture")


def not_in_a_post(world: World, li: Person) -> str:
    return uploaded(world, li.member_id)


def a_licence(world: World, li: Person) -> str:
    return uploaded(world, li.member_id, purpose="licence")


def in_a_post(world: World, li: Person, *, purpose: str = "post") -> str:
    media_id = uploaded(world, li.member_id, purpose=purpose)
    field = {"video": media_id} if purpose == "video" else {"pictures": (media_id,)}
    draft, request_id = a_draft(**field), world.new_request_id()
    posts.publish(li.member, "car-care", draft, request_id=request_id, now=world.now)
    world.settle()
    return media_id


def risky(world: World, li: Person) -> str:
    media_id = in_a_post(world, li)
    wechat_says(world, media_id, "risky")
    world.settle()
    return media_id


def a_video_that_passed(world: World, li: Person) -> str:
    media_id = in_a_post(world, li, purpose="video")
    media.follow_decision(
        MediaDecided(
            fact_id="d",
            at=world.now,
            case_id=media_id,
            post_id="p",
            author_id=li.member_id,
            decision=CaseDecision.PASS,
            staff_id="zhangsan",
        )
    )
    video = media.find(media_id)
    assert video is not None
    assert video.state is State.PASSED
    return media_id


@pytest.mark.parametrize(
    "made", [unknown, not_in_a_post, a_licence, in_a_post, risky, a_video_that_passed]
)
def test_its_picture_is_one_that_members_see_in_a_post(
    world: World, li: Person, put: Put, an_entry: AnEntry, made: Callable[[World, Person], str]
) -> None:
    picture = made(world, li)
    entry = put()
    for deed in (
        lambda: put(2, picture_media_id=picture),
        lambda: slots.change(an_entry(picture_media_id=picture), by="chen", now=world.now),
    ):
        with pytest.raises(Invalid) as refused:
            deed()
        (error,) = refused.value.errors
        assert error.field == "picture_media_id"
        assert "通过审核" in error.message
    assert slots.everything() == [entry]


def test_every_wrong_field_is_named(world: World, put: Put) -> None:
    wrong = {
        "title": " ",
        "ref_id": "活动 1",
        "picture_media_id": "x",
        "link": "https://evil.example",
        "until_at": START,
        "place": 1_000,
    }
    with pytest.raises(Invalid) as refused:
        put(**wrong)
    assert [error.field for error in refused.value.errors] == [
        "title",
        "ref_id",
        "picture_media_id",
        "link",
        "until_at",
        "place",
    ]
    assert slots.everything() == []


def test_a_post_has_to_be_there(world: World, put: Put) -> None:
    with pytest.raises(NoSuchPost):
        put(kind=Kind.POST, ref_id=ids.new_id(START, "no post"))


def test_there_is_an_end_to_it(world: World, monkeypatch: pytest.MonkeyPatch, put: Put) -> None:
    monkeypatch.setattr(rules, "STANDING_MAX", 2)
    put(1)
    put(2, until_at=START + timedelta(hours=1))
    with pytest.raises(SlotsFull):
        put(3)
    world.later(hours=2)
    put(3)


def test_others_see_it_within_a_minute(
    world: World, monkeypatch: pytest.MonkeyPatch, put: Put
) -> None:
    assert shown(world) == []
    monkeypatch.setattr(slots, "_forget", lambda: None)
    put()
    assert shown(world) == []
    world.later(minutes=1)
    assert shown(world) == ["周末试驾"]
