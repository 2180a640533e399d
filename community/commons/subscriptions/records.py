"""Rows of granted one-time messages, in the platform table.

| pattern            | key condition                                  | units   |
|--------------------|------------------------------------------------|---------|
| how many are left  | get `subscriptions#<member>` / `<template>`     | 0.5 RCU |
| grant, use, forget | update of the same                             | 1 WCU   |
"""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.tables import Overtaken, Row, table_name, unless_overtaken


class GrantRow(Row):
    class Meta:
        table_name = table_name("platform")

    remaining = NumberAttribute(default=0)
    last_request_id = UnicodeAttribute(null=True)


def remaining(member_id: str, template: str) -> int:
    try:
        return int(GrantRow.get(_partition(member_id), template, consistent_read=True).remaining)
    except GrantRow.DoesNotExist:
        return 0


def add(member_id: str, template: str, times: int, *, request_id: str) -> int:
    """Add to what is left, unless this very request did; gives what is left."""
    row = GrantRow(_partition(member_id), template)
    is_new = GrantRow.last_request_id.does_not_exist() | (GrantRow.last_request_id != request_id)
    try:
        with unless_overtaken():
            row.update(
                [GrantRow.remaining.add(times), GrantRow.last_request_id.set(request_id)], is_new
            )
    except Overtaken:
        return remaining(member_id, template)
    return int(row.remaining)


def use_one(member_id: str, template: str) -> None:
    row = GrantRow(_partition(member_id), template)
    try:
        with unless_overtaken():
            row.update([GrantRow.remaining.add(-1)], GrantRow.remaining > 0)
    except Overtaken:
        pass  # The platform counts; ours only saves calls that it would refuse.


def forget(member_id: str, template: str) -> None:
    GrantRow(_partition(member_id), template).update([GrantRow.remaining.set(0)])


def _partition(member_id: str) -> str:
    return f"subscriptions#{member_id}"
