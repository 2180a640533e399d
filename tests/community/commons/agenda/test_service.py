"""The agenda: what will happen at a set time happens then, once, unless it is struck off."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from chalicelib.errors import Unavailable
from chalicelib.tables import Overtaken, one_transaction
from community import facts
from community.commons.agenda import records
from community.commons.agenda import service as agenda
from community.facts import LeavingDue
from tests.world import START, World

DUE_AT = START + timedelta(days=7)


def a_fact(number: int = 1, *, at: datetime = DUE_AT) -> LeavingDue:
    return LeavingDue(fact_id=f"m{number}.leaving-due", at=at, member_id=f"m{number}")


def happened(world: World) -> list[facts.AnyFact]:
    world.relay()
    return [facts.read(body) for body in world.take("facts")]


def test_a_fact_happens_at_its_time_and_not_before(world: World) -> None:
    agenda.put(a_fact())
    assert agenda.let_happen(now=DUE_AT - timedelta(seconds=1)) == 0
    assert happened(world) == []
    assert agenda.let_happen(now=DUE_AT) == 1
    assert happened(world) == [a_fact()]


def test_what_happened_does_not_happen_again(world: World) -> None:
    agenda.put(a_fact())
    agenda.let_happen(now=DUE_AT)
    happened(world)
    assert agenda.let_happen(now=DUE_AT + timedelta(days=1)) == 0
    assert happened(world) == []


def test_what_was_struck_off_does_not_happen(world: World) -> None:
    agenda.put(a_fact())
    agenda.strike(a_fact().fact_id)
    agenda.strike(a_fact().fact_id)
    assert agenda.let_happen(now=DUE_AT) == 0
    assert happened(world) == []


def test_what_is_put_down_again_is_put_off(world: World) -> None:
    later = a_fact(at=DUE_AT + timedelta(days=1))
    agenda.put(a_fact())
    agenda.put(later)
    assert agenda.let_happen(now=DUE_AT) == 0
    agenda.let_happen(now=later.at)
    assert happened(world) == [later]


def test_it_is_put_down_with_what_leads_to_it_or_not_at_all(world: World) -> None:
    leads_to_it = records.AgendaRow("deed", "deed")
    with one_transaction() as write:
        agenda.put_in(write, a_fact(1))
        write.save(leads_to_it, condition=records.AgendaRow.pk.does_not_exist())
    with suppress(Overtaken), one_transaction() as write:
        agenda.put_in(write, a_fact(2))
        write.save(leads_to_it, condition=records.AgendaRow.pk.does_not_exist())
    agenda.let_happen(now=DUE_AT)
    assert happened(world) == [a_fact(1)]


def test_two_ticks_at_once_let_it_happen_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    agenda.put(a_fact())
    seen_by_both = list(records.due(now=DUE_AT, limit=10))
    monkeypatch.setattr(records, "due", lambda **_: seen_by_both)
    assert [agenda.let_happen(now=DUE_AT) for _ in range(2)] == [1, 0]
    assert happened(world) == [a_fact()]


def test_what_was_put_off_while_the_tick_looked_does_not_happen(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    agenda.put(a_fact())
    seen = list(records.due(now=DUE_AT, limit=10))
    monkeypatch.setattr(records, "due", lambda **_: seen)
    agenda.put(a_fact(at=DUE_AT + timedelta(days=1)))
    assert agenda.let_happen(now=DUE_AT) == 0


def test_what_somebody_is_changing_right_now_waits_and_keeps_no_other_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10):
        agenda.put(a_fact(number))
    held, let_happen = next(records.due(now=DUE_AT, limit=1)), records.let_happen

    def unless_held(row: records.AgendaRow, *, now: datetime) -> None:
        if row.pk == held.pk:
            raise Unavailable
        let_happen(row, now=now)

    with monkeypatch.context() as patched:
        patched.setattr(records, "let_happen", unless_held)
        assert agenda.let_happen(now=DUE_AT) == 9
    assert agenda.let_happen(now=DUE_AT) == 1
    assert len(happened(world)) == 10


def test_many_that_are_due_in_one_minute_all_happen(world: World) -> None:
    for number in range(30):
        agenda.put(a_fact(number))
    assert agenda.let_happen(now=DUE_AT) == 30
    assert len(happened(world)) == 30
