"""The audit log: what was done is written down once, and stays."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from chalicelib.tables import Overtaken, one_transaction
from community.commons.audit import service as audit
from community.commons.audit.rules import SYSTEM, Entry
from tests.world import START, World


def an_entry(**fields: Any) -> Entry:
    usual = {"what": "sessions.revoke", "about": "member#m1", "by": "zhangsan", "at": START}
    return Entry(**{**usual, **fields})


def test_what_was_done_is_told_newest_first(world: World) -> None:
    first = an_entry(before={"state": "active"}, after={"state": "blocked"}, why="投诉")
    then = an_entry(what="members.merge", by=SYSTEM, at=START + timedelta(seconds=1))
    audit.note(first)
    audit.note(then)
    assert audit.about("member#m1") == [then, first]
    assert audit.about("member#m2") == []


def test_what_is_told_twice_is_written_down_once(world: World) -> None:
    audit.note(an_entry())
    audit.note(an_entry())
    assert audit.about("member#m1") == [an_entry()]


def test_what_is_written_down_does_not_change(world: World) -> None:
    audit.note(an_entry(why="投诉"))
    audit.note(an_entry(why="另有原因"))
    assert [entry.why for entry in audit.about("member#m1")] == ["投诉"]


def test_a_deed_is_done_and_written_down_or_neither(world: World) -> None:
    audit.note(an_entry())
    with suppress(Overtaken), one_transaction() as write:
        audit.note_in(write, an_entry(about="member#m2"))
        audit.note_in(write, an_entry())
    assert audit.about("member#m2") == []
