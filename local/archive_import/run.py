"""One import from end to end, into the stage that an environment names."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib import ids
from chalicelib.errors import Unavailable
from community.people.archive.rules import Outcome, Row
from local import processes, say
from local.archive_import import journal as journals
from local.archive_import import source as sources
from local.archive_import.columns import Columns
from local.archive_import.journal import Journal
from local.archive_import.shown import shown
from local.archive_import.work import Take, work
from local.places import LOCAL

TRIES_MAX = 6
"""Pauses of 1, 2, 4, 8, 16 seconds: longer than a table needs to scale, or a network to come back."""
GO_ON = "run the same command again to go on from there"


def import_file(file: Path, *, columns: Columns, environment: Mapping[str, str]) -> None:
    """Take all rows of a file, or those that an import that was stopped left over."""
    with say.step(f"Look through {file.name}"):
        source = sources.looked_through(file)
    # Rows are named after their stage when they are imported.
    os.environ.update(environment)
    with processes.only_one(
        LOCAL / "imports" / f"{source.digest[:32]}.lock", "import of this file"
    ):
        _check_may_write(environment["STACK"])
        now = datetime.now(UTC)
        import_id = ids.new_id(now, f"import {source.digest}")
        journal = journals.opened(
            source, columns=columns.digest, stack=environment["STACK"], import_id=import_id, now=now
        )
        if journal.resumed:
            say.line(f"  going on after row {journal.progress.number:,}")
        started = time.monotonic()
        with _kept_whatever_happens(journal):
            lines = sources.lines(source, columns, since=journal.progress.place)
            with shown(journal, size=source.size) as seen:
                work(lines, journal, _taking(journal), seen=seen)
        _tell(journal, took_s=time.monotonic() - started)


def _taking(journal: Journal) -> Take:
    from community.people.archive import service as archive

    import_id, now = journal.progress.import_id, journal.progress.now

    def take(rows: list[tuple[int, Row]]) -> Outcome:
        for tried in range(1, TRIES_MAX + 1):
            try:
                return archive.take(rows, import_id=import_id, now=now)
            except (Unavailable, PynamoDBException, BotoCoreError, ClientError) as error:
                if tried == TRIES_MAX or _is_refused(error):
                    raise say.Failure(
                        f"DynamoDB does not take rows {rows[0][0]:,}–{rows[-1][0]:,} "
                        f"({_code(error)}): {GO_ON}."
                    ) from error
            time.sleep(2 ** (tried - 1))
        raise AssertionError("the last try returns or fails")

    return take


def _check_may_write(stack: str) -> None:
    """Say in time that the stage is not there, or that one may not."""
    from chalicelib import crypto
    from chalicelib.tables import connection, table_name

    try:
        connection().describe_table(table_name("people"))
        crypto.sealed("", about=stack)
    except (Unavailable, PynamoDBException, BotoCoreError, ClientError) as error:
        raise say.Failure(
            f"{stack} cannot be used from here ({_code(error)}): is it deployed, and do these "
            "credentials allow reading its secrets and writing its table?"
        ) from error


@contextmanager
def _kept_whatever_happens(journal: Journal) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        journal.close(done=False)
        raise say.Failure(f"Stopped after row {journal.progress.number:,}: {GO_ON}.") from None
    except BaseException:
        journal.close(done=False)
        raise
    journal.close(done=True)


def _is_refused(error: Exception) -> bool:
    """Whether trying again would be in vain."""
    return "AccessDenied" in _code(error)


def _code(error: Exception) -> str:
    """What to look for: the service's own word, never what it was asked."""
    cause = getattr(error, "cause", None) or error.__cause__ or error
    response = getattr(cause, "response", None) or {}
    code: str = response.get("Error", {}).get("Code", type(cause).__name__)
    return code


def _tell(journal: Journal, *, took_s: float) -> None:
    done = journal.progress
    say.line(
        f"✓ {done.rows:,} rows ({took_s:.1f} s): {done.added:,} added, {done.refreshed:,} refreshed, "
        f"{done.unchanged:,} unchanged, {done.rejected:,} rejected, {done.warnings:,} warnings"
    )
    say.line(f"  report: {journal.report}")
