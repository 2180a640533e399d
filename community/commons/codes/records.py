"""Rows of codes, in the platform table, found by a keyed hash of the code.

| pattern       | key condition                                       | units   |
|---------------|-----------------------------------------------------|---------|
| issue         | put `code#<hash>` if new                             | 1 WCU   |
| what it opens | get `code#<hash>`, consistent                        | 1 RCU   |
| use it, once  | in a transaction: update if unused                   | 2 WCU   |
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from pynamodb.attributes import UnicodeAttribute
from pynamodb.transactions import TransactWrite

from chalicelib import crypto
from chalicelib.tables import Row, dies_at, table_name, unless_overtaken
from community.commons.codes.rules import Code

# So that who comes late is told that the code is old or used, and not that there is none.
KEPT_AFTERWARDS = timedelta(days=30)


class CodeRow(Row):
    class Meta:
        table_name = table_name("platform")

    code = UnicodeAttribute()
    used_by = UnicodeAttribute(null=True)
    used_at = UnicodeAttribute(null=True)


def add(letters: str, code: Code) -> None:
    """Refuses: Overtaken — it is there already"""
    row = CodeRow(
        _key(letters),
        "code",
        code=msgspec.json.encode(code).decode(),
        ttl=dies_at(code.expires_at, KEPT_AFTERWARDS),
    )
    with unless_overtaken():
        row.save(CodeRow.pk.does_not_exist())


def find(letters: str) -> Code | None:
    try:
        row = CodeRow.get(_key(letters), "code", consistent_read=True)
    except CodeRow.DoesNotExist:
        return None
    code = msgspec.json.decode(row.code, type=Code)
    return msgspec.structs.replace(code, used_by=row.used_by)


def use(write: TransactWrite, letters: str, *, by: str, now: datetime) -> None:
    write.update(
        CodeRow(_key(letters), "code"),
        [CodeRow.used_by.set(by), CodeRow.used_at.set(now.isoformat())],
        condition=CodeRow.pk.exists() & CodeRow.used_by.does_not_exist(),
    )


def _key(letters: str) -> str:
    return f"code#{crypto.lookup_hash('code', letters)}"
