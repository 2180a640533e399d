"""Two rows that turn out to be one, and can be two again: what they are together, and what each was.

Pure but for what a kind itself does. The rows are moved by `moves`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar

import msgspec
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.tables import RawRow, Row

_KEYS = ("pk", "sk")
_NOT_COMPARED = ("pk", "sk", "fact", "was")

RowT = TypeVar("RowT", bound=Row)


class Was(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a row came to be where it is.

    `by`: the move that brought it, and `before`: what was to be known of it where it was.
    `base` and `parts`: what stood here, and what each move brought to be joined to it.
    """

    by: str | None = None
    before: Was | None = None
    base: RawRow | None = None
    parts: dict[str, RawRow] = {}


def in_another_place(row: RowT, pk: str) -> RowT:
    return row_of(type(row), {**row.serialize(), "pk": {"S": pk}})


def _the_first(row: RowT, _: RowT) -> RowT:
    return row


def _contents(row: Row) -> object:
    return {name: value for name, value in row.serialize().items() if name not in _NOT_COMPARED}


def _nothing_along(_write: TransactWrite, _before: Sequence[Any], _after: Sequence[Any]) -> None:
    pass


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[RowT]):
    """Rows of one kind, in partitions that are somebody's, and what becomes of them.

    `row` declares every attribute they have; `starting` is how their sort keys start.
    `renewed` is a row as it stands in a partition after a move: whoever seals texts for a place seals
    anew. It keeps `was`.
    `joined` is what two rows are together, the one that stands there first.
    `parted` is the first without the second, where the first has changed since they were joined.
    `contents` is by what it is told whether it has.
    `along` joins the transaction of each move with what else changes: told rows before and after.
    """

    row: type[RowT]
    starting: str
    renewed: Callable[[RowT, str], RowT] = in_another_place
    joined: Callable[[RowT, RowT], RowT] = _the_first
    parted: Callable[[RowT, RowT], RowT] = _the_first
    contents: Callable[[RowT], object] = _contents
    along: Callable[[TransactWrite, Sequence[RowT], Sequence[RowT]], None] = _nothing_along


@dataclass(frozen=True)
class Found(Generic[RowT]):
    """A row as it was read."""

    kind: type[RowT]
    raw: RawRow

    @property
    def row(self) -> RowT:
        """One of its own for each who asks, to be changed at will."""
        return row_of(self.kind, self.raw)

    @property
    def was(self) -> Was:
        return was_of(self.row)

    def as_read(self) -> Condition:
        """Holds while the row is as it was read."""
        row = self.row
        attributes = [a for a in self.kind.get_attributes().items() if a[0] not in _KEYS]
        held = [
            attribute == getattr(row, name)
            if attribute.attr_name in self.raw
            else attribute.does_not_exist()
            for name, attribute in attributes
        ]
        return reduce(lambda one, other: one & other, held, self.kind.pk.exists())


def brought(kind: Kind[RowT], found: Found[RowT], pk: str, mark: str) -> RowT:
    """A row where nothing stands yet."""
    return marked(kind.renewed(found.row, pk), came_by(mark, found.was))


def joined(kind: Kind[RowT], there: Found[RowT], found: Found[RowT], mark: str) -> RowT:
    """A row that stands, and one that comes to it. What comes late comes to its own."""
    was, comes = there.was, kind.renewed(found.row, there.row.pk)
    together = kind.joined(kind.renewed(there.row, there.row.pk), comes)
    if mark == was.by:
        base = was.base and _kept(kind.joined(row_of(kind.row, was.base), comes))
        own = row_of(kind.row, was.base) if was.base else there.row
        own = marked(kind.renewed(own, found.row.pk), was.before or Was())
        before = was_of(_with_late(kind, own, found))
        return marked(together, Was(was.by, _if_any(before), base, was.parts))
    part = found.row
    if mark in was.parts:
        part = _with_late(kind, row_of(kind.row, was.parts[mark]), found)
    base = was.base or _kept(there.row)
    parts = {**was.parts, mark: part.serialize()}
    return marked(together, Was(was.by, was.before, base, parts))


def _with_late(kind: Kind[RowT], stood: RowT, found: Found[RowT]) -> RowT:
    """What went from a place, with what came there later: as if that had come in time."""
    was = found.was
    if was.by is None:
        return marked(kind.joined(stood, found.row), was_of(stood))
    arrived = marked(found.row, was.before or Was())
    before, late = (Found(kind.row, row.serialize()) for row in (stood, arrived))
    return joined(kind, before, late, was.by)


def parted(
    kind: Kind[RowT], found: Found[RowT], pk: str, mark: str
) -> tuple[RowT, RowT | None] | None:
    """What goes back to `pk` and what stays, if anything; None if the row did not come with this move."""
    was = found.was
    if mark in was.parts:
        goes = kind.renewed(row_of(kind.row, was.parts[mark]), pk)
        return goes, _without_part(kind, found, goes, mark)
    if mark == was.by:
        goes = kind.renewed(_without_parts(kind, found), pk)
        return marked(goes, was.before or Was()), _put_together(kind, was.parts, found.row.pk)
    return None


def came_by(mark: str, before: Was) -> Was:
    return Was(mark, _if_any(before))


def _if_any(was: Was) -> Was | None:
    return was if was != Was() else None


def marked(row: RowT, was: Was) -> RowT:
    """The row with its memory, and without a fact: that was told where it was."""
    row = in_another_place(row, row.pk)
    row.was = written(was)
    row.fact = None
    return row


def was_of(row: Row) -> Was:
    return msgspec.json.decode(row.was, type=Was) if row.was else Was()


def written(was: Was) -> str | None:
    return msgspec.json.encode(was).decode() if was != Was() else None


def row_of(kind: type[RowT], raw: RawRow) -> RowT:
    declared = {attribute.attr_name for attribute in kind.get_attributes().values()}
    assert set(raw) <= declared, f"{kind.__name__} does not declare all that its rows have"
    return kind.from_raw_data(raw)


def _without_part(kind: Kind[RowT], found: Found[RowT], goes: RowT, mark: str) -> RowT:
    was, here = found.was, found.row.pk
    rest = {each: part for each, part in was.parts.items() if each != mark}
    assert was.base is not None
    if _is_as_joined(kind, found):
        stays = _folded(kind, row_of(kind.row, was.base), rest)
    else:
        stays = kind.parted(found.row, kind.renewed(goes, here))
    return marked(stays, Was(was.by, was.before, was.base if rest else None, rest))


def _without_parts(kind: Kind[RowT], found: Found[RowT]) -> RowT:
    """Only what came there before anything was joined to it."""
    was, here = found.was, found.row.pk
    if was.base is not None and _is_as_joined(kind, found):
        return kind.renewed(row_of(kind.row, was.base), here)
    parts = [kind.renewed(row_of(kind.row, part), here) for part in was.parts.values()]
    return reduce(kind.parted, parts, found.row)


def _put_together(kind: Kind[RowT], parts: Mapping[str, RawRow], here: str) -> RowT | None:
    """What stays when the row goes to which these were joined."""
    if not parts:
        return None
    (first, part), *others = parts.items()
    base = kind.renewed(row_of(kind.row, part), here)
    rest = dict(others)
    was = came_by(first, was_of(base))
    if rest:
        was = msgspec.structs.replace(was, base=_kept(base), parts=rest)
    return marked(_folded(kind, base, rest), was)


def _is_as_joined(kind: Kind[RowT], found: Found[RowT]) -> bool:
    """Whether nothing has changed a row since others were joined to it."""
    was = found.was
    assert was.base is not None
    together = _folded(kind, row_of(kind.row, was.base), was.parts)
    return kind.contents(together) == kind.contents(found.row)


def _folded(kind: Kind[RowT], base: RowT, parts: Mapping[str, RawRow]) -> RowT:
    rows = [kind.renewed(row_of(kind.row, part), base.pk) for part in parts.values()]
    return reduce(kind.joined, rows, kind.renewed(base, base.pk))


def _kept(row: Row) -> RawRow:
    return {name: value for name, value in row.serialize().items() if name not in ("was", "fact")}
