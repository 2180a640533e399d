"""Rows of comments, in the forum table, below their post. Those held for a moderator stand apart, so
that a page of comments is one read without gaps.

| pattern                        | key condition                                       | units            |
|--------------------------------|-----------------------------------------------------|------------------|
| comment                        | put `post#<post>` / `comment#<id>` if new            | 1 WCU each KB     |
| hold a comment                 | put `post#<post>` / `held#<id>` if new               | 1 WCU each KB     |
| comments of a post, in order   | query `post#<post>`, sk after `comment#<place>`      | 0.5 RCU each 4 KB |
| count it, once                 | transaction: update the row + the post's card        | 4 WCU             |
| publish a held one             | transaction: delete `held#`, put `comment#`          | 4 WCU             |
"""

from __future__ import annotations

import msgspec
from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.transactions import TransactWrite

from chalicelib.tables import Row, one_transaction, table_name, unless_overtaken
from community import facts
from community.forum.comments.rules import Comment, NoSuchComment
from community.forum.posts.rules import State


class CommentRow(Row):
    class Meta:
        table_name = table_name("forum")

    comment = UnicodeAttribute()
    counted = BooleanAttribute(null=True)


def add(comment: Comment, fact: facts.Fact) -> None:
    """Refuses: Overtaken — it is there already"""
    with unless_overtaken():
        _row(comment, fact).save(CommentRow.pk.does_not_exist())


def get(post_id: str, comment_id: str) -> Comment:
    """Refuses: NoSuchComment"""
    for prefix in ("comment#", "held#"):
        try:
            row = CommentRow.get(f"post#{post_id}", f"{prefix}{comment_id}", consistent_read=True)
        except CommentRow.DoesNotExist:
            continue
        return _comment(row)
    raise NoSuchComment


def page(post_id: str, *, after: str | None, limit: int) -> list[Comment]:
    place = f"comment#{after}~" if after else "comment#"
    rows = CommentRow.query(
        f"post#{post_id}", CommentRow.sk.between(place, "comment#~"), limit=limit
    )
    return [_comment(row) for row in rows]


def save_decided(comment: Comment, fact: facts.Fact) -> None:
    """Move a held comment to where it is read, or mark it removed where it is.

    Refuses: Overtaken — it is not held any more
    """
    held = CommentRow(f"post#{comment.post_id}", f"held#{comment.comment_id}")
    with one_transaction() as write:
        if comment.state is State.PUBLISHED:
            write.delete(held, condition=CommentRow.pk.exists())
            write.save(_row(comment, fact))
        else:
            write.update(
                held,
                [CommentRow.comment.set(_text(comment))],
                condition=CommentRow.comment != _text(comment),
            )


def note_counted(write: TransactWrite, post_id: str, comment_id: str) -> None:
    """The post's count includes this comment; refuses the transaction if it did before."""
    write.update(
        CommentRow(f"post#{post_id}", f"comment#{comment_id}"),
        [CommentRow.counted.set(True)],
        condition=CommentRow.pk.exists() & CommentRow.counted.does_not_exist(),
    )


def is_counted(post_id: str, comment_id: str) -> bool:
    row = CommentRow.get(f"post#{post_id}", f"comment#{comment_id}", consistent_read=True)
    return bool(row.counted)


def _row(comment: Comment, fact: facts.Fact) -> CommentRow:
    prefix = "comment#" if comment.state is State.PUBLISHED else "held#"
    return CommentRow(
        f"post#{comment.post_id}",
        f"{prefix}{comment.comment_id}",
        comment=_text(comment),
        fact=facts.written(fact),
    )


def _text(comment: Comment) -> str:
    return msgspec.json.encode(comment).decode()


def _comment(row: CommentRow) -> Comment:
    return msgspec.json.decode(row.comment, type=Comment)
