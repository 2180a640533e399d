"""A file of the dealer's records, read as a stream: its encoding, its form, and row by row from any place."""

from __future__ import annotations

import codecs
import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

from community.people.archive.rules import Remark, Row
from local import say
from local.archive_import.columns import Columns

BLOCK_BYTES = 1024 * 1024
LINE_BYTES_MAX = 256 * 1024
UTF_8_BOM = codecs.BOM_UTF8
NOT_TEXT = {
    b"PK\x03\x04": "an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    codecs.BOM_UTF16_LE: "UTF-16 text",
    codecs.BOM_UTF16_BE: "UTF-16 text",
}
ENCODINGS = ("utf-8", "gb18030")
WRONG_FORM = "不是有效的 JSON 对象"
WRONG_VALUE = "应为文本或数字"
TOO_MANY_CELLS = "列数多于表头，请检查引号和逗号"


@dataclass(frozen=True)
class Source:
    """A file that was looked through from end to end. `begin`: where its text does."""

    path: Path
    encoding: str
    is_json: bool
    begin: int
    size: int
    digest: str


@dataclass(frozen=True)
class Line:
    """One row, under the number that a spreadsheet shows; `end`: the place in the file behind it."""

    number: int
    end: int
    row: Row | None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Place:
    """Somewhere between two rows. `number`: that of the row before."""

    position: int = 0
    number: int = 0


def looked_through(path: Path) -> Source:
    """Find out what a file is, in one pass over it (two if it is GB18030)."""
    try:
        with path.open("rb") as file:
            head = file.read(4)
            begin = len(UTF_8_BOM) if head.startswith(UTF_8_BOM) else 0
            _check_is_text(head, path.name)
            encoding = next((e for e in ENCODINGS if _decodes(file, e)), None)
            if encoding is None:
                raise say.Failure(
                    f"{path.name} is neither UTF-8 nor GB18030 from end to end: save it as CSV UTF-8."
                )
            file.seek(begin)
            first = file.read(BLOCK_BYTES).lstrip()
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
    except FileNotFoundError:
        raise say.Failure(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise say.Failure(f"{path} is a folder: name a file.") from None
    except PermissionError:
        raise say.Failure(f"{path} may not be read: see its permissions.") from None
    if not first:
        raise say.Failure(f"{path.name} is empty.")
    return Source(path, encoding, first.startswith(b"{"), begin, size, digest)


def _check_is_text(head: bytes, name: str) -> None:
    for start, what in NOT_TEXT.items():
        if head.startswith(start):
            raise say.Failure(f"{name} is {what}: save it as CSV UTF-8.")


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while block := file.read(BLOCK_BYTES):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def lines(source: Source, columns: Columns, *, since: Place) -> Iterator[Line]:
    """The rows behind a place, in their order. Blank lines are no rows."""
    with source.path.open("rb") as file:
        text = _Text(file, source)
        yield from (_json_lines if source.is_json else _csv_lines)(text, columns, since)


def _csv_lines(text: _Text, columns: Columns, since: Place) -> Iterator[Line]:
    _, headers = next(_records(text, after=0))
    fields = columns.found_in(headers, name=text.source.path.name)
    if since.number:
        text.go_to(since.position)
    for number, cells in _records(text, after=since.number or 1):
        if not any(cells):
            continue
        if any(cells[len(fields) :]):
            yield Line(number, text.position, None, (Remark(number, "row", TOO_MANY_CELLS),))
            continue
        told = {field: cell for field, cell in zip(fields, cells, strict=False) if field}
        yield Line(number, text.position, Row(**told))


def _records(text: _Text, *, after: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(text)
    for number in count(after + 1):
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise say.Failure(
                f"Row {number} of {text.source.path.name} cannot be read ({error}): is a quotation mark "
                "never closed? Mend it and run the same command again."
            ) from error
        if cells is None:
            return
        yield number, cells


def _json_lines(text: _Text, columns: Columns, since: Place) -> Iterator[Line]:
    if since.number:
        text.go_to(since.position)
    for number, line in enumerate(text, since.number + 1):
        if line.strip():
            row, remarks = _row_of(line, columns, number)
            yield Line(number, text.position, row, remarks)


def _row_of(line: str, columns: Columns, number: int) -> tuple[Row | None, tuple[Remark, ...]]:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        return None, (Remark(number, "row", WRONG_FORM),)
    cells = {field: value for key, value in told.items() if (field := columns.field_of(key))}
    wrong = [field for field, value in cells.items() if not _is_plain(value)]
    if wrong:
        return None, tuple(Remark(number, field, WRONG_VALUE) for field in wrong)
    return Row(**{field: _text_of(value) for field, value in cells.items()}), ()


def _is_plain(value: Any) -> bool:
    return value is None or (isinstance(value, str | int | float) and not isinstance(value, bool))


def _text_of(value: str | int | float | None) -> str:
    return "" if value is None else f"{value:.0f}" if isinstance(value, float) else str(value)


@dataclass
class _Text:
    """The decoded lines of a file, and how far they went."""

    file: BinaryIO
    source: Source
    position: int = field(init=False)

    def __post_init__(self) -> None:
        self.go_to(self.source.begin)

    def go_to(self, position: int) -> None:
        self.file.seek(position)
        self.position = position

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        raw = self.file.readline(LINE_BYTES_MAX + 1)
        if not raw:
            raise StopIteration
        if len(raw) > LINE_BYTES_MAX:
            raise say.Failure(
                f"{self.source.path.name} has a line of more than {LINE_BYTES_MAX // 1024} KB "
                f"after byte {self.position}: is it CSV or JSON lines?"
            )
        self.position += len(raw)
        # Neither encoding has a line feed within a letter, so whole lines are whole letters.
        return raw.decode(self.source.encoding)
