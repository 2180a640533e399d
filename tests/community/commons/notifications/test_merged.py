"""What grows is one notification, and the unread count stays right whatever happens in whatever order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import ids
from chalicelib.lists import PageQuery
from community import facts
from community.commons.notifications import records
from community.commons.notifications import service as notifications
from community.commons.notifications.rows import DeskRow
from community.commons.notifications.rules import Kind, Notification, Told
from community.facts import Fact, MembersMerged, MembersUnmerged
from tests.world import START, World

LI = "01J0000000000000000000MBR1"
WANG = "01J0000000000000000000MBR2"
POST = "like#post"


def grown(number: int, minutes: int, *, about: str = POST, member_id: str = LI) -> Told | None:
    """It is said that so many like it, the latest of them some minutes after the start."""
    told = Told(title=f"{number} 人", text="…", at=START + timedelta(minutes=minutes))

    def say(before: Told | None) -> Told | None:
        return told if number else None

    return notifications.tell_merged(member_id, about, kind=Kind.REACTION, say=say)


def tell(number: int, minutes: int, member_id: str = LI) -> None:
    fact = Fact(fact_id=f"fact-{number}", at=START + timedelta(minutes=minutes))
    notifications.tell(member_id, fact, kind=Kind.SYSTEM, title=f"第 {number} 条", text="…")


def items(member_id: str = LI) -> list[Notification]:
    return notifications.page(member_id, PageQuery(limit=50))[0].items


def unread(member_id: str = LI) -> int:
    return notifications.page(member_id, PageQuery())[1]


def read(minutes: int, member_id: str = LI) -> int:
    now = START + timedelta(days=9)
    at = START + timedelta(minutes=minutes)
    return notifications.mark_read(member_id, up_to=ids.new_id(at, "~"), now=now)


def test_it_grows_in_place(world: World) -> None:
    assert grown(1, 0)
    tell(1, 5)
    assert grown(2, 10) is None
    assert [each.title for each in items()] == ["第 1 条", "2 人"]
    assert unread() == 2


def test_after_an_hour_it_comes_to_the_top(world: World) -> None:
    grown(1, 0)
    tell(1, 5)
    assert grown(2, 60)
    assert [each.title for each in items()] == ["2 人", "第 1 条"]
    assert unread() == 2


def test_what_was_read_is_unread_again_only_at_the_top(world: World) -> None:
    grown(1, 0)
    assert read(1) == 0
    grown(2, 10)
    assert unread() == 0
    grown(3, 70)
    assert (unread(), len(items())) == (1, 1)


def test_when_nothing_is_left_of_it_nothing_is_unread(world: World) -> None:
    grown(1, 0)
    grown(0, 0)
    assert (items(), unread()) == ([], 0)
    grown(0, 0)
    assert unread() == 0


def test_when_what_was_read_goes_the_others_stay_unread(world: World) -> None:
    grown(1, 0)
    read(1)
    tell(1, 5)
    grown(0, 0)
    assert unread() == 1


def test_only_what_comes_to_the_top_is_a_fact(world: World) -> None:
    grown(1, 0)
    grown(2, 10)
    grown(3, 60)
    world.relay()
    told = [facts.read(body) for body in world.take("facts")]
    assert [type(fact).__name__ for fact in told] == ["NotificationRaised"] * 2


def test_two_who_tell_at_the_same_moment_both_count(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = [1]

    def say(before: Told | None) -> Told | None:
        if number[0] < 3:  # Meanwhile somebody else tells of one more.
            number[0] += 1
            grown(number[0], number[0])
        return Told(title=f"{number[0]} 人", text="…", at=START + timedelta(minutes=3))

    notifications.tell_merged(LI, POST, kind=Kind.REACTION, say=say)
    assert ([each.title for each in items()], unread()) == (["3 人"], 1)


def test_something_read_in_the_same_moment_is_not_counted_wrong(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown(1, 0)
    read(1)
    tell(1, 5)
    seen, once = records.desk_of, [True]

    def meanwhile(member_id: str, **how: bool) -> DeskRow:
        desk = seen(member_id, **how)
        if once:
            once.clear()
            grown(2, 70)
        return desk

    monkeypatch.setattr(records, "desk_of", meanwhile)
    assert read(6) == 1
    assert unread() == 1


def test_after_a_merge_it_goes_on_under_who_remains(world: World) -> None:
    grown(1, 0)
    tell(1, 1, member_id=WANG)
    fact: dict[str, Any] = {"at": START, "merge_id": "m", "kept_id": WANG, "gone_id": LI}
    notifications.follow_merge(MembersMerged(fact_id="m", **fact))
    assert (unread(WANG), unread()) == (2, 0)
    grown(2, 60, member_id=WANG)
    assert (len(items(WANG)), unread(WANG)) == (2, 2)
    notifications.follow_unmerge(MembersUnmerged(fact_id="u", **fact))
    assert len(items()) + len(items(WANG)) == 2


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("tell"), st.integers(1, 6), st.integers(0, 200)),
        st.tuples(st.just("grow"), st.integers(0, 3), st.integers(0, 200)),
        st.tuples(st.just("other"), st.integers(0, 2), st.integers(0, 200)),
        st.tuples(st.just("read"), st.just(0), st.integers(0, 250)),
    ),
    max_size=25,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_happens_in_whatever_order_the_unread_count_is_right(
    world: World, steps: list[tuple[str, int, int]]
) -> None:
    from community.facts import MemberErased

    notifications.erase(MemberErased(fact_id="e", at=START, member_id=LI))
    new: set[str] = set()
    for what, number, minutes in steps:
        before = {each.notification_id for each in items()}
        if what == "tell":
            tell(number, minutes)
        elif what == "read":
            read(minutes)
            up_to = notifications.page(LI, PageQuery())[2]
            new = {each.notification_id for each in items() if each.notification_id > (up_to or "")}
            continue
        else:
            grown(number, minutes, about=what)
        after = {each.notification_id for each in items()}
        new = (new & after) | (after - before)
        assert unread() == len(new)
    assert unread() == len(new)
