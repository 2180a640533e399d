"""Rows of comments, in the forum table, below their post. Those that nobody reads (held, removed, deleted)
stand apart, so that a page is one read without gaps. A comment that was deleted and has replies stays
where it was, and says nothing.

| pattern                        | key condition                                       | units            |
|--------------------------------|-----------------------------------------------------|------------------|
| is it there, shown or apart     | get `comment#<id>` or `reply#<top>#<id>`, get `held#<id>`, consistent | 1 RCU each |
| several, for their author      | batch get of 100                                    | 0.5 RCU each      |
| several, as they are now       | the same, consistent                                | 2 RCU each        |
| comment, or hold one           | put it if new                                       | 1 WCU each KB     |
| comments of a post, in order   | query `post#<post>`, sk after `comment#<place>`      | 0.5 RCU each 4 KB |
| the most liked of them         | gsi1 query `liked#<post>`, most first; only who has likes stands there | 0.5 RCU each 4 KB |
| replies to one, in order       | query `post#<post>`, sk after `reply#<top>#<place>`  | 0.5 RCU each 4 KB |
| count it, once                 | get; transaction: update the row + the post's card   | 1 RCU + 4 WCU     |
| count a reply, once            | get it, its top, the first two; transaction: update it, the top and the card, check the others | 4 RCU + 6–10 WCU |
| publish a held one             | transaction: delete `held#`, put where it is read    | 4 WCU             |
| delete one                     | transaction: delete it, put `held#` (update the top where it was shown with it) | 4–6 WCU |
| count likes                    | get; in the counter's transaction: update           | 1 RCU + 2 WCU + 2 of the index |
| put likes right                | get; update it if it is as it was read              | 1 RCU + 1 WCU + 2 of the index |

`first`, on a comment: the replies that are shown with it, cut short. Whoever changes one changes it there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.tables import Overtaken, one_transaction, unless_overtaken
from community import facts
from community.forum.comments import rows, rules, threads
from community.forum.comments.rows import CommentRow
from community.forum.comments.rules import Comment, NoSuchComment
from community.forum.posts.rules import Author, State

_LIKES_DIGITS = 8


class Uncounted(NamedTuple):
    """A comment whose post does not count it as it should: by how many, and below which comment."""

    row: CommentRow
    board_id: str
    by: int
    top: CommentRow | None


def add(comment: Comment, fact: facts.Fact) -> None:
    """Refuses: Overtaken — it is there already"""
    with unless_overtaken():
        _row(comment, fact).save(CommentRow.pk.does_not_exist())


def find(post_id: str, comment_id: str) -> Comment | None:
    row = rows.find(post_id, comment_id)
    return rows.comment_of(row) if row else None


def get(post_id: str, comment_id: str) -> Comment:
    """Refuses: NoSuchComment"""
    if comment := find(post_id, comment_id):
        return comment
    raise NoSuchComment


def several(places: Sequence[tuple[str, str]], *, as_they_are_now: bool = False) -> list[Comment]:
    """Those of these, post and comment, that are there, shown or apart; oldest first."""
    keys = [
        (rows.key(post_id), sk)
        for post_id, comment_id in places
        for sk in (rows.place(comment_id), rows.apart(comment_id))
    ]
    found = map(rows.comment_of, CommentRow.batch_get(keys, consistent_read=as_they_are_now))
    return sorted(found, key=lambda comment: comment.comment_id)


def page(post_id: str, *, below: str | None, after: str | None, limit: int) -> list[Comment]:
    """Comments of a post, or replies `below` one of them, oldest first."""
    starting = rows.replies_to(below) if below else rows.SHOWN
    place = f"{starting}{rules.own_id_of(after)}~" if after else starting
    where = CommentRow.sk.between(place, f"{starting}~")
    found = CommentRow.raw_page(rows.key(post_id), where, limit=limit)
    return [rows.comment_of(CommentRow.from_raw_data(raw)) for raw in found]


def most_liked(post_id: str, *, limit: int) -> list[Comment]:
    """Comments of a post that somebody likes, the most liked first."""
    found = CommentRow.gsi1.query(_liked(post_id), scan_index_forward=False, limit=limit)
    return list(map(rows.comment_of, found))


def save_decided(apart: Comment, decided: Comment, fact: facts.Fact) -> None:
    """Move a comment that stands apart to where it is read, or let it say so where it is.

    Refuses: Overtaken — it is not as it was read any more
    """
    row = CommentRow(rows.key(apart.post_id), rows.apart(apart.comment_id))
    as_read = CommentRow.comment == rows.text_of(apart)
    with one_transaction() as write:
        if decided.state is State.PUBLISHED:
            write.delete(row, condition=as_read)
            write.save(_row(decided, fact))
        else:
            write.update(row, [CommentRow.comment.set(rows.text_of(decided))], condition=as_read)


def save_deleted(comment: Comment, deleted: Comment, fact: facts.Fact) -> None:
    """What a comment said is gone. With replies it stays where it was, else it goes apart.

    Refuses: Overtaken — it is not as it was read any more
    """
    row = rows.find(comment.post_id, comment.comment_id)
    if row is None or row.comment != rows.text_of(comment):
        raise Overtaken
    with one_transaction() as write:
        if row.sk.startswith(rows.APART) or row.replies:
            actions: list[Action] = [
                CommentRow.comment.set(rows.text_of(deleted)),
                CommentRow.fact.set(facts.written(fact)),
                *_without_likes(),
            ]
            write.update(CommentRow(row.pk, row.sk), actions, condition=rows.as_read(row))
            return
        apart = CommentRow(row.pk, rows.apart(comment.comment_id), comment=rows.text_of(deleted))
        apart.counted, apart.fact = row.counted, facts.written(fact)
        write.delete(CommentRow(row.pk, row.sk), condition=rows.as_read(row))
        write.save(apart)
        threads.show_otherwise(write, comment.post_id, comment.comment_id, None)


def rename(
    write: TransactWrite,
    post_id: str,
    comment_id: str,
    *,
    slot: str,
    change: Callable[[Author], Author],
) -> None:
    """Join a transaction: the comment names another member in a slot, or the member otherwise.

    Its fact has done its work and goes. Refuses: Overtaken — it goes this moment to another place
    """
    row = rows.find(post_id, comment_id)
    if row is None:
        raise Overtaken
    renamed = rules.renamed(rows.comment_of(row), slot, change)
    write.update(
        CommentRow(row.pk, row.sk),
        [CommentRow.comment.set(rows.text_of(renamed)), CommentRow.fact.remove()],
        condition=CommentRow.comment == row.comment,
    )
    threads.show_otherwise(write, post_id, comment_id, renamed)


def note_accepted(write: TransactWrite, comment: Comment, fact: facts.Fact) -> None:
    """Join a transaction: the comment says that it was accepted, as long as it is as it was read."""
    write.update(
        CommentRow(rows.key(comment.post_id), rows.place(comment.comment_id)),
        [CommentRow.fact.set(facts.written(fact))],
        condition=CommentRow.comment == rows.text_of(comment),
    )


def uncounted(post_id: str, comment_id: str) -> Uncounted | None:
    """None if its post counts it as it is."""
    row = rows.find(post_id, comment_id)
    if row is None:
        return None
    comment = rows.comment_of(row)
    by = int(comment.state is State.PUBLISHED) - int(bool(row.counted))
    if not by:
        return None
    top = rows.find(post_id, comment.parent_id) if comment.parent_id else None
    return Uncounted(row, comment.board_id, by, top)


def note_counted(write: TransactWrite, news: Uncounted) -> None:
    """Join a transaction: the counts include the comment as it is; refuses it if that changed.

    Its fact has done its work and goes: pages of comments are read more often than anything.
    """
    row = news.row
    counted = CommentRow.counted.set(True) if news.by > 0 else CommentRow.counted.remove()
    write.update(
        CommentRow(row.pk, row.sk), [counted, CommentRow.fact.remove()], condition=rows.as_read(row)
    )
    if news.top:
        threads.count_reply(write, news.top, row, by=news.by)


def add_to_likes(write: TransactWrite, post_id: str, comment_id: str, by: int) -> None:
    """Join a counter's transaction; who is not shown any more has no likes."""
    row = rows.find(post_id, comment_id)
    if row is None or rows.comment_of(row).state is not State.PUBLISHED:
        return
    actions = _with_likes(row, int(row.likes or 0) + by)
    write.update(CommentRow(row.pk, row.sk), actions, condition=rows.as_read(row))


def mend_likes(comment: Comment, likes: int) -> None:
    """Refuses: Overtaken — it is not as it was read any more"""
    row = rows.find(comment.post_id, comment.comment_id)
    if row is None or rows.comment_of(row) != comment:
        raise Overtaken
    with unless_overtaken():
        CommentRow(row.pk, row.sk).update(_with_likes(row, likes), rows.as_read(row))


def counted(post_id: str) -> int:
    """How many of a post its count includes, wherever they stand."""
    anywhere = CommentRow.sk.between(rows.SHOWN, f"{rows.REPLY}~")
    found = CommentRow.query(
        rows.key(post_id),
        anywhere,
        CommentRow.counted == True,  # noqa: E712 - a condition
        consistent_read=True,
    )
    return sum(1 for _ in found)


def _row(comment: Comment, fact: facts.Fact) -> CommentRow:
    is_read = comment.state is State.PUBLISHED
    sk = (rows.place if is_read else rows.apart)(comment.comment_id)
    return CommentRow(
        rows.key(comment.post_id), sk, comment=rows.text_of(comment), fact=facts.written(fact)
    )


def _with_likes(row: CommentRow, likes: int) -> list[Action]:
    if likes <= 0:
        return _without_likes()
    actions: list[Action] = [CommentRow.likes.set(likes)]
    if row.sk.startswith(rows.SHOWN):
        actions.append(CommentRow.gsi1pk.set(_liked(row.pk.removeprefix(rows.key("")))))
        actions.append(CommentRow.gsi1sk.set(f"{likes:0{_LIKES_DIGITS}}"))
    return actions


def _without_likes() -> list[Action]:
    return [CommentRow.likes.remove(), CommentRow.gsi1pk.remove(), CommentRow.gsi1sk.remove()]


def _liked(post_id: str) -> str:
    return f"liked#{post_id}"
