"""Which column of a file is which field of a row."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from community.people.archive.rules import FIELDS
from local import say

# What dealers' systems usually write above a column. MAP names others (docs/operating.md).
USUAL = {
    "手机号": "mobile",
    "手机号码": "mobile",
    "手机": "mobile",
    "车架号": "vin",
    "车辆识别代号": "vin",
    "车牌号": "plate_number",
    "车牌": "plate_number",
    "车型": "model",
    "购车日期": "purchased_on",
    "经销商": "dealer",
    "姓名": "name",
    "车主姓名": "name",
    "城市": "city",
    "生日": "birthday",
    "最近进店": "last_visit_on",
    "最近进店日期": "last_visit_on",
    "更新时间": "updated_at",
    **{field: field for field in FIELDS},
}
NEEDED = {"mobile", "vin"}


class Columns:
    """Fields by what stands above their column."""

    def __init__(self, fields: Mapping[str, str], *, said_by: str | None = None) -> None:
        """`said_by`: the file that names all of them, so that the others must have them too."""
        self._said_by = said_by
        self._fields = {_same(header): field for header, field in fields.items()}

    @property
    def digest(self) -> str:
        """The same for the same names."""
        return hashlib.sha256(json.dumps(self._fields, sort_keys=True).encode()).hexdigest()

    def field_of(self, header: str) -> str | None:
        return self._fields.get(_same(header))

    def found_in(self, headers: Sequence[str], *, name: str) -> list[str | None]:
        """The field of each column, None for one that nobody asked for. Fails where a row could not be read."""
        there = {_same(header) for header in headers}
        absent = [header for header in self._fields if header not in there]
        if self._said_by and absent:
            raise say.Failure(
                f"{self._said_by} names the column {absent[0]}, which {name} does not have; "
                f"it has {_listed(headers)}."
            )
        fields = [self.field_of(header) for header in headers]
        twice = [field for field in FIELDS if fields.count(field) > 1]
        if twice:
            raise say.Failure(
                f"{name} has two columns for {twice[0]}: name the right one in a MAP file."
            )
        if not NEEDED & set(fields):
            raise say.Failure(
                f"{name} has no column for the mobile number or the VIN; it has {_listed(headers)}. "
                "Say with MAP=… which is which."
            )
        return fields


def usual() -> Columns:
    return Columns(USUAL)


def said_in(file: Path) -> Columns:
    """The columns as a small file names them: {"手机": "mobile", …} in JSON, "手机" = "mobile" in TOML."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        told = tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
    except OSError as error:
        raise say.Failure(f"{file.name} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise say.Failure(
            f"{file.name} is neither valid JSON nor TOML (*.toml): {error}."
        ) from error
    if not isinstance(told, dict) or not all(isinstance(field, str) for field in told.values()):
        raise say.Failure(f"{file.name} must say which column is which field, and nothing else.")
    for header, field in told.items():
        if field not in FIELDS:
            raise say.Failure(
                f"{file.name}: {header} cannot be {field}; fields are {', '.join(FIELDS)}."
            )
    return Columns(told, said_by=file.name)


def _same(header: str) -> str:
    return header.strip().lstrip("\ufeff").casefold()


def _listed(headers: Sequence[str]) -> str:
    return ", ".join(header.strip() or "(no name)" for header in headers[:20]) or "none"
