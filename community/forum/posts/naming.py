"""Whom a post and its card name as their author, and how, in the forum table.

| pattern                | key condition                                       | units                   |
|------------------------|-----------------------------------------------------|-------------------------|
| another author or name | get post and card, consistent; in a transaction: update both as they were read | 1 RCU each 4 KB + 1, 2 WCU each KB + 2 |
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from community.forum.authorship import service as authorship
from community.forum.authorship.rules import Work
from community.forum.posts import listed, rules
from community.forum.posts.rows import More, PostRow, post_row, text_of
from community.forum.posts.rules import Author
from community.people.members import service as members


def rename_author(
    write: TransactWrite,
    post_id: str,
    renamed: Callable[[Author], Author],
    *,
    without_files: bool = False,
) -> None:
    """Join a transaction: post and card name another author, or the author otherwise.

    Their facts have done their work and go; so do pictures and videos, if they are to.
    """
    row = post_row(post_id)
    if row is None:
        return
    author = renamed(msgspec.json.decode(row.author, type=Author))
    actions: list[Action] = [PostRow.author.set(text_of(author)), PostRow.fact.remove()]
    if without_files and row.more:
        more = msgspec.json.decode(row.more, type=More)
        more.pictures, more.video, more.mentions = (), None, ()
        actions.append(PostRow.more.set(text_of(more)))
    write.update(
        PostRow(row.pk, row.sk),
        actions,
        condition=(PostRow.author == row.author) & (PostRow.revision == row.revision),
    )
    listed.rename_author(write, row.board_id, post_id, author, without_cover=without_files)


def give(write: TransactWrite, work: Work, author_id: str | None) -> None:
    """Join a transaction: somebody else, or nobody, is the author of a post."""
    # The files of somebody who is erased are deleted with them.
    rename_author(
        write,
        work.work_id,
        lambda author: rules.by_author(author, author_id),
        without_files=author_id is None,
    )


def name_anew(post_id: str) -> None:
    """A post and its card call their author as they are called by now. Refuses: Unavailable"""
    authorship.name_anew(lambda write: rename_author(write, post_id, as_called_by_now))


def as_called_by_now(author: Author) -> Author:
    """The same author, as their own row says this moment; who has none, nobody, stays so."""
    member = members.alone(author.member_id)
    return rules.author_of(member) if member else author
