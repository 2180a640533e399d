"""Rows of posts, in the forum table.

| pattern                    | key condition                               | units                     |
|----------------------------|---------------------------------------------|---------------------------|
| publish                    | put `post#<id>` if new, put its card         | 1 WCU each KB + 1          |
| publish with part or media | the same in a transaction with what stands beside it | 2 WCU each KB and row, + 1 |
| one post                   | get `post#<id>`                              | 0.5 RCU each 4 KB          |
| several, for their author  | batch get of 100                            | 0.5 RCU each 4 KB          |
| change a post              | put it as long as it is as it was read      | 1 WCU each KB              |
| edit a post                | transaction: put it, its part, what it was as `edit#<n>` | 2 WCU each KB |
| several, as they are now   | batch get of 100, consistent                | 1 RCU each 4 KB            |
"""

from __future__ import annotations

from collections.abc import Sequence

from pynamodb.transactions import TransactWrite

from chalicelib import ids
from chalicelib.tables import unless_overtaken
from community import facts
from community.forum.posts.rows import PostRow, as_read, post_of, row_of
from community.forum.posts.rules import NoSuchPost, Post


def add(post: Post, fact: facts.Fact) -> None:
    """Refuses: Overtaken — this post is there already"""
    with unless_overtaken():
        row_of(post, fact).save(PostRow.pk.does_not_exist())


def add_in(write: TransactWrite, post: Post, fact: facts.Fact) -> None:
    """Join a transaction; it is overtaken if this post is there already."""
    write.save(row_of(post, fact), condition=PostRow.pk.does_not_exist())


def change(before: Post, after: Post, fact: facts.Fact | None) -> None:
    """Refuses: Overtaken — it is not as it was read any more"""
    with unless_overtaken():
        row_of(after, fact).save(as_read(before))


def change_in(write: TransactWrite, before: Post, after: Post, fact: facts.Fact | None) -> None:
    """Join a transaction; it is overtaken if the post is not as it was read any more."""
    write.save(row_of(after, fact), condition=as_read(before))


def find(post_id: str, *, as_it_is_now: bool = False) -> Post | None:
    """For twice the units `as_it_is_now`: then also what was written a moment ago is found."""
    if not ids.is_id(post_id):
        return None
    try:
        row = PostRow.get(f"post#{post_id}", "post", consistent_read=as_it_is_now)
    except PostRow.DoesNotExist:
        return None
    return post_of(row)


def several(post_ids: Sequence[str], *, as_it_is_now: bool = False) -> list[Post]:
    """Those of these that are there, oldest first."""
    keys = [(f"post#{post_id}", "post") for post_id in post_ids]
    rows = PostRow.batch_get(keys, consistent_read=as_it_is_now)
    return sorted(map(post_of, rows), key=lambda post: post.post_id)


def get(post_id: str, *, as_it_is_now: bool = False) -> Post:
    """Refuses: NoSuchPost"""
    if post := find(post_id, as_it_is_now=as_it_is_now):
        return post
    raise NoSuchPost
