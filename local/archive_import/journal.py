"""What is kept beside a file while it is imported: the report, and how far it is.

Both are written in the order of the rows. After a kill the report may be ahead of what is known to be done:
it is cut back to that, and the rows behind are taken again, which changes nothing.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from community.people.archive.rules import Outcome, Remark
from local import say
from local.archive_import.source import Place, Source

KEPT_EVERY_S = 0.5
HEAD = ("行", "字段", "结果", "原因")
REJECTED, WARNING = "未录入", "提示"


@dataclass(frozen=True)
class Progress:
    """How far an import is. `what` tells the file, its columns and the stage apart from others."""

    what: str
    import_id: str
    started_at: str
    position: int
    number: int = 0
    report_bytes: int = 0
    rows: int = 0
    added: int = 0
    refreshed: int = 0
    unchanged: int = 0
    rejected: int = 0
    warnings: int = 0

    @property
    def place(self) -> Place:
        return Place(self.position, self.number)

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.started_at)

    def after(
        self, outcome: Outcome, *, remarks: tuple[Remark, ...], place: Place, rows: int
    ) -> Progress:
        rejected = {remark.row for remark in (*remarks, *outcome.rejected)}
        return replace(
            self,
            position=place.position,
            number=place.number,
            rows=self.rows + rows,
            added=self.added + outcome.added,
            refreshed=self.refreshed + outcome.refreshed,
            unchanged=self.unchanged + outcome.unchanged,
            rejected=self.rejected + len(rejected),
            warnings=self.warnings + len(outcome.warnings),
        )


@dataclass
class Journal:
    """The report and the progress of one import, open for writing."""

    report: Path
    state: Path
    progress: Progress
    resumed: bool
    _file: BinaryIO = field(init=False)
    _kept_at: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        try:
            self._file = self.report.open("r+b" if self.resumed else "wb")
        except OSError as error:
            raise say.Failure(
                f"The report {self.report} cannot be written: {error.strerror}."
            ) from error
        if self.resumed:
            self._file.truncate(self.progress.report_bytes)
            self._file.seek(0, os.SEEK_END)
        else:
            self._write([HEAD], begin="\ufeff")  # So that Excel reads it as UTF-8.
            self.keep()

    def note(
        self, outcome: Outcome, *, remarks: tuple[Remark, ...], place: Place, rows: int
    ) -> None:
        """So many rows up to a place are done. `remarks`: rows that could not even be read."""
        told = [(each, REJECTED) for each in (*remarks, *outcome.rejected)]
        told += [(each, WARNING) for each in outcome.warnings]
        told.sort(key=lambda pair: pair[0].row)
        self._write([(each.row, each.field, what, each.reason) for each, what in told])
        self.progress = self.progress.after(outcome, remarks=remarks, place=place, rows=rows)
        if time.monotonic() - self._kept_at > KEPT_EVERY_S:
            self.keep()

    def keep(self) -> None:
        """Remember how far it is, whatever happens now."""
        self._file.flush()
        self.progress = replace(self.progress, report_bytes=self._file.tell())
        partial = self.state.with_suffix(".partial")
        partial.write_text(json.dumps(asdict(self.progress)))
        os.replace(partial, self.state)
        self._kept_at = time.monotonic()

    def close(self, *, done: bool) -> None:
        """Nothing more is written. What is done needs no progress any longer."""
        self.keep()
        self._file.close()
        if done:
            self.state.unlink()

    def _write(self, rows: Sequence[Sequence[object]], *, begin: str = "") -> None:
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        self._file.write((begin + text.getvalue()).encode())


def opened(source: Source, *, columns: str, stack: str, import_id: str, now: datetime) -> Journal:
    """Go on with the import of a file into a stage, or begin one. `columns`: how its columns are named."""
    report = source.path.with_name(f"{source.path.name}.report.csv")
    state = source.path.with_name(f"{source.path.name}.import.json")
    what = hashlib.sha256(f"{source.digest} {columns} {stack}".encode()).hexdigest()
    kept = _kept(state, what)
    if kept and report.exists() and report.stat().st_size >= kept.report_bytes:
        return Journal(report, state, kept, resumed=True)
    begun = Progress(what, import_id, now.isoformat(), position=source.begin)
    return Journal(report, state, begun, resumed=False)


def _kept(state: Path, what: str) -> Progress | None:
    try:
        progress = Progress(**json.loads(state.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return progress if progress.what == what else None
