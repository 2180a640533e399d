"""Rows of cases, in the forum table.

| pattern      | key condition                     | units |
|--------------|-----------------------------------|-------|
| open, once   | put `case#<id>` if new             | 1 WCU |
| one case     | get `case#<id>`, consistent        | 1 RCU |
| decide, once | update if it has no decision       | 1 WCU |
"""

from __future__ import annotations

import msgspec
from pynamodb.attributes import UnicodeAttribute

from chalicelib.tables import Overtaken, Row, table_name, unless_overtaken
from community import facts
from community.forum.moderation.rules import Case, NoSuchCase


class CaseRow(Row):
    class Meta:
        table_name = table_name("forum")

    case = UnicodeAttribute()
    decision = UnicodeAttribute(null=True)


def add_if_new(case: Case, fact: facts.CaseOpened) -> None:
    try:
        with unless_overtaken():
            _row(case, fact).save(CaseRow.pk.does_not_exist())
    except Overtaken:
        pass


def get(case_id: str) -> Case:
    """Refuses: NoSuchCase"""
    try:
        row = CaseRow.get(f"case#{case_id}", "case", consistent_read=True)
    except CaseRow.DoesNotExist as missing:
        raise NoSuchCase from missing
    return msgspec.json.decode(row.case, type=Case)


def save_decided(case: Case, fact: facts.CaseDecided) -> None:
    """Refuses: Overtaken — it was decided meanwhile"""
    with unless_overtaken():
        _row(case, fact).save(CaseRow.decision.does_not_exist())


def _row(case: Case, fact: facts.Fact) -> CaseRow:
    return CaseRow(
        f"case#{case.case_id}",
        "case",
        case=msgspec.json.encode(case).decode(),
        decision=case.decision.value if case.decision else None,
        fact=facts.written(fact),
    )
