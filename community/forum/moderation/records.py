"""Rows of cases, in the forum table.

| pattern      | key condition                     | units |
|--------------|-----------------------------------|-------|
| open, once   | put `case#<id>` if new             | 1 WCU |
| one case     | get `case#<id>`, consistent        | 1 RCU |
| decide, once | transaction: put if it is as it was read; audit | 4 WCU |
| another author | in a transaction: update if it is as it was read | 2 WCU |
"""

from __future__ import annotations

import msgspec
from pynamodb.attributes import UnicodeAttribute
from pynamodb.transactions import TransactWrite

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
        row = CaseRow.get(_key(case_id), "case", consistent_read=True)
    except CaseRow.DoesNotExist as missing:
        raise NoSuchCase from missing
    return msgspec.json.decode(row.case, type=Case)


def save_decided(
    write: TransactWrite,
    open_case: Case,
    decided: Case,
    fact: facts.CaseDecided | facts.MediaDecided,
) -> None:
    """Join a transaction: it is overtaken if it was decided meanwhile, or its author is another by now."""
    write.save(_row(decided, fact), condition=CaseRow.case == _text(open_case))


def rename_author(write: TransactWrite, case_id: str, author_id: str) -> None:
    """Join a transaction: the case names another author. Its fact has done its work and goes."""
    case = get(case_id)
    renamed = msgspec.structs.replace(case, author_id=author_id)
    write.update(
        CaseRow(_key(case_id), "case"),
        [CaseRow.case.set(_text(renamed)), CaseRow.fact.remove()],
        condition=CaseRow.case == _text(case),
    )


def _row(case: Case, fact: facts.Fact) -> CaseRow:
    return CaseRow(
        _key(case.case_id),
        "case",
        case=_text(case),
        decision=case.decision.value if case.decision else None,
        fact=facts.written(fact),
    )


def _key(case_id: str) -> str:
    return f"case#{case_id}"


def _text(case: Case) -> str:
    return msgspec.json.encode(case).decode()
