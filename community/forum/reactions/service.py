"""Front door: likes and views.

A reaction is one cheap write on the member's side. Its fact brings the post's count in step later, in
a transaction that also notes on the reaction what was counted: told twice, late or out of order, the
count comes out the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chalicelib.errors import Unavailable
from chalicelib.tables import Overtaken, one_transaction
from community.facts import Reacted
from community.forum.posts import service as posts
from community.forum.posts.rules import Post, State
from community.forum.reactions import records
from community.forum.reactions.rules import COUNT_OF, Kind
from community.people.members.rules import Member


def like(member: Member, post_id: str, *, now: datetime) -> None:
    """Refuses: NoSuchPost, PostLocked"""
    post = posts.open_to(member, post_id, now=now)
    _turn(Kind.LIKE, member, post, on=True, now=now)


def unlike(member: Member, post_id: str, *, now: datetime) -> None:
    """Takes a like back, also of a post that was locked meanwhile. Refuses: NoSuchPost"""
    post = posts.read(member, post_id, now=now).post
    _turn(Kind.LIKE, member, post, on=False, now=now)


def note_view(member: Member, post: Post, *, now: datetime) -> None:
    """A member read a post: counted once per member."""
    is_new = not records.is_on(Kind.VIEW, member.member_id, post.post_id)
    if is_new and post.state is State.PUBLISHED:
        _turn(Kind.VIEW, member, post, on=True, now=now)


def liked(member: Member | None, post_id: str) -> bool:
    return member is not None and records.is_on(Kind.LIKE, member.member_id, post_id)


def liked_among(member: Member | None, post_ids: Sequence[str]) -> set[str]:
    """Which of these posts, of one page of a list, the member likes."""
    if member is None or not post_ids:
        return set()
    between = (min(post_ids), max(post_ids))
    return records.on_between(Kind.LIKE, member.member_id, *between) & set(post_ids)


def count(fact: Reacted) -> None:
    """The post's count follows the reaction. Refuses: Unavailable — it changes right now"""
    row = records.get(Kind(fact.kind), fact.member_id, fact.post_id)
    if bool(row.on) == bool(row.counted):
        return
    assert row.board_id
    try:
        with one_transaction() as write:
            records.note_counted(write, row)
            posts.add_to_count(
                write,
                (row.board_id, fact.post_id),
                name=COUNT_OF[Kind(fact.kind)],
                by=1 if row.on else -1,
            )
    except Overtaken as changing:
        raise Unavailable from changing


def _turn(kind: Kind, member: Member, post: Post, *, on: bool, now: datetime) -> None:
    fact = Reacted(
        fact_id=f"{member.member_id}.{post.post_id}.{kind}.{now.isoformat()}",
        at=now,
        member_id=member.member_id,
        post_id=post.post_id,
        kind=kind.value,
    )
    records.turn(kind, fact, on=on, board_id=post.board_id)
