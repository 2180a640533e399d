"""A colleague writes to one member, and is remembered for it."""

from __future__ import annotations

import pytest

from chalicelib.errors import Invalid, NotFound
from community.commons.audit import service as audit
from community.commons.staff.rules import NotStaff
from community.forum.telling import service as telling
from tests.community.forum.telling.conftest import told
from tests.world import Person, World


def write(world: World, member_id: str, **words: str) -> None:
    telling.write_to(
        member_id,
        **{"title": "活动改期", "text": "周六的试驾改到周日", "by": "wangwu", **words},
        request_id="r",
        now=world.now,
    )


def test_the_member_is_told_once_and_it_is_written_down(world: World, li: Person) -> None:
    write(world, li.member_id)
    write(world, li.member_id)
    assert told(li) == ["活动改期"]
    entries = audit.about(f"member#{li.member_id}")
    assert [e.by for e in entries if e.what == "notifications.written"] == ["wangwu"]


@pytest.mark.parametrize("words", [{"title": " "}, {"text": ""}, {"text": "长" * 201}])
def test_what_says_nothing_or_too_much_is_refused(
    world: World, li: Person, words: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as refused:
        write(world, li.member_id, **words)
    assert [error.field for error in refused.value.errors] == list(words)
    assert told(li) == []


def test_only_colleagues_write_to_somebody_who_is_there(world: World, li: Person) -> None:
    with pytest.raises(NotStaff):
        write(world, li.member_id, by="nobody")
    with pytest.raises(NotFound):
        write(world, "01J0000000000000000000NONE")
