"""Takes the rows of a file into the stage that the environment names: many at once, reported in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from community.commons import cars
from community.people.archive.rules import ROWS_MAX, Outcome, Remark, Row
from local.archive_import.journal import Journal
from local.archive_import.source import Line, Place

AT_ONCE = 6
WAITING_MAX = 2 * AT_ONCE
"""Pieces that are under way or done and not reported yet: what an import keeps in memory."""

Take = Callable[[list[tuple[int, Row]]], Outcome]


@dataclass
class Piece:
    """Some rows that stand behind one another. `subjects`: whom and what they are about."""

    rows: list[tuple[int, Row]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    subjects: set[str] = field(default_factory=set)
    lines: int = 0
    end: Place = field(default_factory=Place)

    def add(self, line: Line) -> None:
        self.lines += 1
        self.end = Place(line.end, line.number)
        self.remarks += line.remarks
        if line.row:
            self.rows.append((line.number, line.row))
            about = (cars.tidied_mobile(line.row.mobile), cars.tidied_vin(line.row.vin))
            self.subjects |= {subject for subject in about if subject}


def work(lines: Iterator[Line], journal: Journal, take: Take, *, seen: Callable[[], None]) -> None:
    """Take all rows. Rows about the same person or car are taken in their order, also across pieces.

    `seen` is called whenever the journal has gone on.
    """
    under_way: deque[tuple[Piece, Future[Outcome]]] = deque()

    def report_first() -> None:
        piece, taken = under_way.popleft()
        journal.note(
            taken.result(), remarks=tuple(piece.remarks), place=piece.end, rows=piece.lines
        )
        seen()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            for piece in _pieces(lines):
                while len(under_way) >= WAITING_MAX or _is_about_some(piece, under_way):
                    report_first()
                under_way.append((piece, pool.submit(take, piece.rows)))
            while under_way:
                report_first()
        finally:
            pool.shutdown(cancel_futures=True)


def _pieces(lines: Iterator[Line]) -> Iterator[Piece]:
    piece = Piece()
    for line in lines:
        piece.add(line)
        if piece.lines == ROWS_MAX:
            yield piece
            piece = Piece()
    if piece.lines:
        yield piece


def _is_about_some(piece: Piece, under_way: deque[tuple[Piece, Future[Outcome]]]) -> bool:
    return any(not piece.subjects.isdisjoint(other.subjects) for other, _ in under_way)
