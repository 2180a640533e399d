"""Rows of comments, in the forum table, below their post. Those held for a moderator stand apart, so
that a page of comments is one read without gaps.

| pattern                        | key condition                                       | units            |
|--------------------------------|-----------------------------------------------------|------------------|
| is it there, shown or held      | get `comment#<id>`, get `held#<id>`, consistent      | 1 RCU each       |
| several, for their author      | batch get of 100                                    | 0.5 RCU each      |
| several, as they are now       | the same, consistent                                | 2 RCU each        |
| comment                        | put `post#<post>` / `comment#<id>` if new            | 1 WCU each KB     |
| hold a comment                 | put `post#<post>` / `held#<id>` if new               | 1 WCU each KB     |
| comments of a post, in order   | query `post#<post>`, sk after `comment#<place>`      | 0.5 RCU each 4 KB |
| count it, once                 | transaction: update the row + the post's card        | 4 WCU             |
| publish a held one             | transaction: delete `held#`, put `comment#`          | 4 WCU             |
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.transactions import TransactWrite

from chalicelib import ids
from chalicelib.tables import Overtaken, Row, one_transaction, table_name, unless_overtaken
from community import facts
from community.forum.comments.rules import Comment, NoSuchComment
from community.forum.posts.rules import Author, State

_SHOWN = "comment#"
_HELD = "held#"


class CommentRow(Row):
    class Meta:
        table_name = table_name("forum")

    comment = UnicodeAttribute()
    counted = BooleanAttribute(null=True)


class _Kept(msgspec.Struct, array_like=True):
    """What a comment's key does not say: without names, so that 20 of usual length fit in 8 KB."""

    board_id: str
    author_id: str
    nickname: str
    badges: tuple[str, ...]
    text: str
    state: State


def add(comment: Comment, fact: facts.Fact) -> None:
    """Refuses: Overtaken — it is there already"""
    with unless_overtaken():
        _row(comment, fact).save(CommentRow.pk.does_not_exist())


def find(post_id: str, comment_id: str) -> Comment | None:
    if not ids.is_id(post_id):
        return None
    for prefix in (_SHOWN, _HELD):
        if row := _find(post_id, f"{prefix}{comment_id}"):
            return _comment(post_id, row.sk, row.comment)
    return None


def several(places: Sequence[tuple[str, str]], *, as_they_are_now: bool = False) -> list[Comment]:
    """Those of these, post and comment, that are there, shown or held; oldest first."""
    keys = [
        (f"post#{post_id}", f"{prefix}{comment_id}")
        for post_id, comment_id in places
        for prefix in (_SHOWN, _HELD)
    ]
    found = [
        _comment(row.pk.removeprefix("post#"), row.sk, row.comment)
        for row in CommentRow.batch_get(keys, consistent_read=as_they_are_now)
    ]
    return sorted(found, key=lambda comment: comment.comment_id)


def get(post_id: str, comment_id: str) -> Comment:
    """Refuses: NoSuchComment"""
    if comment := find(post_id, comment_id):
        return comment
    raise NoSuchComment


def page(post_id: str, *, after: str | None, limit: int) -> list[Comment]:
    place = f"{_SHOWN}{after}~" if after else _SHOWN
    rows = CommentRow.raw_page(
        f"post#{post_id}", CommentRow.sk.between(place, f"{_SHOWN}~"), limit=limit
    )
    return [_comment(post_id, row["sk"]["S"], row["comment"]["S"]) for row in rows]


def save_decided(held: Comment, decided: Comment, fact: facts.Fact) -> None:
    """Move a held comment to where it is read, or mark it removed where it is.

    Refuses: Overtaken — it is not held any more, or its author is another by now
    """
    row = CommentRow(f"post#{held.post_id}", f"{_HELD}{held.comment_id}")
    as_read = CommentRow.comment == _text(held)
    with one_transaction() as write:
        if decided.state is State.PUBLISHED:
            write.delete(row, condition=as_read)
            write.save(_row(decided, fact))
        else:
            write.update(row, [CommentRow.comment.set(_text(decided))], condition=as_read)


def rename_author(
    write: TransactWrite,
    post_id: str,
    comment_id: str,
    *,
    renamed: Callable[[Author], Author],
) -> None:
    """Join a transaction: the comment names another author, or the author otherwise.

    Its fact has done its work and goes. Refuses: Overtaken — it goes this moment to where it is read
    """
    for prefix in (_SHOWN, _HELD):
        if row := _find(post_id, f"{prefix}{comment_id}"):
            comment = _comment(post_id, row.sk, row.comment)
            comment = msgspec.structs.replace(comment, author=renamed(comment.author))
            write.update(
                CommentRow(row.pk, row.sk),
                [CommentRow.comment.set(_text(comment)), CommentRow.fact.remove()],
                condition=CommentRow.comment == row.comment,
            )
            return
    raise Overtaken


def note_counted(write: TransactWrite, post_id: str, comment_id: str) -> None:
    """The post's count includes this comment; refuses the transaction if it did before.

    Its fact has done its work and goes: pages of comments are read more often than anything.
    """
    write.update(
        CommentRow(f"post#{post_id}", f"{_SHOWN}{comment_id}"),
        [CommentRow.counted.set(True), CommentRow.fact.remove()],
        condition=CommentRow.pk.exists() & CommentRow.counted.does_not_exist(),
    )


def is_counted(post_id: str, comment_id: str) -> bool:
    row = _find(post_id, f"{_SHOWN}{comment_id}")
    return row is not None and bool(row.counted)


def _find(post_id: str, sk: str) -> CommentRow | None:
    try:
        return CommentRow.get(f"post#{post_id}", sk, consistent_read=True)
    except CommentRow.DoesNotExist:
        return None


def _row(comment: Comment, fact: facts.Fact) -> CommentRow:
    prefix = _SHOWN if comment.state is State.PUBLISHED else _HELD
    return CommentRow(
        f"post#{comment.post_id}",
        f"{prefix}{comment.comment_id}",
        comment=_text(comment),
        fact=facts.written(fact),
    )


def _text(comment: Comment) -> str:
    author = comment.author
    kept = _Kept(
        comment.board_id,
        author.member_id,
        author.nickname,
        author.badges,
        comment.text,
        comment.state,
    )
    return msgspec.json.encode(kept).decode()


def _comment(post_id: str, sk: str, text: str) -> Comment:
    kept = msgspec.json.decode(text, type=_Kept)
    comment_id = sk.partition("#")[2]
    return Comment(
        comment_id=comment_id,
        post_id=post_id,
        board_id=kept.board_id,
        author=Author(kept.author_id, kept.nickname, kept.badges),
        text=kept.text,
        state=kept.state,
        created_at=ids.time_of(comment_id),
    )
