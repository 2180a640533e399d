"""Rows of exports, in the people table. The files are in the bucket, under keys that nobody can guess.

| pattern                       | key condition                                       | units          |
|-------------------------------|-----------------------------------------------------|----------------|
| ask, one at a time            | transaction: put `export#<id>` if new, put           | 8 WCU with the |
|                               |   `exports#<member>` / `desk` if as seen, the agenda | agenda's index |
| the last ones of a member     | get `exports#<member>` / `desk`, consistent          | 1 RCU          |
| one                           | get `export#<id>`, consistent                       | 1 RCU          |
| one more try, ready, at an end | update if still being made                         | 1 WCU          |
| forget                        | delete                                              | 1 WCU          |
"""

from __future__ import annotations

from datetime import timedelta

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib import crypto
from chalicelib.tables import Row, dies_at, one_transaction, table_name, unless_overtaken
from community import facts
from community.commons.agenda import service as agenda
from community.people.exports.rules import A_DAY_MAX, KEPT, Export, State

REMEMBERED = KEPT + timedelta(days=7)


class ExportRow(Row):
    class Meta:
        table_name = table_name("people")

    member_id = UnicodeAttribute()
    state = UnicodeAttribute()
    tries = NumberAttribute(default=0)


class DeskRow(Row):
    """The ids of a member's last exports, oldest first."""

    class Meta:
        table_name = table_name("people")

    asked = UnicodeAttribute()


def file_key(export_id: str) -> str:
    return f"exports/{crypto.lookup_hash('export', export_id)}.zip"


def add(export: Export, asked: list[str], *, fact: facts.ExportAsked, due: facts.ExportDue) -> None:
    """Refuses: Overtaken — it is there already, or another one was asked for since `asked` was read"""
    before, after = _text(asked), _text([*asked, export.export_id][-A_DAY_MAX:])
    dies = dies_at(export.asked_at, REMEMBERED)
    row = ExportRow(
        _key(export.export_id),
        "export",
        member_id=export.member_id,
        state=export.state.value,
        fact=facts.written(fact),
        ttl=dies,
    )
    desk = DeskRow(_desk_key(export.member_id), "desk", asked=after, ttl=dies)
    as_seen = DeskRow.asked == before if asked else DeskRow.pk.does_not_exist()
    with one_transaction() as write:
        write.save(row, condition=ExportRow.pk.does_not_exist())
        write.save(desk, condition=as_seen)
        agenda.put_in(write, due)


def asked(member_id: str) -> list[str]:
    try:
        row = DeskRow.get(_desk_key(member_id), "desk", consistent_read=True)
    except DeskRow.DoesNotExist:
        return []
    return msgspec.json.decode(row.asked, type=list[str])


def find(export_id: str) -> Export | None:
    try:
        row = ExportRow.get(_key(export_id), "export", consistent_read=True)
    except ExportRow.DoesNotExist:
        return None
    return Export(export_id=export_id, member_id=row.member_id, state=State(row.state))


def count_try(export_id: str) -> int:
    """Refuses: Overtaken — it is not being made any longer"""
    row = ExportRow(_key(export_id), "export")
    with unless_overtaken():
        row.update([ExportRow.tries.add(1)], ExportRow.state == State.MAKING.value)
    return int(row.tries)


def end(export_id: str, state: State, *, fact: facts.Fact | None = None) -> None:
    """It is ready, or will never be. Refuses: Overtaken — it is not being made any longer"""
    actions: list[Action] = [ExportRow.state.set(state.value)]
    if fact:
        actions.append(ExportRow.fact.set(facts.written(fact)))
    with unless_overtaken():
        ExportRow(_key(export_id), "export").update(actions, ExportRow.state == State.MAKING.value)


def expire(export_id: str) -> None:
    """Refuses: Overtaken — it is forgotten"""
    with unless_overtaken():
        ExportRow(_key(export_id), "export").update(
            [ExportRow.state.set(State.EXPIRED.value)], ExportRow.pk.exists()
        )


def forget(export_id: str) -> None:
    ExportRow(_key(export_id), "export").delete()


def forget_desk(member_id: str) -> None:
    DeskRow(_desk_key(member_id), "desk").delete()


def _key(export_id: str) -> str:
    return f"export#{export_id}"


def _desk_key(member_id: str) -> str:
    return f"exports#{member_id}"


def _text(asked: list[str]) -> str:
    return msgspec.json.encode(asked).decode()
