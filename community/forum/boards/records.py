"""Rows of boards, in the forum table.

| pattern    | key condition                  | units                                      |
|------------|--------------------------------|--------------------------------------------|
| all boards | query `boards`                 | 0.5 RCU, kept in the container for a minute |
| install    | put `boards` / `<id>` if new    | 1 WCU                                      |
"""

from __future__ import annotations

import msgspec
from pynamodb.attributes import UnicodeAttribute

from chalicelib.tables import Overtaken, Row, table_name, unless_overtaken
from community.forum.boards.rules import Board


class BoardRow(Row):
    class Meta:
        table_name = table_name("forum")

    board = UnicodeAttribute()


def every_board() -> list[Board]:
    boards = [msgspec.json.decode(row.board, type=Board) for row in BoardRow.query("boards")]
    return sorted(boards, key=lambda board: board.place)


def add_if_new(board: Board) -> bool:
    row = BoardRow("boards", board.board_id, board=msgspec.json.encode(board).decode())
    try:
        with unless_overtaken():
            row.save(BoardRow.pk.does_not_exist())
    except Overtaken:
        return False
    return True
