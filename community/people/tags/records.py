"""Rows of members' tags, in the people table: one for each member, among what a call knows of its caller.

A tag takes some 55 bytes: 30 of them 1.7 KB, 200 of them 11 KB.

| pattern                    | key condition                            | units                             |
|----------------------------|------------------------------------------|-----------------------------------|
| a member's tags            | get `member#<id>` / `member.tags`         | 0.5 RCU each 4 KB                 |
| note signs                 | get it; put it if it is as it was read    | 0.5 RCU each 4 KB + 1 WCU each KB |
| signs that say nothing new | get it                                   | 0.5 RCU each 4 KB                 |
| a colleague puts one       | get it; transaction: put it + audit entry | 0.5 RCU + 2 WCU each KB + 2 WCU   |
| join or part two members   | get each, consistent; transaction: put each | 1 RCU each + 2 WCU each KB      |

Of a day and tag the heaviest sign counts: who reads on one board all day costs one write. What was read
may be a moment old: then the put is refused, and it is read again as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.errors import Unavailable
from chalicelib.tables import Overtaken, Row, one_transaction, table_name, unless_overtaken
from community.people.tags import rules
from community.people.tags.rules import NOTHING, Kept

TRIES_MAX = 5
MERGES_FOLLOWED_MAX = 5


class TagsRow(Row):
    class Meta:
        table_name = table_name("people")

    tags = UnicodeAttribute()


class Found(NamedTuple):
    """What a row said when it was read; `text` is None where there was none."""

    member_id: str
    kept: Kept
    text: str | None


def find(member_id: str, *, as_it_is_now: bool = False) -> Found:
    try:
        row = TagsRow.get(_key(member_id), "member.tags", consistent_read=as_it_is_now)
    except TagsRow.DoesNotExist:
        return Found(member_id, NOTHING, None)
    return Found(member_id, rules.read(row.tags), row.tags)


def remaining(member_id: str, *, as_it_is_now: bool = False) -> Found:
    """The tags of a member, or of the one they were merged into."""
    for _ in range(MERGES_FOLLOWED_MAX):
        found = find(member_id, as_it_is_now=as_it_is_now)
        if found.kept.merged_into is None:
            return found
        member_id = found.kept.merged_into
    raise Unavailable


def change(
    member_id: str,
    changed: Callable[[Kept], Kept],
    *,
    as_it_is_now: bool = False,
    also: Callable[[TransactWrite], None] | None = None,
) -> None:
    """Change the tags of a member, or of the one they were merged into. What changes nothing is not written.

    `also` joins the transaction in which it is written.
    Refuses: Unavailable — again and again somebody else was first
    """
    for turn in range(TRIES_MAX):
        found = remaining(member_id, as_it_is_now=as_it_is_now or turn > 0)
        after = changed(found.kept)
        if after == found.kept:
            return
        try:
            _save(found, after, also=also)
        except Overtaken:
            continue
        return
    raise Unavailable


def change_all(changed: Callable[[], Sequence[tuple[Found, Kept]]]) -> None:
    """Change the tags of several at once: what was read of each, and what becomes of it.

    Refuses: Unavailable — again and again somebody else was first
    """
    for _ in range(TRIES_MAX):
        news = [(found, after) for found, after in changed() if found.kept != after]
        if not news:
            return
        try:
            with one_transaction() as write:
                for found, after in news:
                    write.save(_row(found, after), condition=_as_read(found))
        except Overtaken:
            continue
        return
    raise Unavailable


def _save(found: Found, after: Kept, *, also: Callable[[TransactWrite], None] | None) -> None:
    """Refuses: Overtaken — somebody else was first"""
    if also is None:
        with unless_overtaken():
            _row(found, after).save(_as_read(found))
        return
    with one_transaction() as write:
        write.save(_row(found, after), condition=_as_read(found))
        also(write)


def _as_read(found: Found) -> Condition:
    # The text itself is the version: a counter would tell how often something was told.
    return TagsRow.pk.does_not_exist() if found.text is None else TagsRow.tags == found.text


def _row(found: Found, after: Kept) -> TagsRow:
    return TagsRow(_key(found.member_id), "member.tags", tags=rules.written(after))


def _key(member_id: str) -> str:
    return f"member#{member_id}"
