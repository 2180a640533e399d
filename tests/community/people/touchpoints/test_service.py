"""Touchpoints: who may change the catalogue, and where members came from, in whatever order it is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import msgspec
import pytest

from chalicelib import storage
from chalicelib.errors import Invalid, NotFound, Unavailable
from chalicelib.tables import one_transaction
from community import facts
from community.commons.audit import service as audit
from community.commons.staff.rules import NotStaff
from community.people.members import service as members
from community.people.members.rules import State
from community.people.touchpoints import records, rules
from community.people.touchpoints import service as touchpoints
from community.people.touchpoints.rules import (
    EndedAlready,
    Kind,
    NoSuchTouchpoint,
    Touch,
    TouchpointExists,
)
from tests.community.people.touchpoints.test_rules import a_touchpoint
from tests.fakes.usual import A_PNG
from tests.world import START, Person, World

HOUR = timedelta(hours=1)


@pytest.fixture
def li(world: World) -> Person:
    touchpoints.install()
    return world.joins("li")


def add(world: World, **fields: Any) -> None:
    touchpoints.add(a_touchpoint(**fields), by="wangwu", now=world.now)


def seen(who: Person, code: str, at: datetime) -> facts.MemberSeen:
    return facts.MemberSeen(
        fact_id=f"{who.member_id}.{at}", at=at, member_id=who.member_id, touchpoint=code
    )


def joined(who: Person, code: str, at: datetime) -> facts.MemberJoined:
    return facts.MemberJoined(
        fact_id=f"{who.member_id}.joined", at=at, member_id=who.member_id, touchpoint=code
    )


def codes_of(member_id: str) -> tuple[str | None, str | None]:
    touches = touchpoints.touches_of(member_id)
    assert touches.first
    assert touches.last
    return touches.first.touchpoint_id, touches.last.touchpoint_id


# The catalogue


def test_every_community_has_some_from_the_start(world: World) -> None:
    assert touchpoints.install() == ["organic", "archive", "wecom-contact"]
    assert touchpoints.install() == []
    assert len(touchpoints.everything()) == 3


def test_a_colleague_adds_a_touchpoint_and_the_audit_log_says_so(world: World) -> None:
    add(world)
    assert touchpoints.get("live-7") == a_touchpoint()
    (entry,) = audit.about("touchpoint#live-7")
    assert (entry.what, entry.by, entry.after["name"]) == ("touchpoints.add", "wangwu", "直播")


def test_nobody_else_does(world: World) -> None:
    with pytest.raises(NotStaff):
        touchpoints.add(a_touchpoint(), by="nobody", now=world.now)
    with pytest.raises(NotStaff):
        touchpoints.end("live-7", by="nobody", now=world.now)
    assert touchpoints.everything() == []


def test_what_is_wrong_is_not_added(world: World) -> None:
    with pytest.raises(Invalid):
        add(world, name="")
    assert touchpoints.everything() == []


def test_an_id_is_one_touchpoints(world: World) -> None:
    add(world)
    world.later(hours=1)
    with pytest.raises(TouchpointExists):
        add(world, name="另一个")
    assert touchpoints.get("live-7").name == "直播"


def test_a_colleague_ends_a_touchpoint(world: World) -> None:
    add(world)
    world.later(hours=1)
    ended = touchpoints.end("live-7", by="wangwu", now=world.now)
    assert touchpoints.get("live-7") == ended
    assert ended.until_at == world.now
    assert [entry.what for entry in audit.about("touchpoint#live-7")] == [
        "touchpoints.end",
        "touchpoints.add",
    ]
    with pytest.raises(EndedAlready):
        touchpoints.end("live-7", by="wangwu", now=world.now)


def test_what_is_not_there_cannot_be_ended_or_shown(world: World) -> None:
    with pytest.raises(NoSuchTouchpoint):
        touchpoints.end("live-8", by="wangwu", now=world.now)
    with pytest.raises(NoSuchTouchpoint):
        touchpoints.picture("live-8")


# Codes


def test_a_code_is_made_once_and_kept(world: World) -> None:
    add(world)
    assert touchpoints.picture("live-7") == A_PNG
    assert touchpoints.picture("live-7") == A_PNG
    (asked,) = world.sent("/wxa/getwxacodeunlimit")
    assert (asked["scene"], asked["page"]) == ("live-7", "pages/index/index")
    assert storage.get("codes/live-7.png", bytes_max=1_000) == A_PNG


def test_codes_do_not_get_in_each_others_way(world: World) -> None:
    for touchpoint_id in ("a/b", "a?b", "a", "../x"):
        add(world, touchpoint_id=touchpoint_id)
        touchpoints.picture(touchpoint_id)
    assert len(world.sent("/wxa/getwxacodeunlimit")) == 4


def test_a_code_that_nobody_made_is_not_kept(world: World) -> None:
    add(world)
    world.platform.answers("/wxa/getwxacodeunlimit", -1)
    with pytest.raises(Unavailable):
        touchpoints.picture("live-7")
    assert touchpoints.picture("live-7") == A_PNG


# Touches


def test_where_a_new_member_came_from_is_their_first_and_last_touch(
    world: World, li: Person
) -> None:
    touchpoints.note_joined(joined(li, "organic", START))
    touch = Touch(touchpoint_id="organic", kind=Kind.ORGANIC, name="自然进入", at=START)
    touches = touchpoints.touches_of(li.member_id)
    assert (touches.first, touches.last) == (touch, touch)


def test_in_whatever_order_it_is_told_the_first_is_the_first_and_the_last_the_last(
    world: World,
) -> None:
    for number, order in enumerate(permutations(range(3))):
        who = world.joins(f"member-{number}")
        told = [
            lambda who=who: touchpoints.note_joined(joined(who, "a", START)),
            lambda who=who: touchpoints.note_seen(seen(who, "b", START + HOUR)),
            lambda who=who: touchpoints.note_seen(seen(who, "c", START + 2 * HOUR)),
        ]
        for each in (*order, *order):
            told[each]()
        assert codes_of(who.member_id) == ("a", "c")


def test_to_be_here_without_a_code_is_no_touch(world: World, li: Person) -> None:
    touchpoints.note_seen(
        facts.MemberSeen(fact_id="s", at=world.now, member_id=li.member_id, touchpoint=None)
    )
    assert touchpoints.touches_of(li.member_id) == rules.Touches()


def test_the_name_of_a_touch_is_that_of_then(world: World, li: Person) -> None:
    add(world)
    touchpoints.note_joined(joined(li, "live-7", START))
    touchpoints.end("live-7", by="wangwu", now=START + HOUR)
    touchpoints.note_seen(seen(li, "live-7", START + 2 * HOUR))
    touches = touchpoints.touches_of(li.member_id)
    assert touches.first
    assert touches.last
    assert (touches.first.name, touches.first.kind) == ("直播", Kind.LIVESTREAM)
    assert (touches.last.name, touches.last.kind) == (None, Kind.UNKNOWN)


def test_a_code_that_cannot_be_one_is_not_kept(world: World, li: Person) -> None:
    touchpoints.note_joined(joined(li, "手机号 13800138000", START))
    touch = Touch(touchpoint_id=None, kind=Kind.UNKNOWN, at=START)
    assert touchpoints.touches_of(li.member_id).first == touch


def test_who_came_from_a_touchpoint_is_counted_on_the_day_in_beijing(
    world: World, li: Person
) -> None:
    for number in range(12):
        who = world.joins(f"member-{number}")
        for _ in range(2):
            touchpoints.note_joined(joined(who, "live-7", START))
    touchpoints.note_joined(joined(li, "live-7", START + timedelta(hours=13)))
    assert touchpoints.joined_on("live-7", day=START) == 12
    assert touchpoints.joined_on("live-7", day=START + timedelta(days=1)) == 1
    assert touchpoints.joined_on("live-8", day=START) == 0


def test_who_was_known_before_they_were_here_came_from_there_first(
    world: World, li: Person
) -> None:
    touchpoints.note_joined(joined(li, "live-7", START + HOUR))
    touchpoints.note_woken(facts.MemberWoken(fact_id="w", at=START, member_id=li.member_id))
    assert codes_of(li.member_id) == ("organic", "live-7")


def test_an_erased_member_comes_from_nowhere_again(world: World, li: Person) -> None:
    members.change(li.member_id, lambda m: msgspec.structs.replace(m, state=State.ERASED))
    touchpoints.note_joined(joined(li, "organic", START))
    assert touchpoints.touches_of(li.member_id) == rules.Touches()


# Referrals


def test_a_member_sends_others_by_a_code_that_is_always_the_same(world: World, li: Person) -> None:
    code = touchpoints.referral_code_of(li.member)
    assert touchpoints.referral_code_of(li.member) == code
    wang = world.joins("wang")
    assert touchpoints.referral_code_of(wang.member) != code
    touchpoints.note_joined(joined(wang, code, START))
    first = touchpoints.touches_of(wang.member_id).first
    assert first == Touch(
        touchpoint_id=code, kind=Kind.REFERRAL, referrer_id=li.member_id, at=START
    )


def test_nobody_sends_themselves(world: World, li: Person) -> None:
    touchpoints.note_joined(joined(li, "organic", START))
    code = touchpoints.referral_code_of(li.member)
    touchpoints.note_seen(seen(li, code, START + HOUR))
    assert codes_of(li.member_id) == ("organic", "organic")


def test_what_only_looks_like_a_referral_code_is_unknown(world: World, li: Person) -> None:
    touchpoints.note_joined(joined(li, "A" * rules.REFERRAL_CHARS, START))
    first = touchpoints.touches_of(li.member_id).first
    assert first
    assert (first.kind, first.referrer_id) == (Kind.UNKNOWN, None)


# Merges, and leaving


def merged(gone: Person, kept: Person) -> facts.MembersMerged:
    members.change(
        gone.member_id,
        lambda m: msgspec.structs.replace(m, state=State.MERGED, merged_into=kept.member_id),
    )
    return facts.MembersMerged(
        fact_id="m", at=START, merge_id="m", kept_id=kept.member_id, gone_id=gone.member_id
    )


def parted(gone: Person, kept: Person) -> facts.MembersUnmerged:
    with one_transaction() as write:
        members.change_in(
            write,
            gone.member_id,
            lambda m: msgspec.structs.replace(m, state=State.ACTIVE, merged_into=None),
        )
    return facts.MembersUnmerged(
        fact_id="u", at=START, merge_id="m", kept_id=kept.member_id, gone_id=gone.member_id
    )


def test_of_two_who_are_one_the_earlier_first_and_the_later_last_touch_hold(
    world: World, li: Person
) -> None:
    wang = world.joins("wang")
    touchpoints.note_joined(joined(li, "b", START + HOUR))
    touchpoints.note_joined(joined(wang, "a", START))
    touchpoints.note_seen(seen(wang, "c", START + 2 * HOUR))
    fact = merged(wang, li)
    touchpoints.follow_merge(fact)
    touchpoints.follow_merge(fact)
    assert codes_of(li.member_id) == ("a", "c")
    assert touchpoints.touches_of(wang.member_id) == rules.Touches()
    touchpoints.note_seen(seen(wang, "d", START + 3 * HOUR))  # Told late, of the gone id.
    assert codes_of(li.member_id) == ("a", "d")


def test_two_who_are_not_one_after_all_came_from_where_they_came(world: World, li: Person) -> None:
    wang = world.joins("wang")
    touchpoints.note_joined(joined(li, "b", START + HOUR))
    touchpoints.note_joined(joined(wang, "a", START))
    fact = merged(wang, li)
    touchpoints.follow_merge(fact)
    undone = parted(wang, li)
    touchpoints.follow_unmerge(undone)
    touchpoints.follow_unmerge(undone)
    touchpoints.follow_merge(fact)  # Told late: they are two again.
    assert (codes_of(li.member_id), codes_of(wang.member_id)) == (("b", "b"), ("a", "a"))


def test_who_is_erased_came_from_nowhere_and_brings_nobody(world: World, li: Person) -> None:
    touchpoints.note_joined(joined(li, "organic", START))
    code = touchpoints.referral_code_of(li.member)
    fact = facts.MemberErased(fact_id="e", at=START, member_id=li.member_id)
    touchpoints.erase(fact)
    touchpoints.erase(fact)
    assert touchpoints.touches_of(li.member_id) == rules.Touches()
    assert records.referrer_of(code) is None


def test_an_export_says_where_a_member_came_from(world: World, li: Person) -> None:
    touchpoints.note_joined(joined(li, "organic", START))
    exported = touchpoints.exported(li.member_id)
    assert exported["first"] == {
        "touchpoint_id": "organic",
        "kind": "organic",
        "name": "自然进入",
        "at": "2026-11-22T04:00:00Z",
    }


def test_who_is_nobody_has_no_touches(world: World) -> None:
    with pytest.raises(NotFound):
        touchpoints.note_joined(
            facts.MemberJoined(
                fact_id="x", at=START, member_id="01J0000000000000000000MBR9", touchpoint="organic"
            )
        )
