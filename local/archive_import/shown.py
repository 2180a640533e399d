"""How an import is seen while it runs: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from local import say
from local.archive_import.journal import Journal

TOLD_EVERY_S = 5.0


@contextmanager
def shown(journal: Journal, *, size: int) -> Iterator[Callable[[], None]]:
    """What is given has to be called whenever the journal has gone on."""
    pace = _Pace(journal, size)
    if not Console().is_terminal:
        yield pace.tell_now_and_then
        return
    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[told]}"))
    with Progress(*columns) as bar:
        task = bar.add_task("import", total=size, told="")

        def move() -> None:
            bar.update(task, completed=journal.progress.position, told=pace.words())

        move()
        yield move


class _Pace:
    """How fast it goes since this run began."""

    def __init__(self, journal: Journal, size: int) -> None:
        self._journal, self._size = journal, size
        self._began = self._told_at = time.monotonic()
        self._first = journal.progress

    def words(self) -> str:
        done = self._journal.progress
        took_s = max(time.monotonic() - self._began, 0.001)
        rate = (done.rows - self._first.rows) / took_s
        bytes_a_s = (done.position - self._first.position) / took_s
        left = _clock((self._size - done.position) / bytes_a_s) if bytes_a_s else "–:––"
        return f"{done.rows:,} rows, {rate:,.0f} rows/s, {left} left"

    def tell_now_and_then(self) -> None:
        if time.monotonic() - self._told_at > TOLD_EVERY_S:
            self._told_at = time.monotonic()
            percent = 100 * self._journal.progress.position / max(self._size, 1)
            say.line(f"  … {percent:.0f} %: {self.words()}")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return (
        f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
        if minutes >= 60
        else f"{minutes}:{rest:02d}"
    )
