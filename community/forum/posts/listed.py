"""Cards of posts on their boards, in the forum table: what lists show, and what is counted.

| pattern                | key condition                                | units                        |
|------------------------|----------------------------------------------|------------------------------|
| put a new one          | put `board#<board>` / `<id>` if new          | 1 WCU                        |
| counts of one          | get the same                                 | 0.5 RCU                      |
| a board, latest first  | query `board#<board>` before a post          | 0.5 RCU each 4 KB            |
| several                | batch get                                    | 0.5 RCU each                 |
| bring one in line      | get, consistent; if it differs, transaction: update it if the post is as it was read | 1 RCU + 2 WCU + 2 WCU each KB of the post |
| count one more or less | update it (in the counter's transaction)     | 2 WCU                        |
| put counts right       | update it if they are as they were shown     | 1 WCU                        |
| another author         | in the post's transaction: update it as it was read | 2 WCU                 |

A card that nobody may see stays where it is without what it said: its counts go on being counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

import msgspec
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.tables import Overtaken, RawRow, one_transaction, unless_overtaken
from community.commons.audience.rules import EVERYONE, Audience
from community.forum.posts.rows import CardRow, PostRow, as_read, text_of
from community.forum.posts.rules import Author, Card, Counts, Post, PostKind, State
from community.forum.posts.seeing import cover_of

_COUNTS = "vlcfus"


class _Kept(msgspec.Struct, array_like=True):
    """What a card says beside its counts: without names, so that 20 of the longest fit in 12 KB."""

    author_id: str
    nickname: str
    badges: tuple[str, ...]
    kind: PostKind
    title: str
    teaser: str
    audience: Audience | None = None
    cover: str | None = None
    accepted: bool = False
    featured: bool = False
    part: Audience | None = None


def list_card(post: Post) -> None:
    """Put a new post on its board, unless it is there."""
    row = CardRow(f"board#{post.board_id}", post.post_id, card=_card_text(post))
    with suppress(Overtaken), unless_overtaken():
        row.save(CardRow.pk.does_not_exist())


def bring_card(post: Post) -> None:
    """Bring a card in line with the post as it was read.

    Refuses: Overtaken — one of both changed since they were read; Unavailable
    """
    wanted = _card_text(post) if post.state is State.PUBLISHED else None
    row = card_row(post.board_id, post.post_id)
    # Of what others saw once there is a card, also where it was never put there: what they did is counted.
    if wanted == (row.card if row else None) and (row or post.published_at is None):
        return
    key = CardRow(f"board#{post.board_id}", post.post_id)
    with one_transaction() as write:
        write.condition_check(PostRow, f"post#{post.post_id}", "post", condition=as_read(post))
        if row is None:
            key.card = wanted
            write.save(key, condition=CardRow.pk.does_not_exist())
        elif wanted is None:
            gone: list[Action] = [
                each.remove() for each in (CardRow.card, CardRow.gsi1pk, CardRow.gsi1sk)
            ]
            write.update(key, gone, condition=CardRow.card == row.card)
        else:
            as_it_was = (
                CardRow.card == row.card if row.card else CardRow.card.does_not_exist()
            ) & CardRow.pk.exists()
            write.update(key, [CardRow.card.set(wanted)], condition=as_it_was)


def rename_author(
    write: TransactWrite, board_id: str, post_id: str, author: Author, *, without_cover: bool
) -> None:
    """Join the transaction that changes the author of the post."""
    key = CardRow(f"board#{board_id}", post_id)
    card = card_row(board_id, post_id)
    if card is None:  # Whoever puts it there right now looks at the post.
        write.condition_check(CardRow, key.pk, key.sk, condition=CardRow.pk.does_not_exist())
        return
    if card.card is None:  # Whoever shows it again looks at the post.
        write.condition_check(CardRow, key.pk, key.sk, condition=CardRow.card.does_not_exist())
        return
    kept = msgspec.json.decode(card.card, type=_Kept)
    kept.author_id, kept.nickname, kept.badges = author.member_id, author.nickname, author.badges
    if without_cover:
        kept.cover = None
    write.update(key, [CardRow.card.set(_kept_text(kept))], condition=CardRow.card == card.card)


def counts(board_id: str, post_id: str) -> Counts | None:
    """None while the post is not on its board."""
    try:
        row = CardRow.get(f"board#{board_id}", post_id)
    except CardRow.DoesNotExist:
        return None
    return Counts(*(int(getattr(row, name)) for name in Counts.__struct_fields__))


def cards(board_id: str, *, before: str | None, limit: int) -> list[tuple[str, Card | None]]:
    """Places on a board, latest first, and what stands there for others to see."""
    older = CardRow.sk < before if before else None
    rows = CardRow.raw_page(f"board#{board_id}", older, limit=limit, newest_first=True)
    return [(row["sk"]["S"], _card(board_id, row) if "card" in row else None) for row in rows]


def several_cards(
    places: Sequence[tuple[str, str]], *, as_they_are_now: bool = False
) -> list[Card]:
    """Those of these, board and post, that others may see."""
    keys = [(f"board#{board_id}", post_id) for board_id, post_id in dict.fromkeys(places)]
    found = (row.serialize() for row in CardRow.batch_get(keys, consistent_read=as_they_are_now))
    return [_card(row["pk"]["S"].removeprefix("board#"), row) for row in found if "card" in row]


def add_to_counts(
    write: TransactWrite, board_id: str, post_id: str, *, by: Mapping[str, int]
) -> None:
    """Join a counter's transaction: the thing counted and its counts change together."""
    row = CardRow(f"board#{board_id}", post_id)
    actions: list[Action] = [getattr(CardRow, name).add(units) for name, units in by.items()]
    write.update(row, actions, condition=CardRow.pk.exists())


def mend_counts(board_id: str, post_id: str, *, shown: Counts, by: Mapping[str, int]) -> None:
    """Refuses: Overtaken — somebody counted meanwhile"""
    as_shown = CardRow.pk.exists()
    for name, count in msgspec.structs.asdict(shown).items():
        as_shown &= getattr(CardRow, name) == count
    actions: list[Action] = [getattr(CardRow, name).add(units) for name, units in by.items()]
    with unless_overtaken():
        CardRow(f"board#{board_id}", post_id).update(actions, as_shown)


def card_row(board_id: str, post_id: str) -> CardRow | None:
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
        cover=kept.cover,
        accepted=kept.accepted,
        featured=kept.featured,
        part=kept.part,
        counts=Counts(*(int(row[name]["N"]) for name in _COUNTS)),
    )


def _card_text(post: Post) -> str:
    kept = _Kept(
        post.author.member_id,
        post.author.nickname,
        post.author.badges,
        post.kind,
        post.title,
        post.teaser,
        None if post.audience == EVERYONE else post.audience,
        cover_of(post),
        post.accepted is not None,
        post.featured,
        post.part.audience if post.part else None,
    )
    return _kept_text(kept)


def _kept_text(kept: _Kept) -> str:
    """Without what few posts have, where this one has not: a page has 20 of these."""
    values = list(msgspec.structs.astuple(kept))
    while values[-1] in (None, False):
        values.pop()
    return text_of(values)
