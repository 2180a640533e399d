"""Rows of posts, in the forum table.

| pattern                    | key condition                               | units                     |
|----------------------------|---------------------------------------------|---------------------------|
| publish                    | put `post#<id>` if new, put its card         | 1 WCU each KB + 1          |
| one post                   | get `post#<id>`                              | 0.5 RCU each 4 KB          |
| several, for their author  | batch get of 100                            | 0.5 RCU each 4 KB          |
| its counts                 | get `board#<board>` / `<id>`                 | 0.5 RCU                   |
| a board, latest first      | query `board#<board>` before a post          | 0.5 RCU each 4 KB of cards |
| decide about a held post   | update if held                              | 1 WCU each KB              |
| count one more or less     | update the card (in the counter's transaction) | 2 WCU                  |
| several, as they are now   | batch get of 100, consistent                | 1 RCU each 4 KB            |
| another author or name     | in a transaction: update both as they were read | 2 WCU each KB            |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, cast

import msgspec
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib import ids
from chalicelib.tables import (
    Overtaken,
    RawRow,
    Row,
    one_transaction,
    table_name,
    unless_overtaken,
)
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
    model = UnicodeAttribute(null=True)
    topics = UnicodeAttribute(null=True)
    state = UnicodeAttribute()


class CardRow(Row):
    """What lists show of a published post. Small: a page reads 20, and every count rewrites one."""

    class Meta:
        table_name = table_name("forum")

    card = UnicodeAttribute()
    views = NumberAttribute(attr_name="v", default=0)
    likes = NumberAttribute(attr_name="l", default=0)
    comments = NumberAttribute(attr_name="c", default=0)
    favourites = NumberAttribute(attr_name="f", default=0)


class _Kept(msgspec.Struct, array_like=True):
    """What a card says beside its counts: without names, so that 20 of the longest fit in 12 KB."""

    author_id: str
    nickname: str
    badges: tuple[str, ...]
    kind: PostKind
    title: str
    teaser: str
    audience: Audience | None


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
        model=post.model,
        topics=_text(post.topics) if post.topics else None,
        state=post.state.value,
        fact=facts.written(fact),
    )
    with unless_overtaken():
        row.save(PostRow.pk.does_not_exist())


def find(post_id: str, *, as_it_is_now: bool = False) -> Post | None:
    """For twice the units `as_it_is_now`: then also what was written a moment ago is found."""
    if not ids.is_id(post_id):
        return None
    try:
        row = PostRow.get(f"post#{post_id}", "post", consistent_read=as_it_is_now)
    except PostRow.DoesNotExist:
        return None
    return _post(row)


def several(post_ids: Sequence[str], *, as_it_is_now: bool = False) -> list[Post]:
    """Those of these that are there, oldest first."""
    keys = [(f"post#{post_id}", "post") for post_id in post_ids]
    rows = PostRow.batch_get(keys, consistent_read=as_it_is_now)
    return sorted(map(_post, rows), key=lambda post: post.post_id)


def _post(row: PostRow) -> Post:
    post_id = row.pk.removeprefix("post#")
    return Post(
        post_id=post_id,
        board_id=row.board_id,
        author=msgspec.json.decode(row.author, type=Author),
        kind=_kind(row.kind),
        title=row.title,
        text=row.text,
        teaser=row.teaser,
        audience=_audience(row.audience),
        model=row.model,
        topics=msgspec.json.decode(row.topics, type=tuple[str, ...]) if row.topics else (),
        state=State(row.state),
        created_at=ids.time_of(post_id),
    )


def get(post_id: str, *, as_it_is_now: bool = False) -> Post:
    """Refuses: NoSuchPost"""
    if post := find(post_id, as_it_is_now=as_it_is_now):
        return post
    raise NoSuchPost


def save_state(post: Post, fact: facts.Fact) -> None:
    """Refuses: Overtaken — it is not held any more, or its author is another by now"""
    with unless_overtaken():
        PostRow(f"post#{post.post_id}", "post").update(
            [PostRow.state.set(post.state.value), PostRow.fact.set(facts.written(fact))],
            (PostRow.state == State.HELD.value) & (PostRow.author == _text(post.author)),
        )


def rename_author(write: TransactWrite, post_id: str, renamed: Callable[[Author], Author]) -> None:
    """Join a transaction: post and card name another author, or the author otherwise.

    Their facts have done their work and go.
    """
    row = _row(post_id)
    if row is None:
        return
    author = renamed(msgspec.json.decode(row.author, type=Author))
    write.update(
        PostRow(row.pk, row.sk),
        [PostRow.author.set(_text(author)), PostRow.fact.remove()],
        condition=PostRow.author == row.author,
    )
    board = f"board#{row.board_id}"
    card = _card_row(row.board_id, post_id)
    if card is None:  # Whoever puts it there right now looks at the post.
        write.condition_check(CardRow, board, post_id, condition=CardRow.pk.does_not_exist())
        return
    kept = msgspec.json.decode(card.card, type=_Kept)
    kept.author_id, kept.nickname, kept.badges = author.member_id, author.nickname, author.badges
    write.update(
        CardRow(card.pk, card.sk),
        [CardRow.card.set(_text(kept))],
        condition=CardRow.card == card.card,
    )


def list_card(post: Post) -> None:
    """Put a new post on its board, unless it is there."""
    with suppress(Overtaken), unless_overtaken():
        _new_card(post).save(CardRow.pk.does_not_exist())


def list_card_as_it_is(post: Post) -> None:
    """The same for a post that may have another author by now.

    Refuses: Overtaken — it is on its board, or has another author; Unavailable
    """
    row = PostRow(f"post#{post.post_id}", "post")
    with one_transaction() as write:
        write.condition_check(
            PostRow, row.pk, row.sk, condition=PostRow.author == _text(post.author)
        )
        write.save(_new_card(post), condition=CardRow.pk.does_not_exist())


def _new_card(post: Post) -> CardRow:
    card = _Kept(
        post.author.member_id,
        post.author.nickname,
        post.author.badges,
        post.kind,
        post.title,
        post.teaser,
        None if post.audience == EVERYONE else post.audience,
    )
    return CardRow(f"board#{post.board_id}", post.post_id, card=_text(card))


def counts(board_id: str, post_id: str) -> Counts | None:
    """None while the post is not on its board."""
    try:
        row = CardRow.get(f"board#{board_id}", post_id)
    except CardRow.DoesNotExist:
        return None
    return Counts(int(row.views), int(row.likes), int(row.comments), int(row.favourites))


def cards(board_id: str, *, before: str | None, limit: int) -> list[Card]:
    older = CardRow.sk < before if before else None
    rows = CardRow.raw_page(f"board#{board_id}", older, limit=limit, newest_first=True)
    return [_card(board_id, row) for row in rows]


def add_to_counts(
    write: TransactWrite, board_id: str, post_id: str, *, by: Mapping[str, int]
) -> None:
    """Join a counter's transaction: the thing counted and its counts change together."""
    row = CardRow(f"board#{board_id}", post_id)
    actions: list[Action] = [getattr(CardRow, name).add(units) for name, units in by.items()]
    write.update(row, actions, condition=CardRow.pk.exists())


def _row(post_id: str) -> PostRow | None:
    try:
        return PostRow.get(f"post#{post_id}", "post", consistent_read=True)
    except PostRow.DoesNotExist:
        return None


def _card_row(board_id: str, post_id: str) -> CardRow | None:
    try:
        return CardRow.get(f"board#{board_id}", post_id, consistent_read=True)
    except CardRow.DoesNotExist:
        return None


def _card(board_id: str, row: RawRow) -> Card:
    kept = msgspec.json.decode(row["card"]["S"], type=_Kept)
    return Card(
        post_id=row["sk"]["S"],
        board_id=board_id,
        author=Author(kept.author_id, kept.nickname, kept.badges),
        kind=kept.kind,
        title=kept.title,
        teaser=kept.teaser,
        audience=kept.audience or EVERYONE,
        counts=Counts(*(int(row[name]["N"]) for name in "vlcf")),
    )


def _kind(text: str) -> PostKind:
    return cast(PostKind, text)


def _audience_text(audience: Audience) -> str | None:
    return None if audience == EVERYONE else _text(audience)


def _audience(text: str | None) -> Audience:
    return msgspec.json.decode(text, type=Audience) if text else EVERYONE


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
