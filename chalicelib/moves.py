"""Rows that become somebody else's, each marked so that it can go back.

Every row goes in a transaction of its own, as it was read: taken from where it is, put where it belongs.
So a crash between two rows loses nothing, who is told twice finds nothing left to do, and a row that
somebody changed meanwhile is read again. Where a row stands already, the two are joined (see `joins`).

A move goes by some AT_ONCE_MAX rows and then says that it is Unfinished: call it again.

| pattern                   | key condition                                     | units                      |
|---------------------------|---------------------------------------------------|----------------------------|
| rows of a partition       | query it from a start on, consistent               | 1 RCU each 4 KB            |
| one goes, or goes back    | query its place there; transaction: put it, delete | 1 RCU + 4 WCU each KB      |
|   it here                 |   (or put) it, both as they were read              |                            |
| one is deleted            | transaction: delete it as it was read              | 2 WCU each KB              |
| one is listed elsewhere   | gsi1 query; update if it is listed as before       | 0.5 RCU + 3 WCU            |
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from pynamodb.expressions.update import Action

from chalicelib import joins
from chalicelib.errors import Unavailable
from chalicelib.joins import Found, Kind, RowT, Was
from chalicelib.tables import Overtaken, Row, one_transaction, unless_overtaken

AT_ONCE_MAX = 500
PAGE_MAX = 100
TRIES_MAX = 5


class Unfinished(Unavailable):
    """Rows are left; the next call goes on with them."""


def move(kind: Kind[RowT], *, source: str, target: str, mark: str) -> None:
    """Let the rows of one partition be another's. `mark` names the move.

    Refuses: Unfinished; Unavailable — others change a row again and again
    """
    _each(kind, source, lambda found: _move(kind, found, target, mark))


def move_back(kind: Kind[RowT], *, source: str, target: str, mark: str) -> None:
    """Let what a move brought to `source` be where it was, `target`.

    Refuses: Unfinished; Unavailable — others change a row again and again
    """
    _each(kind, source, lambda found: _move_back(kind, found, target, mark))


def forget(kind: Kind[RowT], *, source: str) -> None:
    """Delete the rows of a partition. Refuses: Unfinished"""
    _each(kind, source, lambda found: _delete(kind, found))


def rows(kind: Kind[RowT], *, source: str) -> Iterator[RowT]:
    """The rows of a partition, page by page, as they are this moment."""
    return (found.row for found in _rows(kind, source))


def hand_over(
    row: type[RowT], *, source: str, target: str, mark: str, names: Mapping[str, str]
) -> None:
    """Let rows with keys of their own, listed in the index under `source`, be listed under `target`.

    Shape: `names` are the attributes that say whose they are, as they are from now on
    """
    for found in list(row.gsi1.query(source)):
        _list_anew(found, target, joins.came_by(mark, joins.was_of(found)), names)


def hand_back(
    row: type[RowT], *, source: str, target: str, mark: str, names: Mapping[str, str]
) -> None:
    """Let what a move listed under `source` be listed where it was, `target`."""
    for found in list(row.gsi1.query(source)):
        was = joins.was_of(found)
        if was.by == mark:
            _list_anew(found, target, was.before or Was(), names)


def _each(kind: Kind[RowT], source: str, done: Callable[[Found[RowT]], bool]) -> None:
    """Do something with each row until nothing is left of it to do, or it was much."""
    number = 0
    for found in _rows(kind, source):
        number += _again_and_again(kind, found, done)
        if number >= AT_ONCE_MAX:
            raise Unfinished


def _again_and_again(
    kind: Kind[RowT], found: Found[RowT], done: Callable[[Found[RowT]], bool]
) -> bool:
    now: Found[RowT] | None = found
    for _ in range(TRIES_MAX):
        try:
            return now is not None and done(now)
        except (Overtaken, Unavailable):
            now = _at(kind, found.row.pk, found.row.sk)
    raise Unavailable


def _move(kind: Kind[RowT], found: Found[RowT], target: str, mark: str) -> bool:
    there = _at(kind, target, found.row.sk)
    if there is None:
        after = joins.brought(kind, found, target, mark)
    else:
        after = joins.joined(kind, there, found, mark)
    _rewrite(kind, {found.row.pk: found, target: there}, {target: after})
    return True


def _move_back(kind: Kind[RowT], found: Found[RowT], target: str, mark: str) -> bool:
    halves = joins.parted(kind, found, target, mark)
    if halves is None:
        return False
    goes, stays = halves
    there = _at(kind, target, found.row.sk)
    if there is not None:
        goes = joins.marked(kind.joined(there.row, goes), there.was)
    after = {target: goes} if stays is None else {target: goes, found.row.pk: stays}
    _rewrite(kind, {found.row.pk: found, target: there}, after)
    return True


def _delete(kind: Kind[RowT], found: Found[RowT]) -> bool:
    _rewrite(kind, {found.row.pk: found}, {})
    return True


def _rewrite(
    kind: Kind[RowT], before: Mapping[str, Found[RowT] | None], after: Mapping[str, RowT]
) -> None:
    """Change what stands in these partitions, all or nothing. Refuses: Overtaken; Unavailable"""
    stood = {pk: found for pk, found in before.items() if found is not None}
    with one_transaction() as write:
        for pk, row in after.items():
            free = kind.row.pk.does_not_exist()
            write.save(row, condition=stood[pk].as_read() if pk in stood else free)
        for pk, found in stood.items():
            if pk not in after:
                write.delete(found.row, condition=found.as_read())
        kind.along(write, [found.row for found in stood.values()], list(after.values()))


def _list_anew(found: Row, target: str, was: Was, names: Mapping[str, str]) -> None:
    kind, memory = type(found), joins.written(was)
    actions: list[Action] = [getattr(kind, name).set(value) for name, value in names.items()]
    actions += [kind.gsi1pk.set(target), kind.was.set(memory) if memory else kind.was.remove()]
    with suppress(Overtaken), unless_overtaken():  # It is gone, or went this way before.
        found.update(actions, kind.gsi1pk == found.gsi1pk)


def _rows(kind: Kind[RowT], pk: str) -> Iterator[Found[RowT]]:
    after = kind.starting or " "  # A key is never empty.
    while True:
        place = kind.row.sk.between(after, f"{kind.starting}~")
        page = kind.row.raw_page(pk, place, limit=PAGE_MAX, consistent=True)
        yield from (Found(kind.row, raw) for raw in page)
        if len(page) < PAGE_MAX:
            return
        after = f"{page[-1]['sk']['S']} "


def _at(kind: Kind[RowT], pk: str, sk: str) -> Found[RowT] | None:
    found = kind.row.raw_page(pk, kind.row.sk == sk, consistent=True)
    return Found(kind.row, found[0]) if found else None
