"""Whom a post and its card name as their author, and how, in the forum table.

| pattern                | key condition                                       | units                   |
|------------------------|-----------------------------------------------------|-------------------------|
| another author or name | get post and card, consistent; in a transaction: update both as they were read | 1 RCU each 4 KB + 1, 2 WCU each KB + 2 |
| nobody any longer      | the same; before it, forget what it was, if it was edited (see `beside`)       | the same + that |
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec
from pynamodb.transactions import TransactWrite

from community.commons.agenda import service as agenda
from community.forum.authorship import service as authorship
from community.forum.authorship.rules import Work
from community.forum.posts import beside, changing, happened, listed, rules
from community.forum.posts.rows import PostRow, as_read, post_of, post_row, row_of, text_of
from community.forum.posts.rules import Author, State
from community.people.members import service as members


def rename_author(write: TransactWrite, post_id: str, renamed: Callable[[Author], Author]) -> None:
    """Join a transaction: post and card name another author, or the author otherwise.

    Their facts have done their work and go.
    """
    row = post_row(post_id)
    if row is None:
        return
    author = renamed(msgspec.json.decode(row.author, type=Author))
    write.update(
        PostRow(row.pk, row.sk),
        [PostRow.author.set(text_of(author)), PostRow.fact.remove()],
        condition=(PostRow.author == row.author) & (PostRow.revision == row.revision),
    )
    listed.rename_author(write, row.board_id, post_id, author, without_cover=False)


def give(write: TransactWrite, work: Work, author_id: str | None, *, at: datetime) -> None:
    """Join a transaction: somebody else, or nobody, is the author of a post."""
    if author_id is None:
        _leave(write, work.work_id, at=at)
    else:
        rename_author(write, work.work_id, lambda author: rules.by_author(author, author_id))


def _leave(write: TransactWrite, post_id: str, *, at: datetime) -> None:
    """Join a transaction: of a post, no more than what others read of it outlives its author.

    What it was before its edits goes; so do its files, which are deleted with those of the author.
    What others could not read yet is deleted, as its author could have done.
    """
    row = post_row(post_id)
    if row is None:
        return
    post = post_of(row)
    if post.edits:
        beside.forget_versions(post)
    left = msgspec.structs.replace(rules.without_files(post), author=rules.ERASED)
    fact = None
    if post.state in (State.HELD, State.SCHEDULED):
        left = changing.deleted(left, now=at)
        fact = happened.fact_of(left, at, before=post)
        agenda.put_in(write, happened.erasure_of(left))
    write.save(row_of(left, fact), condition=as_read(post))
    listed.rename_author(write, post.board_id, post_id, left.author, without_cover=True)


def name_anew(post_id: str) -> None:
    """A post and its card call their author as they are called by now. Refuses: Unavailable"""
    authorship.name_anew(lambda write: rename_author(write, post_id, as_called_by_now))


def as_called_by_now(author: Author) -> Author:
    """The same author, as their own row says this moment; who has none, nobody, stays so."""
    member = members.alone(author.member_id)
    return rules.author_of(member) if member else author
