"""Rows of the term index, in the forum table. Nothing in them is a member's.

| pattern                       | key condition                                     | units                          |
|-------------------------------|---------------------------------------------------|--------------------------------|
| what is kept of a post        | get `indexed#<shard>` / `<post>`, consistent      | 1 RCU                          |
| somebody begins, ends at it   | put it, if it is as it was                        | 1 WCU each KB, mostly 1        |
| a post has a term, or not     | batch put, delete `term#<term>` / `<post>`        | 1 WCU each, at most 25 a call  |
| the newest with a term        | query `term#<term>` between two times             | 0.5 RCU each 40 of them, ≤ 2.5 |
| whether some have some terms  | batch get of 60                                   | 0.5 RCU each                   |
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from chalicelib.tables import RawRow, Row, table_name, unless_overtaken
from community.forum.search.index.rules import Listed, Posting

SHARDS = 16


class EntryRow(Row):
    """All that is kept of a post, so that it can be taken away to the last term."""

    class Meta:
        table_name = table_name("forum")

    terms = UnicodeAttribute(default="")
    digest = UnicodeAttribute(default="")
    version = NumberAttribute(default=0)
    at_work = UnicodeSetAttribute(null=True)


class PostingRow(Row):
    """That a post has a term. Small: a search reads hundreds."""

    class Meta:
        table_name = table_name("forum")

    posting = UnicodeAttribute(attr_name="p")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a post. While somebody is `at_work` the post may lack some of the `terms`.

    `digest` tells its postings from others.
    """

    post_id: str
    terms: frozenset[str] = frozenset()
    digest: str = ""
    version: int = 0
    at_work: frozenset[str] = frozenset()


def entry(post_id: str) -> Entry:
    try:
        row = EntryRow.get(*_place(post_id), consistent_read=True)
    except EntryRow.DoesNotExist:
        return Entry(post_id=post_id)
    return Entry(
        post_id=post_id,
        terms=frozenset(row.terms.split()),
        digest=row.digest,
        version=int(row.version),
        at_work=frozenset(row.at_work or ()),
    )


def change(was: Entry, after: Entry) -> None:
    """Refuses: Overtaken — somebody else changed it meanwhile"""
    row = EntryRow(
        *_place(was.post_id),
        terms=" ".join(sorted(after.terms)),
        digest=after.digest,
        version=after.version,
        at_work=set(after.at_work) or None,
    )
    as_it_was = EntryRow.version == was.version if was.version else EntryRow.pk.does_not_exist()
    with unless_overtaken():
        row.save(as_it_was)


def write(post_id: str, put: Mapping[str, Posting], delete: Iterable[str]) -> None:
    """Not all at once; what the post is to be found by no more goes first."""
    with PostingRow.batch_write() as batch:
        for term in delete:
            batch.delete(PostingRow(_list(term), post_id))
        for term, posting in put.items():
            batch.save(PostingRow(_list(term), post_id, posting=_written(posting)))


def newest(term: str, low: str, high: str, *, limit: int) -> Listed:
    """The newest posts with a term whose ids lie between two marks, both included."""
    within = PostingRow.sk.between(low, high)
    if high < low:
        return Listed({})
    rows = PostingRow.raw_page(_list(term), within, limit=limit, newest_first=True)
    postings = {row["sk"]["S"]: _read(row) for row in rows}
    return Listed(postings, rows[-1]["sk"]["S"] if len(rows) == limit else "")


def those_that_have(keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Posting]:
    """Of terms and posts those that go together."""
    rows = PostingRow.batch_get([(_list(term), post_id) for term, post_id in keys])
    return {
        (row.pk.removeprefix("term#"), row.sk): msgspec.json.decode(row.posting, type=Posting)
        for row in rows
    }


def _place(post_id: str) -> tuple[str, str]:
    return f"indexed#{zlib.crc32(post_id.encode()) % SHARDS:02}", post_id


def _list(term: str) -> str:
    return f"term#{term}"


def _written(posting: Posting) -> str:
    return msgspec.json.encode(posting).decode()


def _read(row: RawRow) -> Posting:
    return msgspec.json.decode(row["p"]["S"], type=Posting)
