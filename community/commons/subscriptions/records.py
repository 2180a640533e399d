"""Rows of granted one-time messages, in the platform table.

| pattern            | key condition                                  | units   |
|--------------------|------------------------------------------------|---------|
| how many are left  | get `subscriptions#<member>` / `<template>`     | 0.5 RCU |
| grant, once        | transaction: put `request#<id>` if new + update | 4 WCU   |
| use, forget        | update of the same                             | 1 WCU   |
| all of a member    | query `subscriptions#<member>`                  | 1 RCU   |
| move in a merge    | each row: see `moves`                          | 8 WCU   |
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute

from chalicelib import moves
from chalicelib.joins import Kind
from chalicelib.tables import (
    Overtaken,
    Row,
    dies_at,
    one_transaction,
    table_name,
    unless_overtaken,
)
from community.commons.subscriptions.rules import Template

# As long as an idempotency key.
REQUEST_KEPT = timedelta(hours=24)
_REQUEST = "request#"


class GrantRow(Row):
    class Meta:
        table_name = table_name("platform")

    remaining = NumberAttribute(default=0)


class RequestRow(Row):
    """A request that was counted: a repeat of it is not."""

    class Meta:
        table_name = table_name("platform")


def remaining(member_id: str, template: str) -> int:
    try:
        return int(GrantRow.get(_partition(member_id), template, consistent_read=True).remaining)
    except GrantRow.DoesNotExist:
        return 0


def add(member_id: str, template: str, times: int, *, request_id: str, now: datetime) -> int:
    """Add to what is left, unless this very request did; gives what is left."""
    request = RequestRow(
        _partition(member_id), f"{_REQUEST}{request_id}", ttl=dies_at(now, REQUEST_KEPT)
    )
    with suppress(Overtaken), one_transaction() as write:
        write.save(request, condition=RequestRow.pk.does_not_exist())
        write.update(GrantRow(_partition(member_id), template), [GrantRow.remaining.add(times)])
    return remaining(member_id, template)


def use_one(member_id: str, template: str) -> None:
    row = GrantRow(_partition(member_id), template)
    try:
        with unless_overtaken():
            row.update([GrantRow.remaining.add(-1)], GrantRow.remaining > 0)
    except Overtaken:
        pass  # The platform counts; ours only saves calls that it would refuse.


def forget(member_id: str, template: str) -> None:
    GrantRow(_partition(member_id), template).update([GrantRow.remaining.set(0)])


def all_of(member_id: str) -> dict[str, int]:
    partition = _partition(member_id)
    rows = [row for kind in _GRANTS for row in moves.rows(kind, source=partition)]
    return {row.sk: int(row.remaining) for row in rows}


def move(member_id: str, *, to: str, merge_id: str) -> None:
    source, target = _partition(member_id), _partition(to)
    for kind in _GRANTS:
        moves.move(kind, source=source, target=target, mark=merge_id)
    moves.move(_REQUESTS, source=source, target=target, mark=merge_id)


def move_back(member_id: str, *, to: str, merge_id: str) -> None:
    source, target = _partition(member_id), _partition(to)
    for kind in _GRANTS:
        moves.move_back(kind, source=source, target=target, mark=merge_id)
    moves.move_back(_REQUESTS, source=source, target=target, mark=merge_id)


def forget_all(member_id: str) -> None:
    for kind in _GRANTS:
        moves.forget(kind, source=_partition(member_id))
    moves.forget(_REQUESTS, source=_partition(member_id))


def _both(one: GrantRow, other: GrantRow) -> GrantRow:
    one.remaining += other.remaining
    return one


def _without(both: GrantRow, one: GrantRow) -> GrantRow:
    both.remaining = max(0, both.remaining - one.remaining)
    return both


def _partition(member_id: str) -> str:
    return f"subscriptions#{member_id}"


_GRANTS = tuple(
    Kind(row=GrantRow, starting=template.value, joined=_both, parted=_without)
    for template in Template
)
_REQUESTS = Kind(row=RequestRow, starting=_REQUEST)
