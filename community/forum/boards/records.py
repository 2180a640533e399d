"""Rows of boards, in the forum table.

| pattern    | key condition                                         | units                                        |
|------------|-------------------------------------------------------|----------------------------------------------|
| all boards | query `boards`                                        | 0.5 RCU each 4 KB, kept in the container for a minute |
| one, to be changed | get `boards` / `<id>`, consistent             | 1 RCU each 4 KB                              |
| install    | put `boards` / `<id>` if new                           | 1 WCU                                        |
| open       | transaction: put the same if new; audit               | 4 WCU                                        |
| change     | transaction: put the same if as it was read; audit    | 4 WCU                                        |
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from pynamodb.attributes import UnicodeAttribute
from pynamodb.transactions import TransactWrite

from chalicelib.tables import Overtaken, Row, table_name, unless_overtaken
from community.forum.boards.rules import Board


class BoardRow(Row):
    class Meta:
        table_name = table_name("forum")

    board = UnicodeAttribute()


class Kept(NamedTuple):
    """A board, and the text that it was read from."""

    board: Board
    text: str


def every_board() -> list[Board]:
    return [_board(row) for row in BoardRow.query("boards")]


def find(board_id: str) -> Kept | None:
    """As it is this moment."""
    try:
        row = BoardRow.get("boards", board_id, consistent_read=True)
    except BoardRow.DoesNotExist:
        return None
    return Kept(_board(row), row.board)


def add_if_new(board: Board) -> bool:
    try:
        with unless_overtaken():
            _row(board).save(BoardRow.pk.does_not_exist())
    except Overtaken:
        return False
    return True


def add(write: TransactWrite, board: Board) -> None:
    """Join a transaction: it is overtaken if the id is in use."""
    write.save(_row(board), condition=BoardRow.pk.does_not_exist())


def replace(write: TransactWrite, before: Kept, after: Board) -> None:
    """Join a transaction: it is overtaken if somebody else changed the board."""
    write.save(_row(after), condition=BoardRow.board == before.text)


def _board(row: BoardRow) -> Board:
    return msgspec.json.decode(row.board, type=Board)


def _row(board: Board) -> BoardRow:
    return BoardRow("boards", board.board_id, board=msgspec.json.encode(board).decode())
