"""The notification centre: told once, read up to a point, paged newest first."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from chalicelib import ids
from chalicelib.errors import Invalid, Unavailable
from chalicelib.lists import PageQuery
from community.commons.notifications import service as notifications
from community.commons.notifications.rules import Kind, Notification
from community.facts import Fact, PostPublished
from tests.world import START, World

LI = "01J0000000000000000000MBR1"
WANG = "01J0000000000000000000MBR2"


def happened(number: int, at: datetime = START) -> Fact:
    return PostPublished(
        fact_id=f"fact-{number}", at=at + timedelta(minutes=number), post_id="p", author_id=LI
    )


def tell(*numbers: int, member_id: str = LI) -> None:
    for number in numbers:
        notifications.tell(
            member_id, happened(number), kind=Kind.MODERATION, title=f"第 {number} 条", text="…"
        )


def page(limit: int = 20, cursor: str | None = None) -> tuple[list[Notification], int, str | None]:
    """The notifications, how many are unread, and the next cursor."""
    found, unread, _ = notifications.page(LI, PageQuery(limit=limit, cursor=cursor))
    return found.items, unread, found.next_cursor


def titles(items: list[Notification]) -> list[str]:
    return [item.title for item in items]


def later(world: World) -> datetime:
    return world.now + timedelta(days=1)


def test_who_was_told_nothing_has_an_empty_page(world: World) -> None:
    assert page() == ([], 0, None)


def test_the_newest_comes_first(world: World) -> None:
    tell(1, 2, 3)
    assert titles(page()[0]) == ["第 3 条", "第 2 条", "第 1 条"]


def test_a_notification_says_what_it_was_made_of(world: World) -> None:
    notifications.tell(
        LI, happened(1), kind=Kind.CERTIFICATION, title="通过", text="恭喜", link="pages/x"
    )
    ((told,), _, _) = page()
    assert (told.kind, told.title, told.text, told.link) == (
        Kind.CERTIFICATION,
        "通过",
        "恭喜",
        "pages/x",
    )
    assert told.created_at == happened(1).at


def test_the_same_fact_is_told_and_counted_once(world: World) -> None:
    tell(1, 1)
    items, unread, _ = page()
    assert (titles(items), unread) == (["第 1 条"], 1)


def test_one_fact_may_be_told_to_two_members(world: World) -> None:
    tell(1)
    tell(1, member_id=WANG)
    assert page()[1] == 1
    assert notifications.page(WANG, PageQuery())[1] == 1


def test_pages_go_on_where_they_stopped_while_more_is_told(world: World) -> None:
    tell(1, 2, 3, 4, 5)
    seen, cursor = [], None
    for number in range(6, 20):
        items, _, cursor = page(2, cursor)
        seen += titles(items)
        if cursor is None:
            break
        tell(number)
    assert seen == ["第 5 条", "第 4 条", "第 3 条", "第 2 条", "第 1 条"]


def test_every_page_says_how_many_are_unread_in_all(world: World) -> None:
    tell(1, 2, 3)
    _, unread, cursor = page(2)
    assert (unread, page(2, cursor)[1]) == (3, 3)


def test_a_full_first_page_does_not_mistake_the_desk_for_a_notification(world: World) -> None:
    tell(1, 2)
    items, unread, _ = page(2)
    assert (titles(items), unread) == (["第 2 条", "第 1 条"], 2)


def test_reading_up_to_one_leaves_what_came_after(world: World) -> None:
    tell(1, 2, 3)
    middle = page()[0][1].notification_id
    assert notifications.mark_read(LI, up_to=middle, now=later(world)) == 1
    _, unread, read_up_to = notifications.page(LI, PageQuery())
    assert (unread, read_up_to) == (1, middle)


def test_reading_again_what_was_read_changes_nothing(world: World) -> None:
    tell(1, 2)
    newest, oldest = (item.notification_id for item in page()[0])
    assert notifications.mark_read(LI, up_to=newest, now=later(world)) == 0
    assert notifications.mark_read(LI, up_to=oldest, now=later(world)) == 0
    assert notifications.page(LI, PageQuery())[2] == newest


def test_what_is_told_after_reading_is_unread(world: World) -> None:
    tell(1)
    notifications.mark_read(LI, up_to=page()[0][0].notification_id, now=later(world))
    tell(2)
    assert page()[1] == 1


def test_what_is_told_late_does_not_stay_unread_for_ever(world: World) -> None:
    tell(2)
    newest = page()[0][0].notification_id
    notifications.mark_read(LI, up_to=newest, now=later(world))
    tell(1)
    assert page()[1] == 1
    assert notifications.mark_read(LI, up_to=newest, now=later(world)) == 0
    assert page()[1] == 0


def test_many_that_are_left_unread_are_not_counted_one_by_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from community.commons.notifications import records

    monkeypatch.setattr(records, "UNREAD_COUNTED_MAX", 2)
    tell(1, 2, 3, 4)
    oldest = page()[0][-1].notification_id
    assert notifications.mark_read(LI, up_to=oldest, now=later(world)) == 2


def test_who_was_told_nothing_may_say_that_they_read_it(world: World) -> None:
    up_to = ids.new_id(world.now, "anything")
    assert notifications.mark_read(LI, up_to=up_to, now=later(world)) == 0


def test_something_told_in_the_same_moment_is_not_lost_from_the_count(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from community.commons.notifications import records

    tell(1)
    seen, news = records.desk_of, [2]

    def meanwhile(member_id: str) -> object:
        desk = seen(member_id)
        if news:
            tell(news.pop())
        return desk

    monkeypatch.setattr(records, "desk_of", meanwhile)
    up_to = page()[0][0].notification_id
    assert notifications.mark_read(LI, up_to=up_to, now=later(world)) == 1


def test_who_is_told_something_again_and_again_may_try_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from community.commons.notifications import records

    tell(0)
    seen, numbers = records.desk_of, iter(range(1, 100))

    def meanwhile(member_id: str) -> object:
        desk = seen(member_id)
        tell(next(numbers))
        return desk

    up_to = page()[0][0].notification_id
    monkeypatch.setattr(records, "desk_of", meanwhile)
    with pytest.raises(Unavailable):
        notifications.mark_read(LI, up_to=up_to, now=later(world))


@pytest.mark.parametrize("up_to", ["", "x", "01J0", "../desk", "~" * 26])
def test_what_is_no_notification_cannot_be_read(world: World, up_to: str) -> None:
    with pytest.raises(Invalid) as refused:
        notifications.mark_read(LI, up_to=up_to, now=world.now)
    assert [error.field for error in refused.value.errors] == ["up_to"]


def test_what_is_not_told_yet_cannot_be_read(world: World) -> None:
    tomorrow = ids.new_id(later(world), "x")
    with pytest.raises(Invalid):
        notifications.mark_read(LI, up_to=tomorrow, now=world.now)
