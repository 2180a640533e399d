"""Rows of consents and of what was taken back, in the people table: a member's history, never changed.

| pattern                     | key condition                                        | units   |
|-----------------------------|------------------------------------------------------|---------|
| an answer, with the member  | in a transaction: put `member#<id>` / `consent#<time>` | 2 WCU   |
| the last answer             | query from `consent#`, newest first, 1, consistent   | 1 RCU   |
| taken back, once            | put `member#<id>` / `taken_back#<time>#<what>` if new | 1 WCU   |
| the whole history           | query from `consent#`, from `taken_back#`             | 0.5 RCU |
| move in a merge             | see `moves`                                          | 4 WCU   |
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
from pynamodb.attributes import UnicodeAttribute
from pynamodb.transactions import TransactWrite

from chalicelib import moves
from chalicelib.joins import Kind
from chalicelib.tables import Row, table_name, unless_overtaken
from community import facts
from community.people.consents.rules import Consent

_ANSWERED, _TAKEN_BACK = "consent#", "taken_back#"


class HistoryRow(Row):
    """`told`: what happened, as JSON."""

    class Meta:
        table_name = table_name("people")

    told = UnicodeAttribute()


_KINDS = {prefix: Kind(row=HistoryRow, starting=prefix) for prefix in (_ANSWERED, _TAKEN_BACK)}


class TakenBack(msgspec.Struct, frozen=True, kw_only=True):
    """What a member took back in WeChat: the platform's codes."""

    news: str
    codes: tuple[int, ...]
    at: datetime

    @property
    def what(self) -> str:
        return ".".join((self.news, *map(str, self.codes)))


def add_in(
    write: TransactWrite, member_id: str, consent: Consent, *, fact: facts.Fact | None
) -> None:
    write.save(_row(member_id, f"{_ANSWERED}{_time(consent.at)}", consent, fact=fact))


def add_taken_back(member_id: str, taken: TakenBack, *, fact: facts.Fact | None) -> None:
    """Refuses: Overtaken — it is there already"""
    sk = f"{_TAKEN_BACK}{_time(taken.at)}#{taken.what}"
    with unless_overtaken():
        _row(member_id, sk, taken, fact=fact).save(HistoryRow.pk.does_not_exist())


def latest(member_id: str) -> Consent | None:
    found = HistoryRow.raw_page(
        _key(member_id),
        HistoryRow.sk.startswith(_ANSWERED),
        limit=1,
        newest_first=True,
        consistent=True,
    )
    return _consent(found[0]["told"]["S"]) if found else None


def history(member_id: str) -> tuple[list[Consent], list[TakenBack]]:
    """Oldest first."""
    return (
        [_consent(row.told) for row in _rows(member_id, _ANSWERED)],
        [msgspec.json.decode(row.told, type=TakenBack) for row in _rows(member_id, _TAKEN_BACK)],
    )


def move(member_id: str, *, to: str, merge_id: str) -> None:
    for kind in _KINDS.values():
        moves.move(kind, source=_key(member_id), target=_key(to), mark=merge_id)


def move_back(member_id: str, *, to: str, merge_id: str) -> None:
    for kind in _KINDS.values():
        moves.move_back(kind, source=_key(member_id), target=_key(to), mark=merge_id)


def _rows(member_id: str, prefix: str) -> Iterator[HistoryRow]:
    return moves.rows(_KINDS[prefix], source=_key(member_id))


def _row(
    member_id: str, sk: str, told: Consent | TakenBack, *, fact: facts.Fact | None
) -> HistoryRow:
    return HistoryRow(
        _key(member_id),
        sk,
        told=msgspec.json.encode(told).decode(),
        fact=facts.written(fact) if fact else None,
    )


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _key(member_id: str) -> str:
    return f"member#{member_id}"


def _consent(text: str) -> Consent:
    return msgspec.json.decode(text, type=Consent)
