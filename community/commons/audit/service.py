"""Front door: the audit log."""

from __future__ import annotations

from contextlib import suppress

from pynamodb.transactions import TransactWrite

from chalicelib.tables import Overtaken
from community.commons.audit import records
from community.commons.audit.rules import Entry

PAGE_MAX = 100


def note(entry: Entry) -> None:
    """Write a deed down, once however often it is told."""
    with suppress(Overtaken):
        records.add(entry)


def note_in(write: TransactWrite, entry: Entry) -> None:
    """Join the deed's transaction: it is done and written down, or neither."""
    records.add_in(write, entry)


def about(about: str) -> list[Entry]:
    """What was done to something, `<kind>#<id>`, newest first."""
    return records.about(about, limit=PAGE_MAX)
