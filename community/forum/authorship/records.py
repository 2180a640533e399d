"""Rows of who wrote what, in the forum table: small ones, beside what was written.

| pattern                | key condition                                               | units            |
|------------------------|-------------------------------------------------------------|------------------|
| note, once             | put `author#<member>` / `<what>#<id>` if new, look at the    | 1 WCU + 1 RCU    |
|                        |   member: are they who they were                             |                  |
| what a member wrote    | query `author#<member>`, sk from `<what>#`                   | 0.5 RCU each 4 KB |
| the latest of a kind   | the same, sk before that of one of them                      | 0.5 RCU each 4 KB |
| everything, from a place on | the same, sk after that place, consistent              | 1 RCU each 4 KB  |
| it becomes another's   | see `moves`; what names its author changes in the same transaction | 4 WCU + that |
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from pynamodb.attributes import UnicodeAttribute
from pynamodb.transactions import TransactWrite

from chalicelib import moves
from chalicelib.joins import Kind, row_of
from chalicelib.tables import Overtaken, Row, table_name, unless_overtaken
from community.forum.authorship.rules import What, Work

Renamed = Callable[[TransactWrite, Work, str | None], None]


class WorkRow(Row):
    class Meta:
        table_name = table_name("forum")

    post_id = UnicodeAttribute(null=True)
    board_id = UnicodeAttribute(null=True)


def add(author_id: str, work: Work) -> None:
    row = WorkRow(_key(author_id), work.place, post_id=work.post_id, board_id=work.board_id)
    with suppress(Overtaken), unless_overtaken():
        row.save(WorkRow.pk.does_not_exist())


def works(author_id: str, what: What) -> Iterator[Work]:
    kind = Kind(row=WorkRow, starting=f"{what}#")
    return map(_work, moves.rows(kind, source=_key(author_id)))


def page(author_id: str, *, after: str | None, limit: int) -> list[Work]:
    later = WorkRow.sk > after if after else None
    rows = WorkRow.raw_page(_key(author_id), later, limit=limit, consistent=True)
    return [_work(row_of(WorkRow, row)) for row in rows]


def latest(author_id: str, what: What, *, before: str | None, limit: int) -> list[Work]:
    older = WorkRow.sk < f"{what}#{before or '~'}"
    rows = WorkRow.raw_page(_key(author_id), older, limit=limit, newest_first=True)
    return [_work(row_of(WorkRow, row)) for row in rows if row["sk"]["S"].startswith(f"{what}#")]


def move(what: What, author_id: str, *, to: str, merge_id: str, renamed: Renamed) -> None:
    kind = _kind(what, renamed)
    moves.move(kind, source=_key(author_id), target=_key(to), mark=merge_id)


def move_back(what: What, author_id: str, *, to: str, merge_id: str, renamed: Renamed) -> None:
    kind = _kind(what, renamed)
    moves.move_back(kind, source=_key(author_id), target=_key(to), mark=merge_id)


def forget(what: What, author_id: str, *, renamed: Renamed) -> None:
    moves.forget(_kind(what, renamed), source=_key(author_id))


def _kind(what: What, renamed: Renamed) -> Kind[WorkRow]:
    def along(write: TransactWrite, before: Sequence[WorkRow], after: Sequence[WorkRow]) -> None:
        author_id = after[0].pk.removeprefix(_key("")) if after else None
        renamed(write, _work(before[0]), author_id)

    return Kind(row=WorkRow, starting=f"{what}#", along=along)


def _work(row: WorkRow) -> Work:
    what, _, work_id = row.sk.partition("#")
    return Work(What(what), work_id, row.post_id, row.board_id)


def _key(author_id: str) -> str:
    return f"author#{author_id}"
