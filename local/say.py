"""How the tools talk to the person at the keyboard: steps with times, and one clear sentence when something fails."""

import errno
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STILL_AT_IT_EVERY_S = 10.0


class Failure(Exception):
    """What the person at the keyboard has to know, in one sentence that says what to do."""


def line(text: str) -> None:
    print(text, flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Announce a piece of work, show that it goes on, and say how long it took."""
    line(f"· {what}")
    started = time.monotonic()
    done = threading.Event()
    threading.Thread(target=_keep_telling, args=(what, started, done), daemon=True).start()
    try:
        yield
    finally:
        done.set()
    line(f"✓ {what} ({time.monotonic() - started:.1f} s)")


@contextmanager
def refusals_told() -> Iterator[None]:
    """What the community refuses is told in its own sentence, or in one for each field that is wrong."""
    from chalicelib.errors import Refusal

    try:
        yield
    except Refusal as refusal:
        wrong = [f"{error.field}: {error.message}" for error in refusal.errors]
        raise Failure("; ".join(wrong) or refusal.detail) from refusal


def _keep_telling(what: str, started: float, done: threading.Event) -> None:
    while not done.wait(STILL_AT_IT_EVERY_S):
        line(f"  … {what}: {time.monotonic() - started:.0f} s")


def run(main: Callable[[], None]) -> None:
    """Run a command's main function; a Failure becomes its sentence and exit status 1."""
    try:
        main()
    except Failure as failure:
        sys.exit(f"✗ {failure}")
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        sys.exit("✗ The disk is full: make room and try again.")
    except KeyboardInterrupt:
        sys.exit("✗ Stopped.")
