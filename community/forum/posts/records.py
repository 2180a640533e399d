"""Rows of posts, in the forum table.

| pattern                    | key condition                               | units                     |
|----------------------------|---------------------------------------------|---------------------------|
| publish                    | put `post#<id>` if new, put its card         | 1 WCU each KB + 1          |
| one post                   | get `post#<id>`                              | 0.5 RCU each 4 KB          |
| its counts                 | get `board#<board>` / `<id>`                 | 0.5 RCU                   |
| a board, latest first      | query `board#<board>` before a post          | 0.5 RCU each 4 KB of cards |
| decide about a held post   | update if held                              | 1 WCU each KB              |
| count one more or less     | update the card (in the counter's transaction) | 2 WCU                  |
"""

from __future__ import annotations

from typing import Any, cast

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.transactions import TransactWrite

from chalicelib import ids
from chalicelib.tables import Overtaken, Row, table_name, unless_overtaken
from community import facts
from community.commons.audience.rules import EVERYONE, Audience
from community.forum.posts.rules import Author, Card, Counts, NoSuchPost, Post, PostKind, State


class PostRow(Row):
    class Meta:
        table_name = table_name("forum")

    board_id = UnicodeAttribute()
    author = UnicodeAttribute()
    kind = UnicodeAttribute()
    title = UnicodeAttribute()
    text = UnicodeAttribute()
    teaser = UnicodeAttribute()
    audience = UnicodeAttribute(null=True)
    state = UnicodeAttribute()


class CardRow(Row):
    """What lists show of a published post. Small, because every count rewrites it."""

    class Meta:
        table_name = table_name("forum")

    author = UnicodeAttribute()
    kind = UnicodeAttribute()
    title = UnicodeAttribute()
    teaser = UnicodeAttribute()
    audience = UnicodeAttribute(null=True)
    views = NumberAttribute(default=0)
    likes = NumberAttribute(default=0)
    comments = NumberAttribute(default=0)
    favourites = NumberAttribute(default=0)


def add(post: Post, fact: facts.Fact) -> None:
    """Refuses: Overtaken — this post is there already"""
    row = PostRow(
        f"post#{post.post_id}",
        "post",
        board_id=post.board_id,
        author=_text(post.author),
        kind=post.kind,
        title=post.title,
        text=post.text,
        teaser=post.teaser,
        audience=_audience_text(post.audience),
        state=post.state.value,
        fact=facts.written(fact),
    )
    with unless_overtaken():
        row.save(PostRow.pk.does_not_exist())


def get(post_id: str) -> Post:
    """Refuses: NoSuchPost"""
    try:
        row = PostRow.get(f"post#{post_id}", "post")
    except PostRow.DoesNotExist as missing:
        raise NoSuchPost from missing
    return Post(
        post_id=post_id,
        board_id=row.board_id,
        author=msgspec.json.decode(row.author, type=Author),
        kind=_kind(row.kind),
        title=row.title,
        text=row.text,
        teaser=row.teaser,
        audience=_audience(row.audience),
        state=State(row.state),
        created_at=ids.time_of(post_id),
    )


def save_state(post: Post, fact: facts.Fact) -> None:
    """Refuses: Overtaken — it is not held any more"""
    with unless_overtaken():
        PostRow(f"post#{post.post_id}", "post").update(
            [PostRow.state.set(post.state.value), PostRow.fact.set(facts.written(fact))],
            PostRow.state == State.HELD.value,
        )


def list_card(post: Post) -> None:
    """Put a post on its board, unless it is there."""
    row = CardRow(
        f"board#{post.board_id}",
        post.post_id,
        author=_text(post.author),
        kind=post.kind,
        title=post.title,
        teaser=post.teaser,
        audience=_audience_text(post.audience),
    )
    try:
        with unless_overtaken():
            row.save(CardRow.pk.does_not_exist())
    except Overtaken:
        pass


def counts(board_id: str, post_id: str) -> Counts | None:
    """None while the post is not on its board."""
    try:
        row = CardRow.get(f"board#{board_id}", post_id)
    except CardRow.DoesNotExist:
        return None
    return _counts(row)


def cards(board_id: str, *, before: str | None, limit: int) -> list[Card]:
    rows = CardRow.query(
        f"board#{board_id}",
        CardRow.sk < before if before else None,
        scan_index_forward=False,
        limit=limit,
    )
    return [_card(board_id, row) for row in rows]


def add_to_count(write: TransactWrite, *, board_id: str, post_id: str, name: str, by: int) -> None:
    """Join the counter's transaction: the thing counted and its count change together."""
    row = CardRow(f"board#{board_id}", post_id)
    count: NumberAttribute = getattr(CardRow, name)
    write.update(row, [count.add(by)], condition=CardRow.pk.exists())


def _card(board_id: str, row: CardRow) -> Card:
    return Card(
        post_id=row.sk,
        board_id=board_id,
        author=msgspec.json.decode(row.author, type=Author),
        kind=_kind(row.kind),
        title=row.title,
        teaser=row.teaser,
        audience=_audience(row.audience),
        counts=_counts(row),
    )


def _counts(row: CardRow) -> Counts:
    return Counts(int(row.views), int(row.likes), int(row.comments), int(row.favourites))


def _kind(text: str) -> PostKind:
    return cast(PostKind, text)


def _audience_text(audience: Audience) -> str | None:
    return None if audience == EVERYONE else _text(audience)


def _audience(text: str | None) -> Audience:
    return msgspec.json.decode(text, type=Audience) if text else EVERYONE


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
