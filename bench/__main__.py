"""`make bench`: measure everything that docs/figures.md states, print it and write it down."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from bench import capacity, cold, feeding, importing, report, scale, searching, warm
from local import say
from local.places import LOCAL


def main() -> None:
    with _one_at_a_time():
        _measure()


def _measure() -> None:
    lines, of_capacity = capacity.measured()
    figures = [*cold.measured(), *warm.measured(), *scale.measured(), *of_capacity]
    figures += importing.measured()
    figures += searching.measured()
    figures += feeding.measured()
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
