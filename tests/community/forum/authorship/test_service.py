"""Who wrote what: noted once, found by them, and in step with who they turn out to be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from community.commons.audit.rules import SYSTEM
from community.facts import MemberErased
from community.forum.authorship import service as authorship
from community.forum.authorship.rules import What, Work
from community.people.leaving import service as leaving
from community.people.merges import service as merges
from community.people.merges.rules import Reason
from tests.world import Person, World

Renamed = Callable[[Any, Work, str | None], None]


@pytest.fixture
def named() -> dict[str, str | None]:
    """By whom each work says that it is."""
    return {}


@pytest.fixture
def renamed(named: dict[str, str | None]) -> Renamed:
    def rename(_: Any, work: Work, author_id: str | None) -> None:
        named[work.work_id] = author_id

    return rename


@pytest.fixture
def li(world: World) -> Person:
    return world.joins("li")


@pytest.fixture
def wang(world: World, li: Person) -> Person:
    world.later(days=1)
    return world.joins("wang")


def works(who: Person, what: What = What.POST) -> list[str]:
    return [work.work_id for work in authorship.works(who.member_id, what)]


def merge(world: World, one: Person, other: Person) -> None:
    merges.merge(one.member_id, other.member_id, reason=Reason.VIN, by=SYSTEM, now=world.now)


def test_what_is_noted_twice_is_found_once_oldest_first(
    world: World, li: Person, renamed: Renamed
) -> None:
    for work_id in ("02", "01", "02"):
        authorship.note(li.member_id, Work(What.POST, work_id), renamed=renamed)
    authorship.note(li.member_id, Work(What.COMMENT, "03", "01"), renamed=renamed)
    assert works(li) == ["01", "02"]
    assert list(authorship.works(li.member_id, What.COMMENT)) == [Work(What.COMMENT, "03", "01")]


def test_they_come_by_the_hundred_too(world: World, li: Person, renamed: Renamed) -> None:
    for number in range(101):
        authorship.note(li.member_id, Work(What.POST, f"{number:03}"), renamed=renamed)
    assert [len(page) for page in authorship.pages(li.member_id, What.POST)] == [100, 1]


def test_what_is_noted_of_somebody_who_is_gone_is_of_who_remains_at_once(
    world: World, li: Person, wang: Person, renamed: Renamed, named: dict[str, str | None]
) -> None:
    world.later(days=1)
    zhao = world.joins("zhao")
    merge(world, wang, zhao)
    merge(world, li, wang)
    authorship.note(zhao.member_id, Work(What.POST, "01"), renamed=renamed)
    assert (works(li), works(wang), works(zhao)) == (["01"], [], [])
    assert named == {"01": li.member_id}


def test_what_is_noted_of_somebody_who_is_erased_is_nobodys_at_once(
    world: World, li: Person, renamed: Renamed, named: dict[str, str | None]
) -> None:
    leaving.erase_closed(li.member, now=world.now)
    authorship.note(li.member_id, Work(What.POST, "01"), renamed=renamed)
    assert (works(li), named) == ([], {"01": None})


def test_a_name_changes_with_the_row_or_not_at_all(
    world: World, li: Person, wang: Person, renamed: Renamed
) -> None:
    authorship.note(wang.member_id, Work(What.POST, "01"), renamed=renamed)
    merge(world, li, wang)
    merge_id = merges.merge_of(wang.member_id)
    assert merge_id

    def breaks_off(*_: Any) -> None:
        raise MemoryError

    with pytest.raises(MemoryError):
        authorship.follow_merge(What.POST, merges.fact_of(merge_id), renamed=breaks_off)  # type: ignore[arg-type]
    assert (works(li), works(wang)) == ([], ["01"])


def test_what_somebody_erased_wrote_is_found_by_nobody(
    world: World, li: Person, renamed: Renamed, named: dict[str, str | None]
) -> None:
    authorship.note(li.member_id, Work(What.POST, "01"), renamed=renamed)
    fact = MemberErased(fact_id="f", at=world.now, member_id=li.member_id)
    for _ in range(2):
        authorship.erase(What.POST, fact, renamed=renamed)
    assert (works(li), named) == ([], {"01": None})
