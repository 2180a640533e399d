"""What is shown with a comment that was answered: how many replies, and the first of them, cut short.

They stand on the comment's row as well as on their own, so that a page of comments is one read. Whoever
changes a reply changes it there in the same transaction.
"""

from __future__ import annotations

from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from community.forum.comments import rows, rules
from community.forum.comments.rows import CommentRow, First
from community.forum.comments.rules import Comment
from community.forum.posts.rules import State


def count_reply(write: TransactWrite, top: CommentRow, reply: CommentRow, *, by: int) -> None:
    """Join a transaction: a comment has a reply more or less, and shows the first as they are now.

    One that was deleted is read as long as it has replies.
    """
    count = int(top.replies or 0) + by
    first = rows.first_written(_first_now(write, top, reply))
    top_id = rows.id_of(top)
    is_read = count > 0 or rows.comment_of(top).state is State.PUBLISHED
    sk = rows.place(top_id) if is_read else rows.apart(top_id)
    if sk == top.sk:
        shown = CommentRow.first.set(first) if first else CommentRow.first.remove()
        actions: list[Action] = [CommentRow.replies.set(count), shown]
        write.update(CommentRow(top.pk, top.sk), actions, condition=rows.as_read(top))
        return
    moved = CommentRow.from_raw_data({**top.serialize(), "sk": {"S": sk}})
    moved.replies, moved.first = count, first
    write.delete(CommentRow(top.pk, top.sk), condition=rows.as_read(top))
    write.save(moved)


def show_otherwise(
    write: TransactWrite, post_id: str, comment_id: str, changed: Comment | None
) -> None:
    """Join a transaction: a reply that is shown with what it answers is shown there as changed, or not."""
    top_id, own_id = rules.parent_of(comment_id), rules.own_id_of(comment_id)
    top = rows.find(post_id, top_id) if top_id else None
    first = rows.first_of(top) if top else {}
    if top is None or own_id not in first:
        return
    if changed:
        first[own_id] = rows.cut_short(rows.text_of(changed))
    else:
        del first[own_id]
    text = rows.first_written(first)
    write.update(
        CommentRow(top.pk, top.sk),
        [CommentRow.first.set(text) if text else CommentRow.first.remove()],
        condition=CommentRow.first == top.first,
    )


def _first_now(write: TransactWrite, top: CommentRow, counted: CommentRow) -> First:
    """The first replies as they are now, which they still are when the transaction is done."""
    starting = rows.replies_to(rows.id_of(top))
    found = CommentRow.raw_page(
        top.pk,
        CommentRow.sk.between(starting, f"{starting}~"),
        limit=rules.REPLIES_SHOWN,
        consistent=True,
    )
    known, first = rows.first_of(top), {}
    for reply in map(CommentRow.from_raw_data, found):
        own_id = reply.sk.removeprefix(starting)
        first[own_id] = rows.cut_short(reply.comment)
        if reply.sk != counted.sk and known.get(own_id) != first[own_id]:
            as_read = CommentRow.comment == reply.comment
            write.condition_check(CommentRow, reply.pk, reply.sk, condition=as_read)
    return first
