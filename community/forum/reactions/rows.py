"""Rows of reactions and where they stand; see `records`."""

from __future__ import annotations

import zlib

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.tables import Row, table_name
from community.forum.reactions.rules import COMMENTS, Kind, Thing

GONE = "~gone"
TRACE_SHARDS = 4
"""So that 1,000 new readers a second of one post are no hot partition."""


class ReactionRow(Row):
    """For each kind: whether it holds, and what of it the post's count includes already.

    Names are short, so that 20 rows of somebody who did everything fit in 4 KB.
    """

    class Meta:
        table_name = table_name("forum")

    like = BooleanAttribute(attr_name="l", null=True)
    like_counted = BooleanAttribute(attr_name="lc", null=True)
    useful = BooleanAttribute(attr_name="u", null=True)
    useful_counted = BooleanAttribute(attr_name="uc", null=True)
    favourite = BooleanAttribute(attr_name="f", null=True)
    favourite_counted = BooleanAttribute(attr_name="fc", null=True)
    share = BooleanAttribute(attr_name="s", null=True)
    share_counted = BooleanAttribute(attr_name="sc", null=True)
    view = BooleanAttribute(attr_name="v", null=True)
    view_counted = BooleanAttribute(attr_name="vc", null=True)
    viewed_on = UnicodeAttribute(attr_name="d", null=True)


class TraceRow(Row):
    """Says that a member's row is counted in something's counts, so that these can be counted again.

    One of them, `~gone`, has instead how often members did what, who were erased since.
    """

    class Meta:
        table_name = table_name("forum")

    like = NumberAttribute(null=True)
    useful = NumberAttribute(null=True)
    favourite = NumberAttribute(null=True)
    share = NumberAttribute(null=True)
    view = NumberAttribute(null=True)


def thing_of_row(row: ReactionRow) -> Thing:
    room = row.pk.rpartition("#")[2]
    post_id, _, comment_id = row.sk.partition("#")
    return Thing("" if room == COMMENTS else room, post_id, comment_id or None)


def member_of(row: ReactionRow) -> str:
    member_id: str = row.pk.split("#")[1]
    return member_id


def uncounted(row: ReactionRow) -> dict[Kind, bool]:
    """What the counts do not include yet: per kind, whether it holds."""
    pairs = {kind: (getattr(row, kind), getattr(row, f"{kind}_counted")) for kind in Kind}
    return {kind: bool(on) for kind, (on, counted) in pairs.items() if bool(on) != bool(counted)}


def trace_of(thing: Thing, member_id: str) -> TraceRow:
    shard = zlib.crc32(member_id.encode()) % TRACE_SHARDS
    return TraceRow(traces(thing, shard), member_id)


def traces(thing: Thing, shard: int) -> str:
    return f"reacted#{thing.place}#{shard}"
