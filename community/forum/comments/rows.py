"""A comment's row: what it has, where it stands, and what it says."""

from __future__ import annotations

from functools import reduce

import msgspec
from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib import ids
from chalicelib.tables import Row, table_name
from community.forum.comments import rules
from community.forum.comments.rules import Comment, Named
from community.forum.posts.rules import Author, State

SHOWN = "comment#"
REPLY = "reply#"
APART = "held#"


class CommentRow(Row):
    """`comment` is what was said. The others follow from facts: whether it is counted, how many like it
    and answer it, and the first of these as they are shown with it.
    """

    class Meta:
        table_name = table_name("forum")

    comment = UnicodeAttribute(attr_name="c")
    counted = BooleanAttribute(attr_name="n", null=True)
    likes = NumberAttribute(attr_name="l", null=True)
    replies = NumberAttribute(attr_name="r", null=True)
    first = UnicodeAttribute(attr_name="f", null=True)


class Kept(msgspec.Struct, array_like=True):
    """What a comment's key does not say: without names, so that 20 of usual length fit in 8 KB.

    `state` is None for the usual one of its place: published where it is read, held apart.
    """

    board_id: str
    author_id: str
    nickname: str
    badges: tuple[str, ...]
    text: str
    reply_to: Named | None = None
    mentions: tuple[Named, ...] = ()
    state: State | None = None


First = dict[str, Kept]
"""The replies that are shown with a comment, by the beginning of their ids."""


def key(post_id: str) -> str:
    return f"post#{post_id}"


def place(comment_id: str) -> str:
    """Where a comment is read."""
    own, _, top = comment_id.partition("-")
    return f"{REPLY}{top}#{own}" if top else f"{SHOWN}{own}"


def apart(comment_id: str) -> str:
    return f"{APART}{comment_id}"


def replies_to(top_id: str) -> str:
    return f"{REPLY}{top_id}#"


def find(post_id: str, comment_id: str) -> CommentRow | None:
    """As it is this moment, shown or apart."""
    if not (ids.is_id(post_id) and rules.is_comment_id(comment_id)):
        return None
    return at(post_id, place(comment_id)) or at(post_id, apart(comment_id))


def at(post_id: str, sk: str) -> CommentRow | None:
    try:
        return CommentRow.get(key(post_id), sk, consistent_read=True)
    except CommentRow.DoesNotExist:
        return None


def as_read(row: CommentRow) -> Condition:
    """Holds while all that matters of a row is as it was read."""
    held = [
        attribute.does_not_exist() if value is None else attribute == value
        for attribute, value in (
            (CommentRow.counted, row.counted),
            (CommentRow.likes, row.likes),
            (CommentRow.replies, row.replies),
            (CommentRow.first, row.first),
        )
    ]
    return reduce(lambda one, other: one & other, held, CommentRow.comment == row.comment)


def id_of(row: CommentRow) -> str:
    starting, _, rest = row.sk.partition("#")
    if f"{starting}#" != REPLY:
        return rest
    top, _, own = rest.partition("#")
    return f"{own}-{top}"


def text_of(comment: Comment) -> str:
    usual = comment.state in (State.PUBLISHED, State.HELD)
    return _written(
        Kept(
            comment.board_id,
            comment.author.member_id,
            comment.author.nickname,
            comment.author.badges,
            comment.text,
            comment.reply_to,
            comment.mentions,
            None if usual else comment.state,
        )
    )


def comment_of(row: CommentRow) -> Comment:
    comment_id, post_id = id_of(row), row.pk.removeprefix(key(""))
    usual = State.HELD if row.sk.startswith(APART) else State.PUBLISHED
    comment = _comment(post_id, comment_id, msgspec.json.decode(row.comment, type=Kept), usual)
    return msgspec.structs.replace(
        comment,
        likes=int(row.likes or 0),
        reply_count=int(row.replies or 0),
        replies=tuple(
            _comment(post_id, f"{own_id}-{comment_id}", kept, State.PUBLISHED)
            for own_id, kept in first_of(row).items()
        ),
    )


def first_of(row: CommentRow) -> First:
    return msgspec.json.decode(row.first, type=First) if row.first else {}


def first_written(first: First) -> str | None:
    return _written(first) if first else None


def cut_short(text: str) -> Kept:
    """A reply, as its row has it, as it is shown with what it answers."""
    kept = msgspec.json.decode(text, type=Kept)
    kept.mentions = ()
    if len(kept.text) > rules.REPLY_SHOWN_CHARS_MAX:
        kept.text = f"{kept.text[: rules.REPLY_SHOWN_CHARS_MAX - 1]}…"
    return kept


def _comment(post_id: str, comment_id: str, kept: Kept, usual: State) -> Comment:
    return Comment(
        comment_id=comment_id,
        post_id=post_id,
        board_id=kept.board_id,
        author=Author(kept.author_id, kept.nickname, kept.badges),
        text=kept.text,
        state=kept.state or usual,
        created_at=ids.time_of(comment_id),
        parent_id=rules.parent_of(comment_id),
        reply_to=kept.reply_to,
        mentions=kept.mentions,
    )


def _written(value: Kept | First) -> str:
    return msgspec.json.encode(value).decode()
