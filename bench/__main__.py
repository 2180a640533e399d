"""`make bench`: measure everything that docs/figures.md states, print it and write it down."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from bench import capacity, cold, feeding, importing, report, scale, searching, warm
from local import say
from local.places import LOCAL


def main() -> None:
    with _one_at_a_time():
        _measure()


def _measure() -> None:
    # Each part in a process of its own, one after the other: what one has in memory ends with it.
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as apart:
        lines, figures = apart.submit(capacity.measured).result()
        for part in (cold, warm, scale, importing, searching, feeding):
            figures += apart.submit(part.measured).result()
    in_order = sorted(figures, key=lambda figure: figure.number or 99)
    report.show(lines, in_order)
    report.write(lines, in_order)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two at once would measure each other."""
    folder = LOCAL / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise say.Failure("Another `make bench` is running: wait until it is done.") from None
        yield


if __name__ == "__main__":
    say.run(main)
